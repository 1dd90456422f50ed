package dev.weir.dataplane.nodes.pcapout;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.dataplane.graph.RingPositions;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A ring of packets from one worker to the thread that writes them. The worker offers packets and publishes them once a
 * vector; the writer polls, writes from the ring's own memory and releases. Neither waits, neither locks; nothing is
 * allocated after the ring was made.
 *
 * <pre>
 * byte 0          4        8      16
 *      | captured | length | time | octets, padded to 8      captured -1: nothing more up to the end of the memory
 * </pre>
 *
 * Native byte order, places are multiples of 8. Positions only grow; a position's place is its remainder.
 */
final class CaptureRing {
    private static final int CAPTURED = 0, LENGTH = 4, TIME = 8, HEADER = 16;
    private static final int WRAPPED = -1;

    private final MemorySegment memory;
    private final long capacity, mask;
    private final RingPositions positions = new RingPositions();

    private long tail, headSeen;
    private long polledTo;

    /** A ring of {@code bytes}, rounded up to a power of two. */
    CaptureRing(int bytes) {
        capacity = bytes == 1 ? 1 : Long.highestOneBit(bytes - 1L) << 1;
        mask = capacity - 1;
        memory = Arena.ofAuto().allocate(capacity, Long.BYTES);
    }

    /** The worker puts {@code captured} octets of packet {@code i} in; false when there is no room. */
    boolean offer(PacketVector packets, int i, int captured) {
        long size = size(captured);
        long place = tail & mask;
        long skipped = place + size <= capacity ? 0 : capacity - place;
        if (!hasRoom(skipped + size)) {
            return false;
        }
        if (skipped != 0) {
            memory.set(JAVA_INT, place + CAPTURED, WRAPPED);
            tail += skipped;
            place = 0;
        }
        memory.set(JAVA_LONG, place + TIME, packets.time[i]);
        memory.set(JAVA_INT, place + CAPTURED, captured);
        memory.set(JAVA_INT, place + LENGTH, packets.length[i]);
        MemorySegment.copy(packets.data, packets.offset[i], memory, place + HEADER, captured);
        tail += size;
        return true;
    }

    private boolean hasRoom(long bytes) {
        if (tail + bytes - headSeen > capacity) {
            headSeen = positions.headAcquire();
        }
        return tail + bytes - headSeen <= capacity;
    }

    /** The worker shows the writer what it offered. */
    void publish() {
        positions.tailRelease(tail);
    }

    /**
     * The writer fills the vector with the next packets, {@code fileOctets} of a pcap file at the most, or with one that is
     * larger where {@code atLeastOne}; {@link #release} must follow.
     *
     * @return how many packets; {@code -1} when there is one, but it is larger
     */
    int poll(PacketVector out, long fileOctets, boolean atLeastOne) {
        long end = positions.tailAcquire();
        long at = positions.head();
        long room = fileOctets;
        int n = 0;
        while (at < end && n < out.capacity()) {
            long place = at & mask;
            int captured = memory.get(JAVA_INT, place + CAPTURED);
            if (captured == WRAPPED) {
                at += capacity - place;
                continue;
            }
            room -= RotatingFile.RECORD_HEADER + captured;
            if (room < 0 && (n > 0 || !atLeastOne)) {
                n = n == 0 ? -1 : n;
                break;
            }
            out.offset[n] = place + HEADER;
            out.captured[n] = captured;
            out.length[n] = memory.get(JAVA_INT, place + LENGTH);
            out.time[n] = memory.get(JAVA_LONG, place + TIME);
            out.link[n] = LinkType.ETHERNET;
            at += size(captured);
            n++;
        }
        out.data = memory;
        out.size = Math.max(0, n);
        polledTo = at;
        return n;
    }

    /** The writer is done with what it polled. */
    void release() {
        positions.headRelease(polledTo);
    }

    private static long size(int captured) {
        return HEADER + ((captured + 7L) & ~7L);
    }
}
