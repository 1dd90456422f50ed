package dev.weir.table.parts;

import java.lang.foreign.Arena;
import java.nio.ByteOrder;

/**
 * From a hash to slot numbers: buckets of one cache line, twelve entries each, off the heap. The owner calls; allocates
 * nothing; has room for {@code capacity} entries and never refuses one while no more than that are in it. Full, it is at
 * 60 % load: 7.2 entries are at home in a bucket, by Poisson's law one bucket in 31 has more than twelve, and one entry
 * in 110 is not where it is at home.
 *
 * <p>An entry that does not fit its home bucket goes to the next with room, and every full bucket that it passed counts
 * it. A search ends at the first bucket that nobody passed, so a miss seldom reads a second line (the scheme of F14,
 * "Open-sourcing F14", Bronson and Shi, 2019). The count sticks at 255: then it only means "look further".
 *
 * <p>An entry has two tags, both from the hash: an octet that is compared with all twelve at once, and what the slot
 * number leaves free of its 32 bits, so that a flow's memory is seldom read in vain.
 *
 * <pre>
 * byte 0          12         13        16                                             64
 *      | 12 tags  | passed   | unused  | 12 times: second tag and slot number, u32   |
 *      | u8, 0=no | u8       | 3       | (number in the low bits)                    |
 * </pre>
 */
public final class HashIndex {
    public static final int BUCKET_BYTES = 64;
    public static final int NONE = -1;

