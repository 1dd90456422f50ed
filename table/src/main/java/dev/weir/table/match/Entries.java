package dev.weir.table.match;

import dev.weir.table.parts.Memory;
import dev.weir.table.parts.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The entries of one table: their memory, by number, and their timers. The table knows how they are found. The owner
 * calls; allocates nothing after construction. Native byte order; times in nanoseconds.
 *
 * <pre>
 * byte 0      8              16          16 + 8 * key words
 *      | last | live and     | key, long | what the kind of    | payload | unused, so that an entry is |
 *      | hit  | lifetime i64 | words     | table keeps besides |         | 32, 64, 96, 128, ... octets |
 * </pre>
 *
 * An entry of up to 64 octets thus lies in one cache line. The lifetime's top bit says that the entry is in use; all other
 * bits set is for ever. In an entry that is not in use, the first four octets are the number of the next such one.
 */
final class Entries {
    static final int NONE = MatchTable.NONE;
    static final long FOREVER = Long.MAX_VALUE;

    private static final int LAST = 0, LIFETIME = 8, KEY = 16;
    private static final long LIVE = 1L << 63;
    private static final int GRAIN = 32;

    final int capacity;
    final EntryTimers timers;

    private final int keyWords;
    private final int payloadAt;
    private final int stride;
    private final long base;
    private final MemorySegment memory;
    private final Arena arena;
    private int freeHead = NONE;
    private int fresh;
    private int live;

