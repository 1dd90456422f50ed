package dev.weir.table;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The flows of one address family: their memory, and what can be done to one of them. Knows the layout; {@link FlowTracker} and {@link FlowTable}
 * know when to do what. The owner calls; nothing is allocated after construction but the rare growth of the {@link DeadlineHeap}.
 *
 * <p>A flow is a slot number in three regions. A hit reads and writes only the hot one, which for IPv4 is one cache line. Native byte order;
 * times in nanoseconds; the directions 0 (forward) and 1 (reverse) lie side by side.
 *
 * <pre>
 * hot, 64 bytes (IPv4) or 96 (IPv6)
 *  0 last forward i64          8 last reverse i64
 * 16 forward: packets u24 in the low bits, IP bytes u40       24 the same of reverse
 * 32 forward frame bytes u32  36 reverse frame bytes u32      40 lifetime u32 ms
 * 44 state: TCP state u8, flags u8, forward TCP flags u8, reverse TCP flags u8
 * 48 key: two words, or five, as in {@link FlowVector}
 * cold, 40 bytes
 *  0 first forward i64         8 first reverse i64            16 flow id, shifted left by one, and offloaded
 * 24 infos (16)
 * wide, 48 bytes, touched only by flows whose counters outgrow the hot ones
 *  0 forward packets i64       8 forward IP bytes i64         16 forward frame bytes i64          24 the same of reverse
 * </pre>
 */
final class FlowStore {
    static final int NONE = -1;

    static final int LAST = 0, TOTALS = 16, FRAMES = 32, LIFETIME = 40, STATE = 44, KEY = 48;
    static final int FIRST = 0, ID = 16, INFOS = 24, COLD_BYTES = 40;
    private static final int WIDE_BYTES = 48, WIDE_DIRECTION = 24;

    /** In {@link #STATE}: the low 8 bits, then flags, then 8 bits of TCP flags a direction. */
    static final int TCP_STATE_MASK = 0xFF;

    static final int LIVE = 1 << 8,
            INITIATOR_UPPER = 1 << 9,
            OVERRIDDEN = 1 << 10,
            SEEN = 1 << 11,
            SEEN_REVERSE = 1 << 12;
    /** Some of the counters are in the wide region. */
    static final int WIDE = 1 << 13;

    static final int FLAGS_SHIFT = 16;

    /** In {@link #TOTALS}: where the IP bytes begin, and the bits that must move to the wide counters before they carry. */
    private static final int BYTES_SHIFT = 24;

    private static final long PACKETS_MASK = (1L << BYTES_SHIFT) - 1;
    private static final long NEARLY_FULL = 1L << 63 | 1L << (BYTES_SHIFT - 1);

    final boolean v6;
    final int stride;
    final int capacity;
    final MemorySegment hot, cold;
    final HashIndex index;
    final KeyHash hasher;
    final TimingWheel wheel;
    private final MemorySegment wide;
    private final DeadlineHeap heap;
    private final Arena arena;

    /** While the heap has flows, it has all whose deadline is before this tick. */
    private long heapEnd;

    private int freeHead = NONE;
    private int fresh;
    private int live;

    FlowStore(boolean v6, int capacity, KeyHash hasher, long now) {
        this.v6 = v6;
        this.capacity = capacity;
        this.hasher = hasher;
        stride = v6 ? 96 : 64;
        arena = Arena.ofShared();
        // One more than are kept: a flow that ends with its first packet takes a slot for that long, full table or not.
        int slots = capacity + 1;
        hot = OffHeap.allocate((long) slots * stride, arena);
        cold = OffHeap.allocate((long) slots * COLD_BYTES, arena);
        wide = OffHeap.allocateSparse((long) slots * WIDE_BYTES, arena);
        index = new HashIndex(capacity, arena);
        wheel = new TimingWheel(slots, now, arena);
        heap = new DeadlineHeap(wheel);
    }

    void close() {
        arena.close();
    }

    int live() {
        return live;
    }

