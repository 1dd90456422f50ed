package dev.weir.table.cache;

/**
 * Estimates how much each of very many keys was used lately, in memory that does not grow with them: a count-min sketch (Cormode, Muthukrishnan: An improved
 * data stream summary, Journal of Algorithms 55, 2005) whose counters are raised only as far as the estimate needs (Estan, Varghese: New directions in
 * traffic measurement and accounting, SIGCOMM 2002), and halved together from time to time, so that what was used long ago fades (Einziger, Friedman, Manes:
 * TinyLFU, ACM Transactions on Storage 13, 2017). Between two halvings an estimate is never below what was added, up to {@value #MOST}.
 *
 * <p>All counters of a key lie in one block of 64 octets, so that a packet costs one line of memory, two where the array begins within one. Halving is a
 * number that rises: a block whose number is behind is shifted when it is next looked at, so no packet pays for all blocks.
 *
 * <pre>
 * long of a block   0                    1 to 7
 *                 | halvings seen, i64 | four counters u16: lane r is a column of row r |
 * </pre>
 *
 * Memory: 32 to 64 octets an entry of the capacity. One thread; allocates nothing after it was made. Hashes are uniform and keyed by the caller.
 */
final class FrequencySketch {
    /** The largest estimate. */
    static final int MOST = 0xFFFF;

    static final int ROWS = 4, COLUMNS = 7;
    private static final int BLOCK = 8;

    /** Bits of a hash that choose a column, and those that choose the block. */
    private static final int COLUMN_BITS = 10, BLOCK_BITS = 64 - ROWS * COLUMN_BITS;

    private static final long LANES = 0x0001_0001_0001_0001L;
    private static final int LANE_BITS = 16;

    private final long[] blocks;
    private final int mask;
    private long halvings;

    /** @param capacity of the table whose keys are to be told apart */
    FrequencySketch(int capacity) {
        int wanted = blocks(capacity);
        blocks = new long[wanted * BLOCK];
        mask = wanted - 1;
    }

    /** How many blocks there are for a table of that size. */
    static int blocks(int capacity) {
        int half = Math.max(1, (capacity + 1) / 2);
        return Math.min(1 << BLOCK_BITS, Integer.highestOneBit(2 * half - 1));
    }

    /** The block of a hash, where there are so many. */
    static int block(long hash, int blocks) {
        return (int) (hash >>> (ROWS * COLUMN_BITS)) & (blocks - 1);
    }

    /** The column of a hash in a row. */
    static int column(long hash, int row) {
        int bits = (int) (hash >>> (row * COLUMN_BITS)) & ((1 << COLUMN_BITS) - 1);
        return (bits * COLUMNS) >>> COLUMN_BITS;
    }

    /** Adds a use of that weight, 1 or more; returns the estimate then. */
    int add(long hash, int weight) {
        int block = current(hash);
        int raised = Math.min(MOST, least(block, hash) + weight);
        for (int row = 0; row < ROWS; row++) {
            int at = block + 1 + column(hash, row);
            int shift = row * LANE_BITS;
            long word = blocks[at];
            long before = (word >>> shift) & MOST;
            if (before < raised) blocks[at] = word + ((raised - before) << shift);
        }
        return raised;
    }

    int estimate(long hash) {
        return least(current(hash), hash);
    }

    private int least(int block, long hash) {
        int least = MOST;
        for (int row = 0; row < ROWS; row++) {
            long word = blocks[block + 1 + column(hash, row)];
            least = Math.min(least, (int) (word >>> (row * LANE_BITS)) & MOST);
        }
        return least;
    }

    /** Where the block of a hash begins, with all halvings done. */
    private int current(long hash) {
        int block = ((int) (hash >>> (ROWS * COLUMN_BITS)) & mask) * BLOCK;
        if (blocks[block] != halvings) catchUp(block);
        return block;
    }

    private void catchUp(int block) {
        long behind = halvings - blocks[block];
        long kept = behind < LANE_BITS ? (MOST >>> behind) * LANES : 0;
        for (int at = block + 1; at < block + BLOCK; at++) blocks[at] = (blocks[at] >>> behind) & kept;
        blocks[block] = halvings;
    }

    /** Halves all estimates, rounded down. */
    void halve() {
        halvings++;
    }

    long bytes() {
        return (long) blocks.length * Long.BYTES;
    }
}
