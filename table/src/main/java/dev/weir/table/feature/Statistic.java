package dev.weir.table.feature;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * What can be said of numbers that were kept as {@link Moments}: of those of one block, or of several together. The view
 * of {@link FeatureValues} that gave it fills it again with the next question. Without numbers all is 0.
 */
public final class Statistic {
    private long n, sum, squaresHigh, squares, least, greatest;

    Statistic() {}

    Statistic clear() {
        n = 0;
        sum = 0;
        squaresHigh = 0;
        squares = 0;
        least = Long.MAX_VALUE;
        greatest = 0;
        return this;
    }

    /** Takes the {@code count} numbers of a block in. */
    Statistic add(MemorySegment segment, long at, long count) {
        if (count > 0) {
            n += count;
            sum += segment.get(JAVA_LONG, at + Moments.SUM);
            squaresHigh += segment.get(JAVA_LONG, at + Moments.SQUARES_HIGH);
            addSquares(segment.get(JAVA_LONG, at + Moments.SQUARES));
            least = Math.min(least, Moments.least(segment.get(JAVA_LONG, at + Moments.LEAST)));
            greatest = Math.max(greatest, segment.get(JAVA_LONG, at + Moments.GREATEST));
        }
        return this;
    }

    /** Takes one number more in. */
    Statistic add(long x) {
        n++;
        sum += x;
        squaresHigh += Math.multiplyHigh(x, x);
        addSquares(x * x);
        least = Math.min(least, x);
        greatest = Math.max(greatest, x);
        return this;
    }

    private void addSquares(long low) {
        squares += low;
        squaresHigh += Long.compareUnsigned(squares, low) < 0 ? 1 : 0;
    }

    public long least() {
        return n == 0 ? 0 : least;
    }

    public long greatest() {
        return greatest;
    }

    public double mean() {
        return n == 0 ? 0 : (double) sum / n;
    }

    /** Of the sample: divided by one less than there are numbers; 0 of fewer than two. */
    public double variance() {
        return Moments.variance(n, sum, squaresHigh, squares);
    }

    /** The square root of {@link #variance}. */
    public double deviation() {
        return Math.sqrt(variance());
    }
}
