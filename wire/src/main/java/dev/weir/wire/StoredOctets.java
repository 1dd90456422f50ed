package dev.weir.wire;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The octets of a file or of standard input, decompressed where they are gzip or Zstandard, for who reads other things than packets. One thread; {@link
 * #consumed} may be asked by any.
 */
public final class StoredOctets implements Closeable {
    private static final int BLOCK = 1 << 16, MAGIC = 4;

    private final OctetInput stored;
    private final OctetInput input;
    /** What was read and not given out, from position to limit. */
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);

    private StoredOctets(OctetInput stored) throws IOException {
        this.stored = stored;
        block.limit(0);
        fill(stored, MAGIC);
        int magic = block.remaining() < MAGIC
                ? 0
                : block.order(ByteOrder.LITTLE_ENDIAN).getInt(0);
        boolean gzip = GzipInput.recognises(magic), zstd = ZstdInput.recognises(magic);
        if (gzip || zstd) {
            ByteBuffer head = ByteBuffer.allocate(block.remaining()).put(block).flip();
            block.limit(0);
            input = gzip ? new GzipInput(stored, head) : ZstdInput.open(stored, head);
        } else {
            input = stored;
        }
    }

    /**
     * Opens what {@code name} names, {@code -} being standard input.
     *
     * @throws CaptureException naming the file that cannot be read, and why
     */
    public static StoredOctets open(String name) throws CaptureException {
        OctetInput stored = null;
        boolean done = false;
        try {
            stored = channel(name);
            StoredOctets octets = new StoredOctets(stored);
            done = true;
            return octets;
        } catch (InvalidPathException e) {
            throw new CaptureException(name, -1, -1, "no such file");
        } catch (IOException e) {
            throw new CaptureException(name, -1, -1, Captures.reason(e));
        } finally {
            if (!done && stored != null) close(stored);
        }
    }

    private static OctetInput channel(String name) throws IOException {
        if (name.equals(Captures.STANDARD_INPUT)) {
            return new ChannelInput(new FileInputStream(FileDescriptor.in).getChannel(), -1);
        }
        Path path = Path.of(name);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        return new ChannelInput(channel, Files.isRegularFile(path) ? channel.size() : -1);
    }

    private static void close(OctetInput input) {
        try {
            input.close();
        } catch (IOException _) {
            // what made us close it is the error to report
        }
    }

    /** The next octets without taking them, {@code count} where there are so many, 64 KiB at the most. */
    public byte[] peek(int count) throws IOException {
        fill(input, count);
        byte[] octets = new byte[Math.min(count, block.remaining())];
        block.get(block.position(), octets);
        return octets;
    }

    /** Takes {@code count} octets, or as many as there are before the end; returns how many. */
    public int read(byte[] into, int at, int count) throws IOException {
        int have = 0;
        while (have < count) {
            if (!block.hasRemaining()) {
                fill(input, 1);
                if (!block.hasRemaining()) return have;
            }
            int octets = Math.min(count - have, block.remaining());
            block.get(into, at + have, octets);
            have += octets;
        }
        return have;
    }

    /** Octets of the file as stored that were taken so far. */
    public long consumed() {
        return stored.consumed();
    }

    /** Octets of the file as stored, -1 where nobody knows. */
    public long total() {
        return stored.total();
    }

    private void fill(OctetInput from, int wanted) throws IOException {
        while (block.remaining() < wanted && block.remaining() < BLOCK) {
            block.compact();
            int octets = from.read(block);
            block.flip();
            if (octets <= 0) return;
        }
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