    /** Slots from here on were never used. */
    int fresh() {
        return fresh;
    }

    boolean isFull() {
        return live == capacity;
    }

    /** Octets that the table takes when it is full, without the wide counters, whose pages exist only where they are used. */
    long bytes() {
        return (long) capacity * (stride + COLD_BYTES + TimingWheel.LINK_BYTES) + index.bytes();
    }

    long at(int slot) {
        return (long) slot * stride;
    }

    int state(int slot) {
        return hot.get(JAVA_INT, at(slot) + STATE);
    }

    void state(int slot, int state) {
        hot.set(JAVA_INT, at(slot) + STATE, state);
    }

    int stateAt(long at) {
        return hot.get(JAVA_INT, at + STATE);
    }

    boolean isLive(int slot) {
        return (state(slot) & LIVE) != 0;
    }

    int lifetime(int slot) {
        return hot.get(JAVA_INT, at(slot) + LIFETIME);
    }

    /** The instant at which the flow ends if nothing more comes; {@link Long#MAX_VALUE} for never. */
    long deadline(int slot) {
        return deadlineAt(at(slot));
    }

    long deadlineAt(long at) {
        long last = Math.max(hot.get(JAVA_LONG, at + LAST), hot.get(JAVA_LONG, at + LAST + 8));
        return deadline(last, hot.get(JAVA_INT, at + LIFETIME));
    }

    static long deadline(long last, int lifetime) {
        return lifetime == Lifetime.NEVER ? Long.MAX_VALUE : last + Lifetime.nanos(lifetime);
    }

    long hash(int slot) {
        long key = at(slot) + KEY;
        long k0 = hot.get(JAVA_LONG, key), k1 = hot.get(JAVA_LONG, key + 8);
        return v6
                ? hasher.hash(
                        k0,
                        k1,
                        hot.get(JAVA_LONG, key + 16),
                        hot.get(JAVA_LONG, key + 24),
                        hot.get(JAVA_LONG, key + 32))
                : hasher.hash(k0, k1);
    }

    /** Whether the slot is the live flow of packet {@code i}. */
    boolean matches(int slot, FlowVector v, int i) {
        long at = (long) slot * stride;
        boolean same = hot.get(JAVA_LONG, at + KEY) == v.k0[i]
                && hot.get(JAVA_LONG, at + KEY + 8) == v.k1[i]
                && (hot.get(JAVA_INT, at + STATE) & LIVE) != 0;
        return v6 ? same && matchesRest(at, v, i) : same;
    }

    private boolean matchesRest(long at, FlowVector v, int i) {
        return hot.get(JAVA_LONG, at + KEY + 16) == v.k2[i]
                && hot.get(JAVA_LONG, at + KEY + 24) == v.k3[i]
                && hot.get(JAVA_LONG, at + KEY + 32) == v.k4[i];
    }

    /** The slot of packet {@code i}'s flow, or {@link #NONE}. */
    int find(FlowVector v, int i) {
        long hash = v.hash[i];
        long cursor = index.search(hash, index.start(hash));
        while (cursor != HashIndex.NONE) {
            int slot = index.slotAt(cursor);
            if (matches(slot, v, i)) {
                return slot;
            }
            cursor = index.search(hash, index.after(cursor));
        }
        return NONE;
    }

    /** A slot that is nobody's; there must be one. */
    int allocate() {
        int slot = freeHead;
        if (slot == NONE) {
            slot = fresh++;
            wheel.release(slot);
        } else {
            freeHead = hot.get(JAVA_INT, at(slot));
        }
        live++;
        return slot;
    }

    /** Gives back a slot that is neither in the index nor armed. */
    void free(int slot) {
        state(slot, 0);
        hot.set(JAVA_INT, at(slot), freeHead);
        freeHead = slot;
        live--;
    }

