package dev.weir.table.meter;

/**
 * A token bucket in exact integers. Tokens are counted in billionths of a unit (bit, octet or packet), so that in a
 * nanosecond exactly {@code rate} of them come in: nothing is rounded, and no error adds up. Kept is what is missing to a
 * full bucket, so that all zeros are a full one. Immutable, of no state: what is missing comes in and goes out as a long. Any
 * thread; allocates nothing.
 */
public final class TokenBucket {
    /** The most units of a burst; no sum leaves 63 bits then. */
    public static final long MAX_BURST = 1L << 33;

    private static final long BILLION = 1_000_000_000L;

    private final long rate;
    private final long capacity;

    /** Units a second, 0 or more; units, 0 to {@link #MAX_BURST}. */
    public TokenBucket(long rate, long burst) {
        if (rate < 0 || burst < 0 || burst > MAX_BURST) {
            throw new IllegalArgumentException("meter: a rate of " + rate + " and a burst of " + burst
                    + " are out of range; give none below 0, and a burst up to " + MAX_BURST);
        }
        this.rate = rate;
        this.capacity = burst * BILLION;
    }

    /** What is missing {@code nanos} later, when {@code missing} was. */
    public long refill(long missing, long nanos) {
        long high = Math.multiplyHigh(nanos, rate), low = nanos * rate;
        return high != 0 || low < 0 || low >= missing ? 0 : missing - low;
    }

    /** What comes in in that time beyond a full bucket, up to 2^63 - 1. */
    public long overflow(long missing, long nanos) {
        long high = Math.multiplyHigh(nanos, rate), low = nanos * rate;
        return high != 0 || low < 0 ? Long.MAX_VALUE : Math.max(0, low - missing);
    }

    /** What is missing when {@code units} were taken as well; negative where there are not so many. */
    public long take(long missing, long units) {
        return units > (capacity - missing) / BILLION ? -1 : missing + units * BILLION;
    }

    /** Whole units that are there. */
    public long available(long missing) {
        return (capacity - missing) / BILLION;
    }
}
