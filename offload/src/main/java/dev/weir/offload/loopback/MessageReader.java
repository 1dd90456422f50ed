package dev.weir.offload.loopback;

import dev.weir.offload.netlink.NetlinkFrames;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Takes whole messages from a stream of octets, each with all its parts. One thread. */
final class MessageReader {
    /** Of octets read at once: the Java runtime takes as much memory of its own for it, and keeps that for the thread. */
    private static final int MOST = 256 * 1024;

    private final ReadableByteChannel in;
    private final long limit;
    private byte[] octets = new byte[64 * 1024];
    private int start;
    private int end;

    /** @param limit the most octets of a message with all its parts */
    MessageReader(ReadableByteChannel in, long limit) {
        this.in = in;
        this.limit = limit;
    }

    /** The next message; null at the stream's end. Throws where the stream ends within one, or is out of step. */
    byte @Nullable [] next() throws IOException {
        int length = 0;
        while (true) {
            if (!holds(length + NetlinkFrames.HEADER)) {
                if (length == 0 && start == end) return null;
                throw new EOFException("the stream ends within a message");
            }
            int part = NetlinkFrames.length(octets, start + length);
            if (part < 0 || length + (long) part > limit) {
                throw new IOException("the stream is out of step: no message begins here, or one is longer than "
                        + limit + " octets; see who connects");
            }
            if (!holds(length + part)) throw new EOFException("the stream ends within a message");
            boolean last = NetlinkFrames.isLast(octets, start + length);
            length += part;
            if (last) break;
        }
        byte[] message = Arrays.copyOfRange(octets, start, start + length);
        start += length;
        return message;
    }

    /** Whether so many octets are there from {@code start} on, after reading what is needed. */
    private boolean holds(int count) throws IOException {
        while (end - start < count) {
            if (start > 0) {
                System.arraycopy(octets, start, octets, 0, end - start);
                end -= start;
                start = 0;
            }
            if (octets.length < count) octets = Arrays.copyOf(octets, Math.max(count, octets.length * 2));
            int read = in.read(ByteBuffer.wrap(octets, end, Math.min(octets.length - end, MOST)));
            if (read < 0) return false;
            end += read;
        }
        return true;
    }
}