    /** Writes a new flow of packet {@code i}, with no packets yet. */
    void write(int slot, FlowVector v, int i, long time, int state, int lifetime, long id) {
        long at = at(slot);
        hot.set(JAVA_LONG, at + LAST, time);
        hot.set(JAVA_LONG, at + LAST + 8, time);
        hot.set(JAVA_LONG, at + TOTALS, 0);
        hot.set(JAVA_LONG, at + TOTALS + 8, 0);
        hot.set(JAVA_LONG, at + FRAMES, 0);
        hot.set(JAVA_INT, at + LIFETIME, lifetime);
        hot.set(JAVA_INT, at + STATE, state | LIVE);
        hot.set(JAVA_LONG, at + KEY, v.k0[i]);
        hot.set(JAVA_LONG, at + KEY + 8, v.k1[i]);
        if (v6) {
            hot.set(JAVA_LONG, at + KEY + 16, v.k2[i]);
            hot.set(JAVA_LONG, at + KEY + 24, v.k3[i]);
            hot.set(JAVA_LONG, at + KEY + 32, v.k4[i]);
        }
        long c = (long) slot * COLD_BYTES;
        cold.set(JAVA_LONG, c + FIRST, time);
        cold.set(JAVA_LONG, c + FIRST + 8, time);
        cold.set(JAVA_LONG, c + ID, id << 1);
        cold.set(JAVA_LONG, c + INFOS, 0);
        cold.set(JAVA_LONG, c + INFOS + 8, 0);
    }

    /** Counts a packet; {@code direction} is 0 or 1. */
    void count(long at, int direction, long time, int ipBytes, int frameBytes) {
        hot.set(JAVA_LONG, at + LAST + 8L * direction, time);
        long totals = hot.get(JAVA_LONG, at + TOTALS + 8L * direction) + ((long) ipBytes << BYTES_SHIFT) + 1;
        hot.set(JAVA_LONG, at + TOTALS + 8L * direction, totals);
        int frames = hot.get(JAVA_INT, at + FRAMES + 4L * direction) + frameBytes;
        hot.set(JAVA_INT, at + FRAMES + 4L * direction, frames);
        if ((totals & NEARLY_FULL) != 0 || frames < 0) {
            widen(at, direction);
        }
    }

    /** Moves a direction's hot counters to its wide ones. */
    private void widen(long at, int direction) {
        long w = at / stride * WIDE_BYTES + (long) direction * WIDE_DIRECTION;
        long totals = hot.get(JAVA_LONG, at + TOTALS + 8L * direction);
        add(w, totals & PACKETS_MASK);
        add(w + 8, totals >>> BYTES_SHIFT);
        add(w + 16, hot.get(JAVA_INT, at + FRAMES + 4L * direction) & 0xFFFF_FFFFL);
        hot.set(JAVA_LONG, at + TOTALS + 8L * direction, 0);
        hot.set(JAVA_INT, at + FRAMES + 4L * direction, 0);
        state((int) (at / stride), state((int) (at / stride)) | WIDE);
    }

    private void add(long w, long n) {
        wide.set(JAVA_LONG, w, wide.get(JAVA_LONG, w) + n);
    }

    private long wide(int slot, int state, int direction, int field) {
        return (state & WIDE) == 0
                ? 0
                : wide.get(JAVA_LONG, (long) slot * WIDE_BYTES + (long) direction * WIDE_DIRECTION + field);
    }

    /** Forgets the packets so far, as after a piece was reported. */
    void resetCounters(int slot) {
        long at = at(slot);
        clearWide(slot);
        hot.set(JAVA_LONG, at + TOTALS, 0);
        hot.set(JAVA_LONG, at + TOTALS + 8, 0);
        hot.set(JAVA_LONG, at + FRAMES, 0);
        state(slot, state(slot) & (1 << FLAGS_SHIFT) - 1 & ~(SEEN | SEEN_REVERSE));
    }

    private void clearWide(int slot) {
        int state = state(slot);
        if ((state & WIDE) != 0) {
            wide.asSlice((long) slot * WIDE_BYTES, WIDE_BYTES).fill((byte) 0);
            state(slot, state & ~WIDE);
        }
    }

