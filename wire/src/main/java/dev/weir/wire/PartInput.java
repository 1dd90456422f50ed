package dev.weir.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Octets of a part of a file. One thread. */
final class PartInput extends OctetInput {
    private final FileChannel channel;
    private final long begin;
    private final long end;
    private volatile long at;

    PartInput(FileChannel channel, long begin, long end) {
        this.channel = channel;
        this.begin = begin;
        this.end = end;
        this.at = begin;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    int read(ByteBuffer into) throws IOException {
        int most = (int) Math.min(into.remaining(), end - at);
        if (most <= 0) return -1;
        int limit = into.limit();
        into.limit(into.position() + most);
        int octets = channel.read(into, at);
        into.limit(limit);
        if (octets > 0) at = at + octets;
        return octets;
    }

    @Override
    boolean prompt() {
        return true;
    }

    @Override
    long consumed() {
        return at - begin;
    }

    @Override
    long total() {
        return end - begin;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