    /** Memory of its own; {@code besides} octets, a multiple of 8, stand between key and payload. */
    Entries(MatchTableConfig config, int besides) {
        capacity = config.capacity();
        keyWords = config.layout().words();
        payloadAt = KEY + keyWords * Long.BYTES + besides;
        stride = (payloadAt + config.payloadBytes() + GRAIN - 1) & -GRAIN;
        arena = Arena.ofShared();
        try {
            memory = OffHeap.allocate((long) capacity * stride, arena);
            base = memory.address();
            timers = new EntryTimers(this, config, arena);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /** Where the table's other regions are to live, as long as the entries. */
    Arena arena() {
        return arena;
    }

    void close() {
        arena.close();
    }

    int live() {
        return live;
    }

    /** Numbers from here on were never used. */
    int fresh() {
        return fresh;
    }

    long bytes() {
        return (long) capacity * stride + timers.bytes();
    }

    MemorySegment memory() {
        return memory;
    }

    long at(int entry) {
        Memory.check(entry, capacity);
        return Memory.known(base + (long) entry * stride);
    }

    long payloadAt(int entry) {
        return (long) entry * stride + payloadAt;
    }

    /** Address of what the kind of table keeps besides. */
    long besidesAt(int entry) {
        return at(entry) + KEY + (long) keyWords * Long.BYTES;
    }

    boolean isLive(int entry) {
        return Memory.getLong(at(entry) + LIFETIME) < 0;
    }

    /** Fails when there is no such entry: for numbers that come from the caller. */
    void checkLive(int entry) {
        if (Objects.checkIndex(entry, capacity) >= fresh || !isLive(entry)) {
            throw new IllegalArgumentException("table entry " + entry + ": there is none");
        }
    }

    /** The first entry in use of {@code from} to before {@code to}, or {@link #NONE}. */
    int next(int from, int to) {
        for (int entry = from; entry < Math.min(to, fresh); entry++) {
            if (isLive(entry)) {
                return entry;
            }
        }
        return NONE;
    }

    /** Whether an entry is in use and has that key. The first two words apart from the others, which few keys have. */
    boolean hasKey(int entry, long[] keys, int at) {
        long own = at(entry) + KEY;
        return Memory.getLong(own) == keys[at]
                && Memory.getLong(own - KEY + LIFETIME) < 0
                && (keyWords == 1 || (Memory.getLong(own + 8) == keys[at + 1] && hasRest(own, keys, at)));
    }

    private boolean hasRest(long own, long[] keys, int at) {
        for (int word = 2; word < keyWords; word++) {
            if (Memory.getLong(own + ((long) word << 3)) != keys[at + word]) {
                return false;
            }
        }
        return true;
    }

    /** Whether an entry's key is what the mask leaves of that one. */
    boolean hasKey(int entry, long[] keys, int at, long[] mask) {
        long own = at(entry) + KEY;
        for (int word = 0; word < mask.length; word++) {
            if (Memory.getLong(own + ((long) word << 3)) != (keys[at + word] & mask[word])) {
                return false;
            }
        }
        return isLive(entry);
    }

    void loadKey(int entry, long[] keys, int at) {
        for (int word = 0; word < keyWords; word++) {
            keys[at + word] = Memory.getLong(at(entry) + KEY + ((long) word << 3));
        }
    }

    /** Reads an entry, so that its line is on its way when it is needed. */
    long touch(int entry) {
        return Memory.getLong(at(entry) + KEY);
    }

    /**
     * An entry with that key, hit at {@code now}, payload all zeros, whose timer runs; {@link MatchTable#FULL} when there
     * is no room.
     */
    int allocate(long[] keys, int at, long lifetime, long now) {
        int entry = freeHead;
        if (entry != NONE) {
            freeHead = Memory.getInt(at(entry));
        } else if (fresh < capacity) {
            entry = fresh++;
        } else {
            return MatchTable.FULL;
        }
        live++;
        long own = at(entry);
        Memory.setLong(own + LAST, now);
        Memory.setLong(own + LIFETIME, lifetime | LIVE);
        for (int word = 0; word < keyWords; word++) {
            Memory.setLong(own + KEY + ((long) word << 3), keys[at + word]);
        }
        for (int from = KEY + keyWords * Long.BYTES; from < stride; from += Long.BYTES) {
            Memory.setLong(own + from, 0);
        }
        timers.begin(entry, now);
        return entry;
    }

    /** Gives back an entry that nothing leads to any more. */
    void free(int entry) {
        timers.disarm(entry);
        Memory.setLong(at(entry) + LIFETIME, 0);
        Memory.setInt(at(entry), freeHead);
        freeHead = entry;
        live--;
    }

    /** Takes over one of the other entries; returns its number here. */
    int adopt(Entries other, int from) {
        int entry = fresh++;
        live++;
        Memory.copy(other.at(from), at(entry), stride);
        timers.begin(entry, 0);
        return entry;
    }

    long last(int entry) {
        return Memory.getLong(at(entry) + LAST);
    }

    /** A hit: no timer is touched. */
    void last(int entry, long time) {
        long at = at(entry) + LAST;
        if (time > Memory.getLong(at)) {
            Memory.setLong(at, time);
        }
    }

    long lifetime(int entry) {
        return Memory.getLong(at(entry) + LIFETIME) & ~LIVE;
    }

    void lifetime(int entry, long lifetime) {
        Memory.setLong(at(entry) + LIFETIME, lifetime | LIVE);
        timers.rearm(entry);
    }

    /** Whether an entry was not hit for its lifetime. */
    boolean isOver(int entry, long now) {
        long at = at(entry);
        return now - Memory.getLong(at + LAST) >= (Memory.getLong(at + LIFETIME) & ~LIVE);
    }

    /** Checks what must hold between calls; for tests. */
    void assertValid() {
        int found = 0, free = 0;
        for (int entry = 0; entry < fresh; entry++) {
            found += isLive(entry) ? 1 : 0;
        }
        for (int entry = freeHead; entry != NONE; entry = Memory.getInt(at(entry))) {
            check(!isLive(entry), "is free and in use", entry);
            free++;
        }
        check(found == live && free + live == fresh, "counts: found=" + found + ", live=" + live, NONE);
        timers.assertValid();
    }

    static void check(boolean holds, String what, int entry) {
        if (!holds) {
            throw new AssertionError("table " + what + ": entry=" + entry);
        }
    }
}
