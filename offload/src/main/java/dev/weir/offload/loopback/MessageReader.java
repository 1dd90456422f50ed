package dev.weir.offload.loopback;

import dev.weir.offload.netlink.NetlinkFrames;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Takes whole messages from a stream of octets, each with all its parts. One thread at a time. */
final class MessageReader {
    /** Of octets read at once: the Java runtime takes as much memory of its own for it, and keeps that for the thread. */
    private static final int MOST = 256 * 1024;

    private final ReadableByteChannel in;
    private final long limit;
    private byte[] octets = new byte[64 * 1024];
    private int start;
    private int end;
    /** Of the message that begins at {@code start}: how many octets its whole parts have that were found so far. */
    private int whole;
    /** And how many octets have to be there before there is more of it. */
    private int needed = NetlinkFrames.HEADER;

    /** @param limit the most octets of a message with all its parts */
    MessageReader(ReadableByteChannel in, long limit) {
        this.in = in;
        this.limit = limit;
    }

    /** The next message of a channel that waits; null at the stream's end. Throws where the stream ends within one, or is out of step. */
    byte @Nullable [] next() throws IOException {
        byte[] message = poll();
        while (message == null) {
            if (fill() < 0) return null;
            message = poll();
        }
        return message;
    }

    /** The next message, where all of it was read already; null where more has to be read first. Throws where the stream is out of step. */
    byte @Nullable [] poll() throws IOException {
        while (end - start >= needed) {
            int part = NetlinkFrames.length(octets, start + whole);
            if (part < 0 || whole + (long) part > limit) {
                throw new IOException("the stream is out of step: no message begins here, or one is longer than "
                        + limit + " octets; see who connects");
            }
            needed = whole + part;
            if (end - start < needed) return null;
            boolean last = NetlinkFrames.isLast(octets, start + whole);
            whole = needed;
            if (last) return take();
            needed += NetlinkFrames.HEADER;
        }
        return null;
    }

    private byte[] take() {
        byte[] message = Arrays.copyOfRange(octets, start, start + whole);
        start += whole;
        whole = 0;
        needed = NetlinkFrames.HEADER;
        return message;
    }

    /**
     * Reads once, what there is.
     *
     * @return how many octets; 0 where there are none and the channel does not wait, -1 at the stream's end. Throws where it ends within a message
     */
    int fill() throws IOException {
        if (start > 0) {
            System.arraycopy(octets, start, octets, 0, end - start);
            end -= start;
            start = 0;
        }
        if (octets.length < needed) octets = Arrays.copyOf(octets, Math.max(needed, octets.length * 2));
        int read = in.read(ByteBuffer.wrap(octets, end, Math.min(octets.length - end, MOST)));
        if (read < 0 && end > 0) throw new EOFException("the stream ends within a message");
        if (read > 0) end += read;
        return read;
    }
}
