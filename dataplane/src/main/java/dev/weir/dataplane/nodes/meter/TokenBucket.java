package dev.weir.dataplane.nodes.meter;

/**
 * A token bucket in exact integers. Tokens are counted in billionths of a unit (bit or packet), so that in a nanosecond
 * exactly {@code rate} of them come in: nothing is rounded, and no error adds up. Kept is what is missing to a full
 * bucket, so that all zeros are a full one. With at most 2^33 units of burst no sum leaves 63 bits. Immutable, of no
 * state: what is missing comes in and goes out as a long.
 */
final class TokenBucket {
    private static final long BILLION = 1_000_000_000L;

    private final long rate;
    private final long capacity;

    /** Units a second, units. */
    TokenBucket(long rate, long burst) {
        this.rate = rate;
        this.capacity = Math.multiplyExact(burst, BILLION);
    }

    /** What is missing {@code nanos} later, when {@code missing} was. */
    long refill(long missing, long nanos) {
        long high = Math.multiplyHigh(nanos, rate), low = nanos * rate;
        return high != 0 || low < 0 || low >= missing ? 0 : missing - low;
    }

    /** What is missing when {@code units} were taken as well; negative where there are not so many. */
    long take(long missing, long units) {
        return units > (capacity - missing) / BILLION ? -1 : missing + units * BILLION;
    }

    /** Whole units that are there. */
    long available(long missing) {
        return (capacity - missing) / BILLION;
    }
}