    private static final int ENTRIES = 12, PASSED = 12, NUMBERS = 16;
    private static final int PASSED_MAX = 255;
    private static final double LOAD = 0.6;
    private static final long ONES = 0x0101_0101_0101_0101L, LOWS = 0x7F7F_7F7F_7F7F_7F7FL;
    private static final long UPPER_TAGS = 0x0000_0000_8080_8080L;

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("the tables need a little-endian machine");
        }
    }

    private final long base;
    private final long count;
    /** The bits of an entry's 32 that are the slot's number; the others are the second tag. */
    private final int numberMask;

    public HashIndex(int capacity, Arena arena) {
        count = (long) Math.ceil(capacity / (ENTRIES * LOAD)) + 1;
        numberMask = -1 >>> Integer.numberOfLeadingZeros(capacity);
        base = OffHeap.allocate(count * BUCKET_BYTES, arena).address();
    }

    /** See {@link OffHeap#touch}. */
    public void touch() {
        OffHeap.touch(base, bytes());
    }

    public long bytes() {
        return count * BUCKET_BYTES;
    }

    /** Address of the hash's home bucket. */
    private long home(long hash) {
        return Memory.known(base + (((hash >>> 32) * count) >>> 32) * BUCKET_BYTES);
    }

    private long after(long bucket) {
        long next = bucket + BUCKET_BYTES;
        return next == base + count * BUCKET_BYTES ? base : next;
    }

    /** The first tag, 1..255. */
    private static long tag(long hash) {
        long low = hash & 0xFF;
        return low + ((low - 1) >>> 63);
    }

    /** The second tag, where it stands in an entry; of bits that neither choose the bucket nor are the first tag. */
    private int secondTag(long hash) {
        return (int) hash & ~numberMask & ~0xFF;
    }

    /** Bit 7 of each octet that is 0, and no other bit. */
    private static long zeros(long word) {
        return ~((word & LOWS) + LOWS | word | LOWS);
    }

    /**
     * Where the octet {@code tag} is among the twelve: bit {@code 8 * n} for entry n of the first eight, bit
     * {@code 8 * n + 1} for entry 8 + n. No branch, since none could be predicted.
     */
    private static long fits(long bucket, long pattern) {
        return zeros(Memory.getLong(bucket) ^ pattern) >>> 7
                | (zeros(Memory.getLong(bucket + 8) ^ pattern) & UPPER_TAGS) >>> 6;
    }

    /**
     * The same with less work, for guesses: a borrow may go on from an octet that fits to one above that differs in its
     * last bit, or that is free, and mark it too. The lowest bit is right.
     */
    private static long seemsToFit(long bucket, long pattern) {
        long first = Memory.getLong(bucket) ^ pattern, last = Memory.getLong(bucket + 8) ^ pattern;
        return (first - ONES & ~first & ~LOWS) >>> 7 | (last - ONES & ~last & UPPER_TAGS) >>> 6;
    }

    /** The entry of the lowest bit of {@link #fits}. */
    private static int entry(long fits) {
        int bit = Long.numberOfTrailingZeros(fits);
        return (bit >>> 3) + ((bit & 1) << 3);
    }

    /**
     * The first slot of the home bucket whose tags seem to fit, or {@link #NONE}: a guess, for a first pass over a
     * vector. It may be the slot of another flow, or of one that is gone; the key tells.
     */
    public int candidate(long hash) {
        long bucket = home(hash);
        long fits = seemsToFit(bucket, tag(hash) * ONES);
        int second = secondTag(hash);
        while (fits != 0) {
            int number = Memory.getInt(bucket + NUMBERS + ((long) entry(fits) << 2)) ^ second;
            if ((number & ~numberMask & ~0xFF) == 0) {
                return number & numberMask;
            }
            fits &= fits - 1;
        }
        return NONE;
    }

    /** Whether an entry that is not in the hash's home bucket is nowhere: no {@link #candidate} is no entry then. */
    public boolean endsAtHome(long hash) {
        return Memory.getByte(home(hash) + PASSED) == 0;
    }

    /**
     * Begins a walk over the slots whose tags fit, home bucket first. Use:
     * {@code for (long c = first(h); c != NONE; c = next(h, c)) slotAt(c)}.
     *
     * @return a cursor, or {@link #NONE} when there is none
     */
    public long first(long hash) {
        return search(hash, home(hash), -1L);
    }

    /** The cursor after {@code cursor}, or {@link #NONE}. */
    public long next(long hash, long cursor) {
        long mask = -1L << positionBit((int) cursor & (BUCKET_BYTES - 1)) << 1;
        return search(hash, cursor & -BUCKET_BYTES, mask);
    }

    private static int positionBit(int entry) {
        return entry < 8 ? entry << 3 : ((entry - 8) << 3) + 1;
    }

    /** A cursor is the bucket's address, which is a multiple of 64, plus the entry's number. */
    private long search(long hash, long from, long mask) {
        long pattern = tag(hash) * ONES;
        int second = secondTag(hash);
        long bucket = from;
        long fits = fits(bucket, pattern) & mask;
        for (long seen = 0; seen < count; seen++) {
            while (fits != 0) {
                int entry = entry(fits);
                if (((Memory.getInt(bucket + NUMBERS + ((long) entry << 2)) ^ second) & ~numberMask & ~0xFF) == 0) {
                    return bucket + entry;
                }
                fits &= fits - 1;
            }
            if (Memory.getByte(bucket + PASSED) == 0) {
                return NONE;
            }
            bucket = after(bucket);
            fits = fits(bucket, pattern);
        }
        return NONE;
    }

    public int slotAt(long cursor) {
        long bucket = cursor & -BUCKET_BYTES;
        return Memory.getInt(bucket + NUMBERS + ((cursor - bucket) << 2)) & numberMask;
    }

    /** Adds an entry; returns whether its home bucket was full. */
    public boolean insert(long hash, int slot) {
        long home = home(hash);
        long bucket = home;
        while (true) {
            long free = fits(bucket, 0);
            if (free != 0) {
                int entry = entry(free);
                Memory.setByte(bucket + entry, (int) tag(hash));
                Memory.setInt(bucket + NUMBERS + ((long) entry << 2), slot | secondTag(hash));
                return bucket != home;
            }
            pass(bucket, 1);
            bucket = after(bucket);
        }
    }

    /** Takes out the entry of that slot, which must be in. */
    public void remove(long hash, int slot) {
        long cursor = first(hash);
        while (cursor != NONE && slotAt(cursor) != slot) {
            cursor = next(hash, cursor);
        }
        if (cursor == NONE) {
            throw new IllegalStateException("index lost an entry: slot=" + slot);
        }
        long found = cursor & -BUCKET_BYTES;
        Memory.setByte(cursor, 0);
        for (long bucket = home(hash); bucket != found; bucket = after(bucket)) {
            pass(bucket, -1);
        }
    }

    /** Reads the home bucket, so that its line is on its way when it is needed. */
    public long touch(long hash) {
        return Memory.getLong(home(hash));
    }

    /** How many entries there are; reads all buckets. */
    public int size() {
        int size = 0;
        for (long bucket = base; bucket < base + count * BUCKET_BYTES; bucket += BUCKET_BYTES) {
            size += ENTRIES - Long.bitCount(fits(bucket, 0));
        }
        return size;
    }

    private static void pass(long bucket, int by) {
        int passed = Memory.getByte(bucket + PASSED);
        if (passed != PASSED_MAX) {
            Memory.setByte(bucket + PASSED, passed + by);
        }
    }
}
