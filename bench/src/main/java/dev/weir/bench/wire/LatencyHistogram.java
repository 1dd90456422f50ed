package dev.weir.bench.wire;

/**
 * Counts times, in nanoseconds, in classes of equal relative width: 64 a doubling, so that a quantile is right to 1.6 %. One thread at a
 * time; counting allocates nothing.
 */
final class LatencyHistogram {
    private static final int SUB_BITS = 6, SUB = 1 << SUB_BITS;

    private final long[] counts = new long[(Long.SIZE - SUB_BITS) * SUB];
    private long total;
    private long largest;

    /** A negative time counts as 0. */
    void add(long nanos) {
        long value = Math.max(0, nanos);
        counts[index(value)]++;
        total++;
        if (value > largest) largest = value;
    }

    private static int index(long value) {
        int shift = Math.max(0, Long.SIZE - SUB_BITS - 1 - Long.numberOfLeadingZeros(value));
        return (shift * SUB) + (int) (value >>> shift);
    }

    /** The largest value of a class. */
    private static long end(int index) {
        if (index < 2 * SUB) return index;
        int shift = index / SUB - 1;
        return ((SUB + (index % SUB) + 1L) << shift) - 1;
    }

    long count() {
        return total;
    }

    long largest() {
        return largest;
    }

    /** The smallest class end that so great a part of the times does not exceed; NaN when there are none. */
    double quantile(double part) {
        if (total == 0) return Double.NaN;
        long wanted = Math.max(1, (long) Math.ceil(part * total));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) return Math.min(end(i), largest);
        }
        return largest;
    }
}
