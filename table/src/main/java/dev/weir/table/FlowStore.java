package dev.weir.table;

import dev.weir.table.parts.HashIndex;
import dev.weir.table.parts.KeyHash;
import dev.weir.table.parts.Memory;
import dev.weir.table.parts.OffHeap;
import dev.weir.table.parts.TimingWheel;
import java.lang.foreign.Arena;

/**
 * The flows of one address family: their memory, and what can be done to one of them. Knows the layout;
 * {@link PacketPath} and {@link FlowFamily} know when to do what. The owner calls; nothing is allocated after
 * construction but the rare growth of what {@link FlowTimers} holds.
 *
 * <p>A flow is a slot number in three regions. A hit reads and writes only the hot one, which for IPv4 is one cache
 * line. Native byte order; times in nanoseconds; the directions 0 (forward) and 1 (reverse) lie side by side.
 *
 * <pre>
 * hot, 64 bytes (IPv4) or 96 (IPv6)
 *  0 last forward i64          8 last reverse i64
 * 16 forward: packets u24 in the low bits, IP bytes u40       24 the same of reverse
 * 32 forward frame bytes u32  36 reverse frame bytes u32      40 lifetime u32 ms
 * 44 state: TCP state u8, flags u8, forward TCP flags u8, reverse TCP flags u8
 * 48 key: two words, or five, as in {@link FlowVector}
 * cold, 40 bytes
 *  0 first forward i64         8 first reverse i64            16 flow id
 * 24 infos (16)
 * wide, 48 bytes, touched only by flows whose counters outgrow the hot ones
 *  0 forward packets i64       8 forward IP bytes i64         16 forward frame bytes i64    24 the same of reverse
 * annex, as many octets as the table's owner wants
 * </pre>
 */
final class FlowStore {
    static final int NONE = -1;

    static final int LAST = 0, TOTALS = 16, FRAMES = 32, LIFETIME = 40, STATE = 44, KEY = 48;
    static final int FIRST = 0, ID = 16, INFOS = 24, COLD_BYTES = 40;
    static final int WIDE_BYTES = 48;
    private static final int WIDE_DIRECTION = 24;

    /** In {@link #STATE}: the low 8 bits, then flags, then 8 bits of TCP flags a direction. */
    static final int TCP_STATE_MASK = 0xFF;

    static final int LIVE = 1 << 8,
            INITIATOR_UPPER = 1 << 9,
            OVERRIDDEN = 1 << 10,
            SEEN = 1 << 11,
            SEEN_REVERSE = 1 << 12;
    /** Some of the counters are in the wide region. */
    static final int WIDE = 1 << 13;
    /** Something below handles the flow's packets. */
    static final int OFFLOADED = 1 << 14;
    /** Something below counts packets of the flow, so that it does not run out by what is known here. */
    static final int HELD = 1 << 15;

    static final int FLAGS_SHIFT = 16;

    /**
     * In {@link #TOTALS}: where the IP bytes begin, and the bits that must move to the wide counters before they carry.
     */
    static final int BYTES_SHIFT = 24;

    static final long PACKETS_MASK = (1L << BYTES_SHIFT) - 1;
    private static final long NEARLY_FULL = 1L << 63 | 1L << (BYTES_SHIFT - 1);

    final boolean v6;
    final int stride;
    final int capacity;
    /** Octets of the annex of a flow. */
    final int annexBytes;

    private final int slots;
    /** Addresses of the regions. */
    private final long hot, cold, wide, annex;

    final HashIndex index;
    final KeyHash hasher;
    final FlowTimers timers;
    /** Of slots that begin, end, or get another state; not of those whose packets are only counted. */
    final ChangeMarks marks = new ChangeMarks();

    private final Arena arena;

    private int freeHead = NONE;
    private int fresh;
    private int live;
    private int freed;

    /** A store of its own memory; gives back what it got where it cannot have all. */
    static FlowStore create(boolean v6, int capacity, int annexBytes, KeyHash hasher, long now) {
        return create(v6, capacity, annexBytes, hasher, now, Arena.ofShared());
    }

