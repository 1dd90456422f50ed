package dev.weir.dataplane.graph;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.packet.PacketVector;
import dev.weir.table.FlowVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Packets on their way from one worker to another: a ring off the heap of records of variable length, with one producer
 * and one consumer, which handles packets where they lie. Allocates nothing after it was made; waits for nothing.
 *
 * <pre>
 * record, at a multiple of 8; native byte order
 *  0 octets of the record u32     4 captured u32       8 length u32    12 port u32
 * 16 stage u32                   20 link type u32     24 time i64      32 offload i64
 * 40 key ({@link FlowVector#save})   104 of an ICMP error that goes to the quoted flow: that flow's key (64)
 * then the captured octets. Octets of -1: the next record is at the beginning of the ring.
 * </pre>
 *
 * The two positions count octets since the beginning; {@link #publish} moves one, {@link #release} the other.
 */
final class HandOffRing {
    private static final int OCTETS = 0,
            CAPTURED = 4,
            LENGTH = 8,
            PORT = 12,
            STAGE = 16,
            LINK = 20,
            TIME = 24,
            OFFLOAD = 32;
    private static final int KEY = 40, QUOTED_KEY = KEY + FlowVector.SAVED;
    private static final int WRAP = -1;
    /** What a record takes at the most beside its captured octets. */
    static final int OVERHEAD = QUOTED_KEY + FlowVector.SAVED + Long.BYTES;

    private final MemorySegment memory;
    private final int capacity;
    private final RingPositions positions = new RingPositions();

    /** The producer's: up to where it has written, and the consumer's position as last seen. */
    private long written, headSeen;
    /** The consumer's: up to where it has read. */
    private long read;

    /** A ring of {@code capacity} octets, a power of two, in memory of {@code arena}. */
    HandOffRing(int capacity, Arena arena) {
        this.capacity = capacity;
        memory = arena.allocate(capacity, Long.BYTES);
    }

    /**
     * Puts a copy of packet {@code i} in; false when there is no room. The consumer sees it after {@link #publish}.
     *
     * @param stage what has been done and is to be done, the stage's own number
     * @param quoted has at {@code i} the key of the flow that the packet quotes
     * @param withQuoted whether to hand that over too
     */
    boolean put(Batch batch, int i, int stage, FlowVector quoted, boolean withQuoted) {
        PacketVector p = batch.packets;
        int captured = p.captured[i];
        int data = withQuoted ? QUOTED_KEY + FlowVector.SAVED : QUOTED_KEY;
        int octets = (data + captured + 7) & -8;
        int at = claim(octets);
        if (at < 0) {
            return false;
        }
        memory.set(JAVA_INT, at + OCTETS, octets);
        memory.set(JAVA_INT, at + CAPTURED, captured);
        memory.set(JAVA_INT, at + LENGTH, p.length[i]);
        memory.set(JAVA_INT, at + PORT, p.port[i]);
        memory.set(JAVA_INT, at + STAGE, stage);
        memory.set(JAVA_INT, at + LINK, p.link[i]);
        memory.set(JAVA_LONG, at + TIME, p.time[i]);
        memory.set(JAVA_LONG, at + OFFLOAD, p.offload[i]);
        batch.flows.save(i, memory, at + KEY);
        if (withQuoted) {
            quoted.save(i, memory, at + QUOTED_KEY);
        }
        MemorySegment.copy(p.data, JAVA_BYTE, p.offset[i], memory, JAVA_BYTE, (long) at + data, captured);
        written += octets;
        return true;
    }

    /** Where in the memory so many octets are free in one piece; -1 when they are not. */
    private int claim(int octets) {
        int at = (int) written & (capacity - 1);
        int skipped = at + octets > capacity ? capacity - at : 0;
        if (written + skipped + octets - headSeen > capacity) {
            headSeen = positions.headAcquire();
            if (written + skipped + octets - headSeen > capacity) {
                return -1;
            }
        }
        if (skipped == 0) {
            return at;
        }
        memory.set(JAVA_INT, at, WRAP);
        written += skipped;
        return 0;
    }

    /** How many octets are free. The producer. */
    long room() {
        headSeen = positions.headAcquire();
        return capacity - (written - headSeen);
    }

    /** Shows the consumer what was put; false when there is nothing new. The producer. */
    boolean publish() {
        if (positions.tail() == written) {
            return false;
        }
        positions.tailRelease(written);
        return true;
    }

    /** Whether there is nothing for the consumer. The consumer. */
    boolean isEmpty() {
        return positions.tailAcquire() == read;
    }

    /**
     * Fills a vector with packets where they lie, until {@link #release}. The consumer.
     *
     * @param withQuoted the bits of a stage that say that there is a key of a quoted flow, for {@code quoted}
     * @return how many
     */
    int poll(Batch batch, int[] stages, FlowVector quoted, int withQuoted) {
        long tail = positions.tailAcquire();
        PacketVector p = batch.packets;
        p.data = memory;
        p.mixed();
        int n = 0;
        while (read != tail && n < p.capacity()) {
            int at = (int) read & (capacity - 1);
            int octets = memory.get(JAVA_INT, at);
            if (octets == WRAP) {
                read += capacity - at;
                continue;
            }
            int stage = memory.get(JAVA_INT, at + STAGE);
            boolean both = (stage & withQuoted) != 0;
            fill(p, n, at, both ? QUOTED_KEY + FlowVector.SAVED : QUOTED_KEY);
            batch.flows.restore(n, memory, at + KEY);
            if (both) {
                quoted.restore(n, memory, at + QUOTED_KEY);
            }
            stages[n++] = stage;
            read += octets;
        }
        p.size = n;
        return n;
    }

    private void fill(PacketVector p, int i, int at, int data) {
        p.offset[i] = (long) at + data;
        p.captured[i] = memory.get(JAVA_INT, at + CAPTURED);
        p.length[i] = memory.get(JAVA_INT, at + LENGTH);
        p.port[i] = memory.get(JAVA_INT, at + PORT);
        p.link[i] = memory.get(JAVA_INT, at + LINK);
        p.time[i] = memory.get(JAVA_LONG, at + TIME);
        p.offload[i] = memory.get(JAVA_LONG, at + OFFLOAD);
    }

    /** Gives the memory of the packets last polled back. The consumer. */
    void release() {
        positions.headRelease(read);
    }
}