    /** Time of the first packet that is counted, in either direction. */
    long start(int slot) {
        int state = state(slot);
        long c = (long) slot * COLD_BYTES;
        long forward = (state & SEEN) != 0 ? cold.get(JAVA_LONG, c + FIRST) : Long.MAX_VALUE;
        long reverse = (state & SEEN_REVERSE) != 0 ? cold.get(JAVA_LONG, c + FIRST + 8) : Long.MAX_VALUE;
        return Math.min(forward, reverse);
    }

    void first(int slot, int direction, long time) {
        cold.set(JAVA_LONG, (long) slot * COLD_BYTES + FIRST + 8L * direction, time);
    }

    boolean offloaded(int slot) {
        return (cold.get(JAVA_LONG, (long) slot * COLD_BYTES + ID) & 1) != 0;
    }

    void offloaded(int slot, boolean offloaded) {
        long c = (long) slot * COLD_BYTES + ID;
        cold.set(JAVA_LONG, c, (cold.get(JAVA_LONG, c) & ~1L) | (offloaded ? 1 : 0));
    }

    void infos(int slot, MemorySegment octets, int length) {
        MemorySegment.copy(octets, 0, cold, (long) slot * COLD_BYTES + INFOS, length);
    }

    /** Arms the flow's timer, which must not be armed. */
    void arm(int slot, long deadline) {
        if (heap.isEmpty()) {
            wheel.arm(slot, deadline);
        } else {
            armInto(slot, deadline);
        }
    }

    /** Stops the flow's timer, if it runs. */
    void disarm(int slot) {
        if (wheel.isHeld(slot)) {
            heap.remove(slot);
        } else if (wheel.isArmed(slot)) {
            wheel.disarm(slot);
        }
    }

    /** After the deadline may have come nearer. */
    void rearm(int slot) {
        disarm(slot);
        arm(slot, deadline(slot));
    }

    /**
     * The flow that is nearest its deadline, of those that have one; there must be a flow. Exact, at an amortized logarithmic cost: the
     * earliest lists of the wheel are ordered in a heap, from which victims then come until it is empty.
     */
    int nearest() {
        while (true) {
            while (!heap.isEmpty()) {
                int slot = heap.firstSlot();
                long deadline = deadline(slot);
                if (deadline == heap.firstDeadline()) {
                    return slot;
                }
                heap.remove(slot);
                armInto(slot, deadline);
            }
            heapEnd = wheel.drainEarliest();
            if (heapEnd == TimingWheel.NONE) {
                return wheel.oldestNever();
            }
            int slot = wheel.pollDrained();
            while (slot != TimingWheel.NONE) {
                armInto(slot, deadline(slot));
                slot = wheel.pollDrained();
            }
        }
    }

    private void armInto(int slot, long deadline) {
        if (isBeforeHeapEnd(deadline)) {
            heap.add(slot, deadline);
        } else {
            wheel.arm(slot, deadline);
        }
    }

    private boolean isBeforeHeapEnd(long deadline) {
        return deadline != Long.MAX_VALUE && TimingWheel.tick(deadline) < heapEnd;
    }

    /** Takes the next slot whose timer may have run out before tick {@code target}; {@link #NONE} when there is none. */
    int pollTimer(long target) {
        if (!heap.isEmpty() && TimingWheel.tick(heap.firstDeadline()) < target) {
            int slot = heap.firstSlot();
            heap.remove(slot);
            return slot;
        }
        return wheel.poll(target);
    }

    /** Takes the flow out of index and timers and frees its slot; {@code hash} is its key's. */
    void remove(int slot, long hash) {
        index.remove(hash, slot);
        disarm(slot);
        clearWide(slot);
        free(slot);
    }

