package dev.weir.table.feature;

import dev.weir.table.parts.Memory;

/**
 * Sum, sum of squares, least and greatest of numbers that are not negative, kept exactly; and what follows from them.
 * The owner of the memory calls; allocates nothing.
 *
 * <p>Sums are whole numbers, so the order in which packets came does not show, nothing is rounded before the end, and
 * two directions can be added to each other. A block of zeros has no numbers yet.
 *
 * <pre>
 *  0 sum i64    8 sum of squares, low u64   16 its high half   24 2^63 - 1 - least i64   32 greatest i64
 * </pre>
 */
final class Moments {
    static final int SUM = 0, SQUARES = 8, SQUARES_HIGH = 16, LEAST = 24, GREATEST = 32, BYTES = 40;

    private static final double TWO_64 = 0x1p64;

    private Moments() {}

    /** Adds a number to the block at {@code at}. The sum of all stays below 2^63. */
    static void add(long at, long x) {
        Memory.setLong(at + SUM, Memory.getLong(at + SUM) + x);
        long low = Memory.getLong(at + SQUARES);
        long sum = low + x * x;
        Memory.setLong(at + SQUARES, sum);
        long carry = Math.multiplyHigh(x, x) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
        if (carry != 0) {
            Memory.setLong(at + SQUARES_HIGH, Memory.getLong(at + SQUARES_HIGH) + carry);
        }
        addLeast(at + LEAST, x);
        Memory.setLong(at + GREATEST, Math.max(Memory.getLong(at + GREATEST), x));
    }

    /** Keeps the least of numbers; it is stored as its distance from the greatest there is, so that 0 means none. */
    static void addLeast(long at, long x) {
        Memory.setLong(at, Math.max(Memory.getLong(at), Long.MAX_VALUE - x));
    }

    /** The least that {@link #addLeast} kept; 0 where there was none. */
    static long least(long stored) {
        return stored == 0 ? 0 : Long.MAX_VALUE - stored;
    }

    /**
     * The sample variance, {@code (n q - s s) / (n (n - 1))}, of {@code n} numbers of sum {@code s} and sum of squares
     * {@code q}; 0 for fewer than two. The numerator is made without rounding, 192 bits of it, so nothing cancels.
     */
    static double variance(long n, long sum, long squaresHigh, long squares) {
        if (n < 2) {
            return 0;
        }
        long low = n * squares;
        long carry = Math.unsignedMultiplyHigh(n, squares);
        long product = n * squaresHigh;
        long middle = product + carry;
        long high = Math.unsignedMultiplyHigh(n, squaresHigh) + (Long.compareUnsigned(middle, product) < 0 ? 1 : 0);

        long lessLow = sum * sum;
        long lessMiddle = Math.unsignedMultiplyHigh(sum, sum);
        long borrow = Long.compareUnsigned(low, lessLow) < 0 ? 1 : 0;
        low -= lessLow;
        long middleBefore = middle;
        middle -= lessMiddle;
        long under = Long.compareUnsigned(middleBefore, lessMiddle) < 0 ? 1 : 0;
        if (borrow != 0) {
            under += middle == 0 ? 1 : 0;
            middle--;
        }
        high -= under;
        double numerator = (high * TWO_64 + unsigned(middle)) * TWO_64 + unsigned(low);
        return numerator / ((double) n * (n - 1));
    }

    private static double unsigned(long x) {
        return x >= 0 ? x : ((x >>> 1) | (x & 1)) * 2.0;
    }
}
