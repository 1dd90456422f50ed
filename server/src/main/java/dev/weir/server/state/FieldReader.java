package dev.weir.server.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what {@link FieldWriter} wrote; every length is looked at before it is believed. One thread. */
public final class FieldReader {
    private final ByteBuffer octets;

    /** @param octets little-endian */
    public FieldReader(ByteBuffer octets) {
        this.octets = octets;
    }

    /** Reads one of a list. */
    public interface Element<T> {
        T read(FieldReader from) throws SnapshotException;
    }

    private void need(int more) throws SnapshotException {
        if (octets.remaining() < more) {
            throw new SnapshotException("a chunk ends before what it says it has");
        }
    }

    public int getInt() throws SnapshotException {
        need(Integer.BYTES);
        return octets.getInt();
    }

    public long getLong() throws SnapshotException {
        need(Long.BYTES);
        return octets.getLong();
    }

    /** A number of things that take {@code least} octets each at the least. */
    public int count(int least) throws SnapshotException {
        int count = getInt();
        if (count < 0 || count > octets.remaining() / least) {
            throw new SnapshotException("a chunk says that it has " + Integer.toUnsignedString(count) + " of something,"
                    + " for which it is too short");
        }
        return count;
    }

    String text() throws SnapshotException {
        byte[] utf = new byte[count(1)];
        octets.get(utf);
        return new String(utf, StandardCharsets.UTF_8);
    }

    long[] longs() throws SnapshotException {
        long[] numbers = new long[count(Long.BYTES)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = getLong();
        }
        return numbers;
    }

    Map<String, Long> counts() throws SnapshotException {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (int left = count(Integer.BYTES + Long.BYTES); left > 0; left--) {
            counts.put(text(), getLong());
        }
        return counts;
    }

    public <T> List<T> list(Element<T> element) throws SnapshotException {
        List<T> all = new ArrayList<>();
        for (int left = count(1); left > 0; left--) {
            all.add(element.read(this));
        }
        return all;
    }

    public List<String> texts() throws SnapshotException {
        return list(FieldReader::text);
    }

    boolean hasMore() {
        return octets.hasRemaining();
    }

    public void end() throws SnapshotException {
        if (octets.hasRemaining()) {
            throw new SnapshotException("a chunk has " + octets.remaining() + " octets more than it says");
        }
    }
}