    /** Copies a flow of another store of the same family, which has room here. */
    void adopt(FlowStore other, int from) {
        int slot = allocate();
        MemorySegment.copy(other.hot, other.at(from), hot, at(slot), stride);
        MemorySegment.copy(other.cold, (long) from * COLD_BYTES, cold, (long) slot * COLD_BYTES, COLD_BYTES);
        if ((state(slot) & WIDE) != 0) {
            MemorySegment.copy(other.wide, (long) from * WIDE_BYTES, wide, (long) slot * WIDE_BYTES, WIDE_BYTES);
        }
        index.insert(hash(slot), slot);
        arm(slot, deadline(slot));
    }

    /** Appends a record of the flow as it is, if its kind is wanted. */
    void record(int slot, int kind, int author, int reason, long when, FlowRecords out) {
        if (out.wants(kind)) {
            write(slot, kind, author, reason, when, out.segment(), out.claim());
        }
    }

    void write(int slot, int kind, int author, int reason, long when, MemorySegment r, long o) {
        long at = at(slot);
        long c = (long) slot * COLD_BYTES;
        int state = state(slot);
        long id = cold.get(JAVA_LONG, c + ID);
        r.set(JAVA_LONG, o + FlowRecord.FLOW_ID, id >>> 1);
        r.set(JAVA_LONG, o + FlowRecord.AT, when);
        for (int direction = 0; direction < 2; direction++) {
            r.set(
                    JAVA_LONG,
                    o + FlowRecord.FIRST_FORWARD + 8L * direction,
                    cold.get(JAVA_LONG, c + FIRST + 8L * direction));
            r.set(
                    JAVA_LONG,
                    o + FlowRecord.LAST_FORWARD + 8L * direction,
                    hot.get(JAVA_LONG, at + LAST + 8L * direction));
            long totals = hot.get(JAVA_LONG, at + TOTALS + 8L * direction);
            long frames = hot.get(JAVA_INT, at + FRAMES + 4L * direction) & 0xFFFF_FFFFL;
            long f = o + FlowRecord.FORWARD_PACKETS + 24L * direction;
            r.set(JAVA_LONG, f, (totals & PACKETS_MASK) + wide(slot, state, direction, 0));
            r.set(JAVA_LONG, f + 8, (totals >>> BYTES_SHIFT) + wide(slot, state, direction, 8));
            r.set(JAVA_LONG, f + 16, frames + wide(slot, state, direction, 16));
        }
        boolean swap = (state & INITIATOR_UPPER) != 0;
        if (v6) {
            writeKey6(at + KEY, swap, r, o);
        } else {
            writeKey4(at + KEY, swap, r, o);
        }
        r.set(JAVA_BYTE, o + FlowRecord.KIND, (byte) kind);
        r.set(JAVA_BYTE, o + FlowRecord.AUTHOR, (byte) author);
        r.set(JAVA_BYTE, o + FlowRecord.FORWARD_FLAGS, (byte) (state >>> FLAGS_SHIFT));
        r.set(JAVA_BYTE, o + FlowRecord.REVERSE_FLAGS, (byte) (state >>> (FLAGS_SHIFT + 8)));
        r.set(JAVA_BYTE, o + FlowRecord.TCP_STATE, (byte) (state & TCP_STATE_MASK));
        r.set(JAVA_BYTE, o + FlowRecord.REASON, (byte) reason);
        r.set(JAVA_LONG, o + FlowRecord.INFOS, cold.get(JAVA_LONG, c + INFOS));
        r.set(JAVA_LONG, o + FlowRecord.INFOS + 8, cold.get(JAVA_LONG, c + INFOS + 8));
        r.set(JAVA_INT, o + FlowRecord.LIFETIME, hot.get(JAVA_INT, at + LIFETIME));
        r.set(JAVA_INT, o + FlowRecord.OFFLOADED, (int) (id & 1));
    }

