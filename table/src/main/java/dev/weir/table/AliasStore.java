package dev.weir.table;

import dev.weir.table.parts.HashIndex;
import dev.weir.table.parts.KeyHash;
import dev.weir.table.parts.Memory;
import dev.weir.table.parts.OffHeap;
import java.lang.foreign.Arena;

/**
 * The aliases of one address family: their memory, by number. {@link AliasTable} knows what they mean. The owner calls;
 * allocates nothing after construction.
 *
 * <pre>
 * IPv4, 48 bytes:   0 second key, 2 words    16 first key, 2 words    32 next i32, flip i32    40 tag i64
 * IPv6, 96 bytes:   0 second key, 5 words    40 first key, 5 words    80 next i32, flip i32    88 tag i64
 * </pre>
 *
 * Flip is 1 where the source is the upper endpoint in one of the two keys only. In an entry that is free, next is the
 * next free one.
 */
final class AliasStore {
    final int keyWords, keyBytes;
    final HashIndex index;

    private final boolean v6;
    private final int capacity;
    private final int stride;
    private final long base;
    private int freeHead = AliasTable.NONE;
    private int fresh;
    private int live;

    AliasStore(boolean v6, int capacity, Arena arena) {
        this.v6 = v6;
        this.capacity = capacity;
        keyWords = v6 ? 5 : 2;
        keyBytes = keyWords * Long.BYTES;
        stride = 2 * keyBytes + 16;
        base = OffHeap.allocate((long) capacity * stride, arena).address();
        index = new HashIndex(capacity, arena);
    }

    int live() {
        return live;
    }

    long at(int number) {
        Memory.check(number, capacity);
        return base + (long) number * stride;
    }

    /** A number that is nobody's, or {@link AliasTable#FULL}. */
    int allocate() {
        int number = freeHead;
        if (number != AliasTable.NONE) {
            freeHead = next(number);
        } else if (fresh < capacity) {
            number = fresh++;
        } else {
            return AliasTable.FULL;
        }
        live++;
        return number;
    }

    /** Gives back a number that is not in the index. */
    void free(int number) {
        setNext(number, freeHead);
        freeHead = number;
        live--;
    }

    /** Which entry has the key of the packet at {@code p} for its second, or {@link AliasTable#NONE}. */
    int find(FlowVector v, int p) {
        long hash = v.words[p + FlowVector.HASH];
        for (long cursor = index.first(hash); cursor != HashIndex.NONE; cursor = index.next(hash, cursor)) {
            int number = index.slotAt(cursor);
            if (matches(at(number), v, p)) {
                return number;
            }
        }
        return AliasTable.NONE;
    }

    /** Whether the key at an address is that of the packet at {@code p}. */
    boolean matches(long at, FlowVector v, int p) {
        if (Memory.getLong(at) != v.words[p + FlowVector.K0] || Memory.getLong(at + 8) != v.words[p + FlowVector.K1]) {
            return false;
        }
        int r = FlowVector.restAt(p);
        return !v6
                || (Memory.getLong(at + 16) == v.rest[r]
                        && Memory.getLong(at + 24) == v.rest[r + 1]
                        && Memory.getLong(at + 32) == v.rest[r + 2]);
    }

    /** Writes the key of the packet at {@code p} to an address. */
    void store(long at, FlowVector v, int p) {
        Memory.setLong(at, v.words[p + FlowVector.K0]);
        Memory.setLong(at + 8, v.words[p + FlowVector.K1]);
        if (v6) {
            int r = FlowVector.restAt(p);
            Memory.setLong(at + 16, v.rest[r]);
            Memory.setLong(at + 24, v.rest[r + 1]);
            Memory.setLong(at + 32, v.rest[r + 2]);
        }
    }

    /** Gives the packet at {@code p} the key at an address, and its hash. */
    void load(long at, FlowVector v, int p, KeyHash hasher) {
        for (int word = 0; word < keyWords; word++) {
            put(v, p, word, Memory.getLong(at + 8L * word));
        }
        hash(v, p, v6, hasher);
    }

    /** Sets a word of the key of the packet at {@code p}. */
    static void put(FlowVector v, int p, int word, long value) {
        if (word < 2) {
            v.words[p + FlowVector.K0 + word] = value;
        } else {
            v.rest[FlowVector.restAt(p) + word - 2] = value;
        }
    }

    /** Sets the hash of the packet at {@code p} to that of its key. */
    static void hash(FlowVector v, int p, boolean v6, KeyHash hasher) {
        long k0 = v.words[p + FlowVector.K0], k1 = v.words[p + FlowVector.K1];
        int r = FlowVector.restAt(p);
        v.words[p + FlowVector.HASH] =
                v6 ? hasher.hash(k0, k1, v.rest[r], v.rest[r + 1], v.rest[r + 2]) : hasher.hash(k0, k1);
    }

    int next(int number) {
        return Memory.getInt(links(number));
    }

    void setNext(int number, int next) {
        Memory.setInt(links(number), next);
    }

    boolean flips(int number) {
        return Memory.getInt(links(number) + 4) != 0;
    }

    /** Makes the entry nobody's neighbour. */
    void setLinks(int number, boolean flips) {
        Memory.setInt(links(number), AliasTable.NONE);
        Memory.setInt(links(number) + 4, flips ? 1 : 0);
        Memory.setLong(links(number) + 8, 0);
    }

    long tag(int number) {
        return Memory.getLong(links(number) + 8);
    }

    void setTag(int number, long tag) {
        Memory.setLong(links(number) + 8, tag);
    }

    private long links(int number) {
        return at(number) + 2L * keyBytes;
    }
}
