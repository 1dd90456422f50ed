package dev.weir.table;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * From a hash to slot numbers: buckets of one cache line, twelve entries each, off the heap. The owner calls; allocates nothing; has
 * room for {@code capacity} entries at 85 % load and never refuses one while no more than that are in it.
 *
 * <p>An entry that does not fit its home bucket goes to the next with room, and every full bucket that it passed counts it. A search ends at the first
 * bucket that nobody passed, so a miss seldom reads a second line (the scheme of F14, "Open-sourcing F14", Bronson and Shi, 2019). The count sticks at 255:
 * then it only means "look further".
 *
 * <pre>
 * byte 0          12         13        16                                       64
 *      | 12 tags  | passed   | unused  | 12 slot numbers, u32                   |
 *      | u8, 0=no | u8       | 3       |                                        |
 * </pre>
 */
final class HashIndex {
    static final int BUCKET_BYTES = 64;
    static final int NONE = -1;

    private static final int ENTRIES = 12, PASSED = 12, SLOTS = 16;
    private static final int PASSED_MAX = 255;
    private static final double LOAD = 0.85;
    private static final long ONES = 0x0101_0101_0101_0101L, LOWS = 0x7F7F_7F7F_7F7F_7F7FL;
    private static final long UPPER_TAGS = 0x0000_0000_8080_8080L;

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("the tables need a little-endian machine");
        }
    }

    private final MemorySegment buckets;
    private final long count;

    HashIndex(int capacity, Arena arena) {
        count = bucketsFor(capacity);
        buckets = OffHeap.allocate(count * BUCKET_BYTES, arena);
    }

    private static long bucketsFor(int capacity) {
        return (long) Math.ceil(capacity / (ENTRIES * LOAD)) + 1;
    }

    long bytes() {
        return count * BUCKET_BYTES;
    }

    /** Octet offset of the hash's home bucket. */
    private long home(long hash) {
        return (((hash >>> 32) * count) >>> 32) * BUCKET_BYTES;
    }

    private long next(long bucket) {
        long next = bucket + BUCKET_BYTES;
        return next == count * BUCKET_BYTES ? 0 : next;
    }

    /** 1..255. */
    private static long tag(long hash) {
        long low = hash & 0xFF;
        return low + ((low - 1) >>> 63);
    }

    /** Bit 7 of each octet that is 0, and no other bit. */
    private static long zeros(long word) {
        return ~((word & LOWS) + LOWS | word | LOWS);
    }

    /** The first slot of the home bucket whose tag fits, or {@link #NONE}: a guess, for a first pass over a vector. */
    int candidate(long hash) {
        long bucket = home(hash);
        long pattern = tag(hash) * ONES;
        long fits = zeros(buckets.get(JAVA_LONG, bucket) ^ pattern);
        if (fits != 0) {
            return buckets.get(JAVA_INT, bucket + SLOTS + (Long.numberOfTrailingZeros(fits) >>> 1 & ~3));
        }
        fits = zeros(buckets.get(JAVA_LONG, bucket + 8) ^ pattern) & UPPER_TAGS;
        return fits == 0
                ? NONE
                : buckets.get(JAVA_INT, bucket + SLOTS + 32 + (Long.numberOfTrailingZeros(fits) >>> 1 & ~3));
    }

    /**
     * Walks the entries whose tag fits. Start with {@code cursor} = {@link #start}; the slot is {@link #slotAt} of the cursor that comes back, and
     * the search goes on from {@link #after} it.
     *
     * @return a cursor, or {@link #NONE} at the end of the search
     */
    long search(long hash, long cursor) {
        long pattern = tag(hash) * ONES;
        long bucket = cursor & -BUCKET_BYTES;
        int from = (int) cursor & BUCKET_BYTES - 1;
        for (long seen = 0; seen < count; seen++) {
            long fits = zeros(buckets.get(JAVA_LONG, bucket) ^ pattern);
            if (from < 8) {
                fits = fits >>> (8 * from) << (8 * from);
                if (fits != 0) {
                    return bucket | Long.numberOfTrailingZeros(fits) >>> 3;
                }
                from = 8;
            }
            long upper = buckets.get(JAVA_LONG, bucket + 8);
            if (from < ENTRIES) {
                fits = (zeros(upper ^ pattern) & UPPER_TAGS) >>> (8 * (from - 8)) << (8 * (from - 8));
                if (fits != 0) {
                    return bucket | 8 + (Long.numberOfTrailingZeros(fits) >>> 3);
                }
            }
            if ((upper >>> 32 & 0xFF) == 0) {
                return NONE;
            }
            bucket = next(bucket);
            from = 0;
        }
        return NONE;
    }

    long start(long hash) {
        return home(hash);
    }

    long after(long cursor) {
        return cursor + 1;
    }

    int slotAt(long cursor) {
        return buckets.get(JAVA_INT, (cursor & -BUCKET_BYTES) + SLOTS + ((cursor & BUCKET_BYTES - 1) << 2));
    }

    /** Adds an entry; returns whether its home bucket was full. */
    boolean insert(long hash, int slot) {
        long home = home(hash);
        long bucket = home;
        while (true) {
            int entry = freeEntry(bucket);
            if (entry >= 0) {
                buckets.set(JAVA_BYTE, bucket + entry, (byte) tag(hash));
                buckets.set(JAVA_INT, bucket + SLOTS + 4L * entry, slot);
                return bucket != home;
            }
            pass(bucket, 1);
            bucket = next(bucket);
        }
    }

    /** Takes out the entry of that slot, which must be in. */
    void remove(long hash, int slot) {
        long home = home(hash);
        long cursor = search(hash, home);
        while (cursor != NONE && slotAt(cursor) != slot) {
            cursor = search(hash, after(cursor));
        }
        if (cursor == NONE) {
            throw new IllegalStateException("index lost an entry: slot=" + slot);
        }
        long found = cursor & -BUCKET_BYTES;
        buckets.set(JAVA_BYTE, cursor, (byte) 0);
        for (long bucket = home; bucket != found; bucket = next(bucket)) {
            pass(bucket, -1);
        }
    }

    /** Reads the home bucket, so that its line is on its way when it is needed. */
    long touch(long hash) {
        return buckets.get(JAVA_LONG, home(hash));
    }

    /** How many entries there are; reads all buckets. */
    int size() {
        int size = 0;
        for (long bucket = 0; bucket < count * BUCKET_BYTES; bucket += BUCKET_BYTES) {
            for (int entry = 0; entry < ENTRIES; entry++) {
                size += buckets.get(JAVA_BYTE, bucket + entry) == 0 ? 0 : 1;
            }
        }
        return size;
    }

    private int freeEntry(long bucket) {
        long free = zeros(buckets.get(JAVA_LONG, bucket));
        if (free != 0) {
            return Long.numberOfTrailingZeros(free) >>> 3;
        }
        free = zeros(buckets.get(JAVA_LONG, bucket + 8)) & UPPER_TAGS;
        return free == 0 ? NONE : 8 + (Long.numberOfTrailingZeros(free) >>> 3);
    }

    private void pass(long bucket, int by) {
        int passed = buckets.get(JAVA_BYTE, bucket + PASSED) & 0xFF;
        if (passed != PASSED_MAX) {
            buckets.set(JAVA_BYTE, bucket + PASSED, (byte) (passed + by));
        }
    }
}