    /** The same in an arena that becomes the store's. */
    static FlowStore create(boolean v6, int capacity, int annexBytes, KeyHash hasher, long now, Arena arena) {
        try {
            return new FlowStore(v6, capacity, annexBytes, hasher, now, arena);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    private FlowStore(boolean v6, int capacity, int annexBytes, KeyHash hasher, long now, Arena arena) {
        this.v6 = v6;
        this.arena = arena;
        this.capacity = capacity;
        this.annexBytes = annexBytes;
        this.hasher = hasher;
        stride = v6 ? 96 : 64;
        // One more than are kept: a flow that ends with its first packet takes a slot for that long, full table or not.
        slots = capacity + 1;
        hot = OffHeap.allocate((long) slots * stride, arena).address();
        cold = OffHeap.allocate((long) slots * COLD_BYTES, arena).address();
        wide = OffHeap.allocateSparse((long) slots * WIDE_BYTES, arena).address();
        annex = annexBytes == 0
                ? 0
                : OffHeap.allocate((long) slots * annexBytes, arena).address();
        index = new HashIndex(capacity, arena);
        timers = new FlowTimers(this, slots, now, arena);
    }

    void close() {
        arena.close();
    }

    int live() {
        return live;
    }

    /** Differs from what it was when slots were given back since. */
    int freed() {
        return freed;
    }

    /** From now on changes are marked; what is used is at once. */
    void beginMarks() {
        marks.begin(slots, fresh);
    }

    /** Slots from here on were never used. */
    int fresh() {
        return fresh;
    }

    boolean isFull() {
        return live == capacity;
    }

    /**
     * Octets that the table takes when it is full, without the wide counters, whose pages exist only where they are
     * used.
     */
    long bytes() {
        return (long) capacity * (stride + COLD_BYTES + annexBytes + TimingWheel.LINK_BYTES) + index.bytes();
    }

    /** Address of the slot's hot region. */
    long at(int slot) {
        Memory.check(slot, slots);
        return Memory.known(hot + (long) slot * stride);
    }

    /** Address of the slot's cold region. */
    long coldAt(int slot) {
        Memory.check(slot, slots);
        return Memory.known(cold + (long) slot * COLD_BYTES);
    }

    /** Address of the slot's annex. */
    long annexAt(int slot) {
        Memory.check(slot, slots);
        return annex + (long) slot * annexBytes;
    }

    /** Address of the slot's wide counters. */
    long wideAt(int slot) {
        return wide + (long) slot * WIDE_BYTES;
    }

    int state(int slot) {
        return Memory.getInt(at(slot) + STATE);
    }

    void state(int slot, int state) {
        marks.set(slot);
        Memory.setInt(at(slot) + STATE, state);
    }

    int stateAt(long at) {
        return Memory.getInt(at + STATE);
    }

    boolean isLive(int slot) {
        return (state(slot) & LIVE) != 0;
    }

    void lifetime(int slot, int lifetime) {
        Memory.setInt(at(slot) + LIFETIME, lifetime);
    }

    int lifetime(int slot) {
        return Memory.getInt(at(slot) + LIFETIME);
    }

    /** Sets the lifetime by order: from then on TCP state no longer does. */
    void overrideLifetime(int slot, int lifetime) {
        lifetime(slot, lifetime);
        state(slot, state(slot) | OVERRIDDEN);
        timers.rearm(slot);
    }

    /** The instant at which the flow ends if nothing more comes; {@link Long#MAX_VALUE} for never. */
    long deadline(int slot) {
        return deadlineAt(at(slot));
    }

    long deadlineAt(long at) {
        return (stateAt(at) & HELD) != 0 ? Long.MAX_VALUE : idleDeadline(at);
    }

    /** The same, where nothing below counts packets of the flow. */
    private long idleDeadline(long at) {
        return deadline(lastAt(at), Memory.getInt(at + LIFETIME));
    }

    long idleDeadline(int slot) {
        return idleDeadline(at(slot));
    }

    /** Time of the last packet of either direction. */
    long lastAt(long at) {
        return Math.max(Memory.getLong(at + LAST), Memory.getLong(at + LAST + 8));
    }

    /** The lifetime in the low half, the state word in the high one: neighbours, read at once. */
    long lifetimeAndStateAt(long at) {
        return Memory.getLong(at + LIFETIME);
    }

    static long deadline(long last, int lifetime) {
        return lifetime == Lifetime.NEVER ? Long.MAX_VALUE : last + Lifetime.nanos(lifetime);
    }

    long hash(int slot) {
        long key = at(slot) + KEY;
        long k0 = Memory.getLong(key), k1 = Memory.getLong(key + 8);
        return v6
                ? hasher.hash(k0, k1, Memory.getLong(key + 16), Memory.getLong(key + 24), Memory.getLong(key + 32))
                : hasher.hash(k0, k1);
    }

    /** Whether the slot is the live flow of the packet at {@code p}. */
    boolean matches(int slot, FlowVector v, int p) {
        return matches(slot, v.words, p, v);
    }

    /** The same; {@code words} is the vector's, which a loop keeps at hand. */
    boolean matches(int slot, long[] words, int p, FlowVector v) {
        long at = at(slot);
        return Memory.getLong(at + KEY) == words[p + FlowVector.K0]
                && Memory.getLong(at + KEY + 8) == words[p + FlowVector.K1]
                && (!v6 || matchesRest(at, v, p));
    }

    private static boolean matchesRest(long at, FlowVector v, int p) {
        int r = FlowVector.restAt(p);
        return Memory.getLong(at + KEY + 16) == v.rest[r]
                && Memory.getLong(at + KEY + 24) == v.rest[r + 1]
                && Memory.getLong(at + KEY + 32) == v.rest[r + 2];
    }

    /** The slot of the flow of the packet at {@code p}, or {@link #NONE}. */
    int find(FlowVector v, int p) {
        long hash = v.words[p + FlowVector.HASH];
        for (long cursor = index.first(hash); cursor != HashIndex.NONE; cursor = index.next(hash, cursor)) {
            int slot = index.slotAt(cursor);
            if (matches(slot, v, p)) {
                return slot;
            }
        }
        return NONE;
    }

    /** A slot that is nobody's; there must be one. */
    int allocate() {
        int slot = freeHead;
        if (slot == NONE) {
            slot = fresh++;
            timers.release(slot);
        } else {
            freeHead = Memory.getInt(at(slot));
        }
        live++;
        marks.set(slot);
        return slot;
    }

    /**
     * Gives back a slot that is neither in the index nor armed. Its key becomes one that no packet has: the lower
     * endpoint above the upper.
     */
    void free(int slot) {
        long key = at(slot) + KEY;
        Memory.setLong(key, -1);
        Memory.setLong(key + 8, v6 ? -1 : 0);
        if (v6) {
            Memory.setLong(key + 16, 0);
        }
        state(slot, 0);
        Memory.setInt(at(slot), freeHead);
        freeHead = slot;
        live--;
        freed++;
    }

    /** Writes a new flow of the packet at {@code p}, with no packets yet; {@code time} is when it counts. */
    void write(int slot, FlowVector v, int p, long time, int state, int lifetime) {
        long at = at(slot);
        Memory.setLong(at + LAST, time);
        Memory.setLong(at + LAST + 8, time);
        Memory.setLong(at + TOTALS, 0);
        Memory.setLong(at + TOTALS + 8, 0);
        Memory.setLong(at + FRAMES, 0);
        Memory.setLong(at + LIFETIME, (long) (state | LIVE) << 32 | (lifetime & 0xFFFF_FFFFL));
        Memory.setLong(at + KEY, v.words[p + FlowVector.K0]);
        Memory.setLong(at + KEY + 8, v.words[p + FlowVector.K1]);
        if (v6) {
            int r = FlowVector.restAt(p);
            Memory.setLong(at + KEY + 16, v.rest[r]);
            Memory.setLong(at + KEY + 24, v.rest[r + 1]);
            Memory.setLong(at + KEY + 32, v.rest[r + 2]);
        }
        long c = coldAt(slot);
        Memory.setLong(c + FIRST, time);
        Memory.setLong(c + FIRST + 8, time);
        Memory.setLong(c + ID, v.number(p));
        Memory.setLong(c + INFOS, 0);
        Memory.setLong(c + INFOS + 8, 0);
        if (annexBytes != 0) {
            Memory.clear(annexAt(slot), annexBytes);
        }
    }

    /** Counts a packet for the flow at {@code at}; {@code direction} is 0 or 1. */
    void count(long at, int direction, long time, long ipBytes, int frameBytes) {
        long eight = at + 8L * direction, four = at + 4L * direction;
        Memory.setLong(eight + LAST, time);
        long totals = Memory.getLong(eight + TOTALS) + (ipBytes << BYTES_SHIFT) + 1;
        Memory.setLong(eight + TOTALS, totals);
        int frames = Memory.getInt(four + FRAMES) + frameBytes;
        Memory.setInt(four + FRAMES, frames);
        if ((totals & NEARLY_FULL) != 0 || frames < 0) {
            widen((int) ((at - hot) / stride), direction);
        }
    }

    /**
     * The same if the packet follows one of its direction within the flow's lifetime and the wide counters are not
     * needed; else it does nothing and says false. What is idle in one direction may be alive by the other, and
     * {@link Lifetime#NEVER} is taken for 49 days: false only means that it takes a closer look.
     */
    boolean countSmall(long at, int direction, long time, long lifetime, long ipBytes, int frameBytes) {
        long eight = at + 8L * direction, four = at + 4L * direction;
        long totals = Memory.getLong(eight + TOTALS) + (ipBytes << BYTES_SHIFT) + 1;
        int frames = Memory.getInt(four + FRAMES) + frameBytes;
        if (time - Memory.getLong(eight + LAST) >= (lifetime & 0xFFFF_FFFFL) * 1_000_000L
                || (totals & NEARLY_FULL) != 0
                || frames < 0) {
            return false;
        }
        Memory.setLong(eight + LAST, time);
        Memory.setLong(eight + TOTALS, totals);
        Memory.setInt(four + FRAMES, frames);
        return true;
    }

    /** Moves a direction's hot counters to its wide ones. */
    private void widen(int slot, int direction) {
        long at = at(slot);
        long w = wideAt(slot) + (long) direction * WIDE_DIRECTION;
        long totals = Memory.getLong(at + TOTALS + 8L * direction);
        add(w, totals & PACKETS_MASK);
        add(w + 8, totals >>> BYTES_SHIFT);
        add(w + 16, Memory.getInt(at + FRAMES + 4L * direction) & 0xFFFF_FFFFL);
        Memory.setLong(at + TOTALS + 8L * direction, 0);
        Memory.setInt(at + FRAMES + 4L * direction, 0);
        state(slot, state(slot) | WIDE);
    }

    private static void add(long w, long n) {
        Memory.setLong(w, Memory.getLong(w) + n);
    }

    /** What the wide region adds to the hot counters; {@code field} is where it is among a direction's. */
    long wide(int slot, int state, int direction, int field) {
        return (state & WIDE) == 0 ? 0 : Memory.getLong(wideAt(slot) + (long) direction * WIDE_DIRECTION + field);
    }

    /** Forgets the packets so far, as after a piece was reported. */
    void resetCounters(int slot) {
        long at = at(slot);
        clearWide(slot);
        Memory.setLong(at + TOTALS, 0);
        Memory.setLong(at + TOTALS + 8, 0);
        Memory.setLong(at + FRAMES, 0);
        state(slot, state(slot) & (1 << FLAGS_SHIFT) - 1 & ~(SEEN | SEEN_REVERSE));
    }

    private void clearWide(int slot) {
        int state = state(slot);
        if ((state & WIDE) != 0) {
            Memory.clear(wideAt(slot), WIDE_BYTES);
            state(slot, state & ~WIDE);
        }
    }

    /** Time of the first packet that is counted, in either direction. */
    long start(int slot) {
        int state = state(slot);
        long c = coldAt(slot);
        long forward = (state & SEEN) != 0 ? Memory.getLong(c + FIRST) : Long.MAX_VALUE;
        long reverse = (state & SEEN_REVERSE) != 0 ? Memory.getLong(c + FIRST + 8) : Long.MAX_VALUE;
        return Math.min(forward, reverse);
    }

    void first(int slot, int direction, long time) {
        Memory.setLong(coldAt(slot) + FIRST + 8L * direction, time);
    }

    long id(int slot) {
        return Memory.getLong(coldAt(slot) + ID);
    }

    boolean offloaded(int slot) {
        return (state(slot) & OFFLOADED) != 0;
    }

    void offloaded(int slot, boolean offloaded) {
        int state = state(slot);
        state(slot, offloaded ? state | OFFLOADED : state & ~OFFLOADED);
    }

    boolean held(int slot) {
        return (state(slot) & HELD) != 0;
    }

    void held(int slot, boolean held) {
        int state = state(slot);
        state(slot, held ? state | HELD : state & ~HELD);
        timers.rearm(slot);
    }

    /** Packets of a direction so far. */
    long packets(int slot, int direction) {
        long hotPackets = Memory.getLong(at(slot) + TOTALS + 8L * direction) & PACKETS_MASK;
        return hotPackets + wide(slot, state(slot), direction, 0);
    }

    /** Counts what something below carried of a direction. */
    void carried(int slot, int direction, FlowTraffic traffic) {
        widen(slot, direction);
        long w = wideAt(slot) + (long) direction * WIDE_DIRECTION;
        add(w, traffic.packets());
        add(w + 8, traffic.ipOctets());
        add(w + 16, traffic.frameOctets());
        int state = state(slot);
        if ((state & SEEN << direction) == 0) {
            first(slot, direction, traffic.last());
        }
        state(slot, state | SEEN << direction | (traffic.tcpFlags() & 0xFF) << (FLAGS_SHIFT + 8 * direction));
        long last = at(slot) + LAST + 8L * direction;
        Memory.setLong(last, Math.max(Memory.getLong(last), traffic.last()));
    }

    /** Gives a direction of a new flow the times and counters that it had elsewhere. */
    void restore(int slot, int direction, long first, long last, long packets, long ipBytes, long frameBytes) {
        long at = at(slot);
        first(slot, direction, first);
        Memory.setLong(at + LAST + 8L * direction, last);
        if (packets < 1L << (BYTES_SHIFT - 1)
                && ipBytes < 1L << (Long.SIZE - 1 - BYTES_SHIFT)
                && frameBytes <= Integer.MAX_VALUE) {
            Memory.setLong(at + TOTALS + 8L * direction, ipBytes << BYTES_SHIFT | packets);
            Memory.setInt(at + FRAMES + 4L * direction, (int) frameBytes);
            return;
        }
        long w = wideAt(slot) + (long) direction * WIDE_DIRECTION;
        Memory.setLong(w, packets);
        Memory.setLong(w + 8, ipBytes);
        Memory.setLong(w + 16, frameBytes);
        state(slot, state(slot) | WIDE);
    }

    /** Gives a new flow, whose cold region is at {@code cold}, the number and the octets of others that it had elsewhere. */
    void restore(long cold, long id, long firstInfos, long lastInfos) {
        Memory.setLong(cold + ID, id);
        Memory.setLong(cold + INFOS, firstInfos);
        Memory.setLong(cold + INFOS + 8, lastInfos);
    }

    void infos(int slot, byte[] octets) {
        marks.set(slot);
        for (int i = 0; i < octets.length; i++) {
            Memory.setByte(coldAt(slot) + INFOS + i, octets[i]);
        }
    }

    /** Takes the flow out of index and timers and frees its slot; {@code hash} is its key's. */
    void remove(int slot, long hash) {
        index.remove(hash, slot);
        timers.disarm(slot);
        clearWide(slot);
        free(slot);
    }

    /** Copies a flow of another store of the same family, which has room here. */
    void adopt(FlowStore other, int from) {
        int slot = allocate();
        Memory.copy(other.at(from), at(slot), stride);
        Memory.copy(other.coldAt(from), coldAt(slot), COLD_BYTES);
        if ((state(slot) & WIDE) != 0) {
            Memory.copy(other.wideAt(from), wideAt(slot), WIDE_BYTES);
        }
        int kept = Math.min(annexBytes, other.annexBytes);
        if (kept != 0) {
            Memory.copy(other.annexAt(from), annexAt(slot), kept);
        }
        if (kept < annexBytes) {
            Memory.clear(annexAt(slot) + kept, annexBytes - kept);
        }
        index.insert(hash(slot), slot);
        timers.arm(slot, deadline(slot));
    }

    /** Appends a record of the flow as it is, if its kind is wanted. */
    void record(int slot, int kind, int author, int reason, long when, FlowRecords out) {
        if (out.wants(kind)) {
            write(slot, kind, author, reason, when, out);
        }
    }

    /** Appends a record of no kind of the flow as it is. */
    void copy(int slot, long now, FlowRecords out) {
        write(slot, 0, FlowEvent.BY_CONTROL, EndReason.NONE, now, out);
    }

    private void write(int slot, int kind, int author, int reason, long when, FlowRecords out) {
        long o = out.claim();
        RecordWriter.write(this, slot, kind, author, reason, when, o);
        if (out.annexBytes() != 0) {
            Memory.copy(annexAt(slot), o + FlowRecord.SIZE, out.annexBytes());
        }
    }

    /** Checks what must hold between calls; for tests. */
    void assertValid() {
        int found = 0;
        for (int slot = 0; slot < fresh; slot++) {
            if (isLive(slot)) {
                found++;
                check(isIndexed(slot), "not in the index", slot);
                timers.assertTimed(slot);
            }
        }
        int free = 0;
        for (int slot = freeHead; slot != NONE; slot = Memory.getInt(at(slot))) {
            check(!isLive(slot), "is free and live", slot);
            free++;
        }
        timers.assertValid(found);
        boolean adds = found == live && found == index.size();
        check(
                adds && free + live == fresh,
                "counts differ: live=" + live + ", found=" + found + ", free=" + free,
                NONE);
    }

    private boolean isIndexed(int slot) {
        long hash = hash(slot);
        long cursor = index.first(hash);
        while (cursor != HashIndex.NONE && index.slotAt(cursor) != slot) {
            cursor = index.next(hash, cursor);
        }
        return cursor != HashIndex.NONE;
    }

    static void check(boolean holds, String what, int slot) {
        if (!holds) {
            throw new AssertionError("flow " + what + ": slot=" + slot);
        }
    }
}
