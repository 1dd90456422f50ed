package dev.weir.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Octets of a file or a pipe. */
final class ChannelInput extends OctetInput {
    private final ReadableByteChannel channel;
    private final long total;
    private long count;
    private volatile long consumed;

    /** @param total how many octets there are, -1 for a pipe */
    ChannelInput(ReadableByteChannel channel, long total) {
        this.channel = channel;
        this.total = total;
    }

    @Override
    int read(ByteBuffer into) throws IOException {
        int octets = channel.read(into);
        if (octets > 0) {
            count += octets;
            consumed = count;
        }
        return octets;
    }

    @Override
    boolean prompt() {
        return total >= 0;
    }

    @Override
    long consumed() {
        return consumed;
    }

    @Override
    long total() {
        return total;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