    private void writeKey4(long key, boolean swap, MemorySegment r, long o) {
        long k0 = hot.get(JAVA_LONG, key), k1 = hot.get(JAVA_LONG, key + 8);
        int lower = Integer.reverseBytes((int) (k0 >>> 16)), upper = Integer.reverseBytes((int) k1);
        short lowerPort = (short) k0, upperPort = (short) (k0 >>> 48);
        r.set(JAVA_LONG, o + FlowRecord.SOURCE, (swap ? upper : lower) & 0xFFFF_FFFFL);
        r.set(JAVA_LONG, o + FlowRecord.SOURCE + 8, 0);
        r.set(JAVA_LONG, o + FlowRecord.DESTINATION, (swap ? lower : upper) & 0xFFFF_FFFFL);
        r.set(JAVA_LONG, o + FlowRecord.DESTINATION + 8, 0);
        writeKeyEnd((int) (k1 >>> 32), swap ? upperPort : lowerPort, swap ? lowerPort : upperPort, 4, r, o);
    }

    private void writeKey6(long key, boolean swap, MemorySegment r, long o) {
        long lower = swap ? FlowRecord.DESTINATION : FlowRecord.SOURCE,
                upper = swap ? FlowRecord.SOURCE : FlowRecord.DESTINATION;
        r.set(JAVA_LONG, o + lower, Long.reverseBytes(hot.get(JAVA_LONG, key)));
        r.set(JAVA_LONG, o + lower + 8, Long.reverseBytes(hot.get(JAVA_LONG, key + 8)));
        r.set(JAVA_LONG, o + upper, Long.reverseBytes(hot.get(JAVA_LONG, key + 16)));
        r.set(JAVA_LONG, o + upper + 8, Long.reverseBytes(hot.get(JAVA_LONG, key + 24)));
        long k4 = hot.get(JAVA_LONG, key + 32);
        short lowerPort = (short) (k4 >>> 48), upperPort = (short) (k4 >>> 32);
        writeKeyEnd((int) k4, swap ? upperPort : lowerPort, swap ? lowerPort : upperPort, 6, r, o);
    }

    private static void writeKeyEnd(
            int tenantAndProtocol, short sourcePort, short destinationPort, int family, MemorySegment r, long o) {
        r.set(JAVA_SHORT, o + FlowRecord.SOURCE_PORT, sourcePort);
        r.set(JAVA_SHORT, o + FlowRecord.DESTINATION_PORT, destinationPort);
        r.set(JAVA_BYTE, o + FlowRecord.PROTOCOL, (byte) tenantAndProtocol);
        r.set(JAVA_BYTE, o + FlowRecord.FAMILY, (byte) family);
        r.set(JAVA_INT, o + FlowRecord.TENANT, tenantAndProtocol >>> 8);
    }

    /** Checks what must hold between calls; for tests. */
    void assertValid() {
        int found = 0;
        for (int slot = 0; slot < fresh; slot++) {
            if (isLive(slot)) {
                found++;
                check(isIndexed(slot), "not in the index", slot);
                check(wheel.isHeld(slot) || wheel.isArmed(slot), "has no timer", slot);
                boolean inHeap = heap.isEmpty() || wheel.isHeld(slot) || !isBeforeHeapEnd(deadline(slot));
                check(inHeap, "is not in the heap", slot);
            }
        }
        int free = 0;
        for (int slot = freeHead; slot != NONE; slot = hot.get(JAVA_INT, at(slot))) {
            check(!isLive(slot), "is free and live", slot);
            free++;
        }
        wheel.assertValid(this::deadline);
        heap.assertValid(this::deadline);
        boolean adds = found == live && found == index.size() && found == wheel.armed() + heap.size();
        check(
                adds && free + live == fresh,
                "counts differ: live=" + live + ", found=" + found + ", free=" + free,
                NONE);
    }

    private boolean isIndexed(int slot) {
        long hash = hash(slot);
        long cursor = index.search(hash, index.start(hash));
        while (cursor != HashIndex.NONE && index.slotAt(cursor) != slot) {
            cursor = index.search(hash, index.after(cursor));
        }
        return cursor != HashIndex.NONE;
    }

    private static void check(boolean holds, String what, int slot) {
        if (!holds) {
            throw new AssertionError("flow " + what + ": slot=" + slot);
        }
    }
}
