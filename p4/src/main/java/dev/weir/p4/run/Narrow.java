package dev.weir.p4.run;

/**
 * Operators on numbers of up to 64 bits, each in a long whose other bits are zero, for compiled code; those that are not one or two instructions
 * there. {@code mask} is all ones of the width. Any thread; nothing allocates, nothing fails.
 */
public final class Narrow {
    private Narrow() {}

    public static long divide(long a, long b) {
        return b == 0 ? 0 : Long.divideUnsigned(a, b);
    }

    public static long remainder(long a, long b) {
        return b == 0 ? 0 : Long.remainderUnsigned(a, b);
    }

    public static long addSaturating(long a, long b, long mask) {
        long sum = a + b;
        return Long.compareUnsigned(sum, a) < 0 || Long.compareUnsigned(sum, mask) > 0 ? mask : sum;
    }

    public static long subtractSaturating(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? 0 : a - b;
    }

    public static long addSaturatingSigned(long a, long b, int width) {
        int unused = 64 - width;
        long left = a << unused;
        long right = b << unused;
        long sum = left + right;
        boolean over = ((left ^ sum) & (right ^ sum)) < 0;
        return (over ? (left >> 63) ^ Long.MAX_VALUE : sum) >>> unused;
    }

    public static long subtractSaturatingSigned(long a, long b, int width) {
        int unused = 64 - width;
        long left = a << unused;
        long right = b << unused;
        long difference = left - right;
        boolean over = ((left ^ right) & (left ^ difference)) < 0;
        return (over ? (left >> 63) ^ Long.MAX_VALUE : difference) >>> unused;
    }

    public static long shiftLeft(long a, long by, long mask) {
        return by < 0 || by > 63 ? 0 : (a << by) & mask;
    }

    public static long shiftRight(long a, long by) {
        return by < 0 || by > 63 ? 0 : a >>> by;
    }

    public static long shiftRightSigned(long a, long by, int width) {
        int unused = 64 - width;
        long distance = by < 0 || by > 63 ? 63 : by;
        return (((a << unused) >> distance) >> unused) & (-1L >>> unused);
    }

    /** Of a random number from low to high, both included. */
    public static long between(long drawn, long low, long high) {
        if (Long.compareUnsigned(low, high) >= 0) return low;
        long span = high - low + 1;
        return span == 0 ? drawn : low + Long.remainderUnsigned(drawn, span);
    }
}
