package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/**
 * Writes packets as classic pcap, nanosecond time stamps, in this machine's byte order, to a channel that it owns. One
 * thread at a time; allocates nothing per packet. Source: draft-ietf-opsawg-pcap.
 */
public final class PcapWriter implements Closeable {
    private static final int RECORD_HEADER = 16;
    private static final int BUFFER = 1 << 19;
    private static final long SECOND = 1_000_000_000L, SECONDS_END = 1L << 32;

    private final WritableByteChannel channel;
    private final int linkType;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.nativeOrder());
    private final MemorySegment memory = MemorySegment.ofBuffer(buffer);

    /**
     * Begins a file; its header goes out with the first packets or the closing.
     *
     * @param linkType of all packets, a {@link dev.weir.packet.LinkType}
     */
    public PcapWriter(WritableByteChannel channel, int linkType) {
        this.channel = channel;
        this.linkType = linkType;
        buffer.putInt(PcapFraming.NANOS).putShort((short) 2).putShort((short) 4);
        buffer.putInt(0).putInt(0).putInt(Framing.MAX_CAPTURED).putInt(linkType);
    }

    /**
     * Appends all packets of the vector.
     *
     * @throws IOException when the channel fails, or when a packet does not go into such a file: of another link type,
     *     longer than {@value Framing#MAX_CAPTURED} bytes, or from before 1970 or after 2106; those before it are written
     */
    public void write(PacketVector vector) throws IOException {
        for (int i = 0; i < vector.size; i++) {
            int captured = vector.captured[i];
            long seconds = Math.floorDiv(vector.time[i], SECOND);
            if (vector.link[i] != linkType
                    || captured > Framing.MAX_CAPTURED
                    || seconds < 0
                    || seconds >= SECONDS_END) {
                throw new IOException("packet " + (vector.first + i) + " does not go into this pcap file: link type="
                        + vector.link[i] + ", file's=" + linkType + ", captured=" + captured + ", second=" + seconds);
            }
            if (buffer.remaining() < RECORD_HEADER + captured) flush();
            buffer.putInt((int) seconds).putInt((int) (vector.time[i] - seconds * SECOND));
            buffer.putInt(captured).putInt(vector.length[i]);
            MemorySegment.copy(vector.data, vector.offset[i], memory, buffer.position(), captured);
            buffer.position(buffer.position() + captured);
        }
    }

    /**
     * Appends one packet, all of it there, of the file's link type.
     *
     * @throws IOException as {@link #write(PacketVector)} does
     */
    public void write(MemorySegment data, long offset, int length, long time) throws IOException {
        long seconds = Math.floorDiv(time, SECOND);
        if (length > Framing.MAX_CAPTURED || seconds < 0 || seconds >= SECONDS_END) {
            throw new IOException("packet does not go into this pcap file: length=" + length + ", second=" + seconds);
        }
        if (buffer.remaining() < RECORD_HEADER + length) flush();
        buffer.putInt((int) seconds).putInt((int) (time - seconds * SECOND));
        buffer.putInt(length).putInt(length);
        MemorySegment.copy(data, offset, memory, buffer.position(), length);
        buffer.position(buffer.position() + length);
    }

    /** Hands all that was written to the channel. */
    public void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) channel.write(buffer);
        buffer.clear();
    }

    /** Writes what is left and closes the channel. */
    @Override
    public void close() throws IOException {
        try (channel) {
            flush();
        }
    }
}
