package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.util.List;

/** The first packets of another source, which it owns. */
public final class LimitedSource implements PacketSource {
    private final PacketSource source;
    private long left;

    /** @param count how many packets at most */
    public LimitedSource(PacketSource source, long count) {
        this.source = source;
        this.left = count;
    }

    @Override
    public int read(PacketVector vector) throws CaptureException {
        vector.size = 0;
        if (left <= 0) return 0;
        vector.size = (int) Math.min(source.read(vector), left);
        left = vector.size == 0 ? 0 : left - vector.size;
        return vector.size;
    }

    @Override
    public int timeDigits() {
        return source.timeDigits();
    }

    @Override
    public long bytesRead() {
        return source.bytesRead();
    }

    @Override
    public long bytesTotal() {
        return source.bytesTotal();
    }

    @Override
    public long dropped() {
        return source.dropped();
    }

    @Override
    public List<String> notes() {
        return source.notes();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
