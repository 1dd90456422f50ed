package dev.weir.table.cache;

/**
 * How large the window of a {@link TinyLfuEviction} is. After each sample of packets it is told how many hits there were, and goes on in the direction in which
 * they became more (hill climbing, as in Einziger, Eytan, Friedman, Manes: Adaptive software cache management, Middleware 2018). Unlike there a change that makes
 * no difference makes the window smaller, down to none, since a window costs an added and an evicted entry for each packet of a flow that is not there; and
 * from none it is tried again at longer and longer intervals. Whole numbers only. One thread.
 */
final class WindowClimber {
    /** The window moves by this part of the table, and begins with so many such parts, and takes no more than so many. */
    private static final int PARTS = 8, FIRST_PARTS = 4, MOST_PARTS = 6;

    /** In millionths of the sample's use: what makes a difference. */
    static final long DIFFERENCE = 8_000;

    /** Samples without a window until it is tried again: the first time, and at the most. */
    private static final int FIRST_REST = 2, LONGEST_REST = 32;

    private static final long MILLION = 1_000_000;

    private final int capacity;
    private int parts = FIRST_PARTS;
    private int direction = 1;
    private int rest = FIRST_REST;
    private int left;
    private long before = -1;

    WindowClimber(int capacity) {
        this.capacity = capacity;
    }

    /** How many slots are the window's. */
    int window() {
        return (int) ((long) capacity * parts / PARTS);
    }

    /**
     * A sample is over.
     *
     * @param hits use that found an entry
     * @param all use
     */
    void sampled(long hits, long all) {
        long now = hits * MILLION / Math.max(1, all);
        long change = before < 0 ? 0 : now - before;
        boolean first = before < 0;
        before = now;
        if (parts == 0) {
            rest(change);
        } else if (!first) {
            if (change <= -DIFFERENCE) {
                direction = -direction;
            } else if (change < DIFFERENCE) {
                direction = -1;
            }
            move();
        }
    }

    /** There is no window. */
    private void rest(long change) {
        left--;
        if (left > 0 && change > -10 * DIFFERENCE) return;
        direction = 1;
        move();
    }

    private void move() {
        parts = Math.clamp(parts + direction, 0, MOST_PARTS);
        if (parts > 0) return;
        left = rest;
        rest = Math.min(LONGEST_REST, 2 * rest);
    }
}
