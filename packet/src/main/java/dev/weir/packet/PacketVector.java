package dev.weir.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A vector: a batch of packets as they came from the wire, one array a column, all bytes in one {@link #data} segment.
 *
 * <p>Units: offsets and lengths in bytes, times in nanoseconds since 1970-01-01T00:00Z. A source fills it, one thread
 * reads it at a time; filling and reading allocate nothing. The columns are plain public arrays because the loops over
 * them are the innermost of the whole program.
 */
public final class PacketVector {
    /** The memory that {@link #offset} points into; valid until the vector is filled again. */
    public MemorySegment data = MemorySegment.NULL;
    /** Where each packet's first byte is in {@link #data}. */
    public final long[] offset;
    /** How many bytes of each packet are in {@link #data}. */
    public final int[] captured;
    /** How long each packet was on the wire; at least {@link #captured}. */
    public final int[] length;
    /** When each packet was seen. */
    public final long[] time;
    /** What each packet begins with: a {@link LinkType}. */
    public final int[] link;
    /** Index of the interface that saw each packet, from 0 in the order in which the source met them. */
    public final int[] port;
    /** What is left to do to each packet, an {@link Offload} word; empty for a vector that was made without. */
    public final long[] offload;
    /** How many packets there are. */
    public int size;
    /** Number of the first packet in its stream, from 1; the others follow without a gap. */
    public long first;

    /** Where packets go that are moved apart: in one of these while they are read from the other. */
    private final MemorySegment[] apart = {MemorySegment.NULL, MemorySegment.NULL};

    private MemorySegment room = MemorySegment.NULL;
    private ByteBuffer roomBuffer = ByteBuffer.allocate(0);
    private int uniformLink = -1;
    private int uniformPort = -1;

    /** A vector for up to {@code capacity} packets. */
    public PacketVector(int capacity) {
        this(capacity, false);
    }

    /** The same; {@code live} says whether it has {@link #offload}. */
    public PacketVector(int capacity, boolean live) {
        offset = new long[capacity];
        captured = new int[capacity];
        length = new int[capacity];
        time = new long[capacity];
        link = new int[capacity];
        port = new int[capacity];
        offload = new long[live ? capacity : 0];
    }

    /** How many packets fit. */
    public int capacity() {
        return offset.length;
    }

    /**
     * Makes {@link #data} this vector's own memory, for a source that has to copy packets in. The memory lies off the
     * heap, is kept from filling to filling, grows when more is asked for and is freed when nobody holds the vector.
     *
     * @param bytes how much is needed at least
     * @param keep how many bytes from the beginning must survive, when the memory was this vector's already
     * @return all of {@link #data}, as a buffer whose position and limit are the caller's to set
     */
    public ByteBuffer room(int bytes, int keep) {
        if (room.byteSize() < bytes) {
            MemorySegment larger = Arena.ofAuto().allocate(bytes, Long.BYTES);
            MemorySegment.copy(room, 0, larger, 0, keep);
            room = larger;
            roomBuffer = larger.asByteBuffer();
        }
        data = room;
        return roomBuffer;
    }

    /**
     * Moves all packets to memory of the vector's own, where each has {@code before} bytes before it that may be written:
     * {@link #data} and {@link #offset} are others then, until the vector is filled again. For who makes a packet longer
     * than its source left room for. Allocates where more memory is needed than ever before.
     */
    public void moveApart(int before) {
        long bytes = 0;
        for (int i = 0; i < size; i++) {
            bytes += before + captured[i];
        }
        int other = data.equals(apart[0]) ? 1 : 0;
        if (apart[other].byteSize() < bytes) {
            apart[other] = Arena.ofAuto().allocate(Math.max(bytes, 2 * apart[other].byteSize()), Long.BYTES);
        }
        MemorySegment to = apart[other];
        long at = 0;
        for (int i = 0; i < size; i++) {
            at += before;
            MemorySegment.copy(data, offset[i], to, at, captured[i]);
            offset[i] = at;
            at += captured[i];
        }
        data = to;
    }

    /**
     * Says that every packet has this link type and port. Costs nothing when the same was said for the last filling, so
     * a source that has one interface calls this instead of writing the two columns packet by packet.
     */
    public void uniform(int linkType, int portIndex) {
        if (linkType != uniformLink || portIndex != uniformPort) {
            Arrays.fill(link, linkType);
            Arrays.fill(port, portIndex);
            uniformLink = linkType;
            uniformPort = portIndex;
        }
    }

    /** Says that the source writes {@link #link} and {@link #port} packet by packet. */
    public void mixed() {
        uniformLink = -1;
        uniformPort = -1;
    }
}
