package dev.weir.p4.run;

import java.lang.foreign.MemorySegment;

/**
 * Operators on numbers of more than 64 bits, for compiled code. A number is {@code limbs} longs of an array from an index on, the least significant
 * first; bits beyond its width are zero, and stay so by {@link #trim}. Results may lie where an operand lies, but for products, shifts and moved bits. Any
 * thread; nothing allocates, nothing fails.
 */
public final class Wide {
    private Wide() {}

    public static int limbs(int width) {
        return (width + 63) >>> 6;
    }

    /** Clears what is beyond the width. */
    public static void trim(long[] w, int a, int width) {
        int unused = -width & 63;
        w[a + ((width - 1) >>> 6)] &= -1L >>> unused;
    }

    public static void copy(long[] w, int to, int a, int limbs) {
        for (int i = 0; i < limbs; i++) w[to + i] = w[a + i];
    }

    public static void clear(long[] w, int a, int limbs) {
        for (int i = 0; i < limbs; i++) w[a + i] = 0;
    }

    public static void not(long[] w, int to, int a, int width) {
        for (int i = 0; i < limbs(width); i++) w[to + i] = ~w[a + i];
        trim(w, to, width);
    }

    public static void negate(long[] w, int to, int a, int width) {
        boolean carry = true;
        for (int i = 0; i < limbs(width); i++) {
            w[to + i] = ~w[a + i] + (carry ? 1 : 0);
            carry = carry && w[to + i] == 0;
        }
        trim(w, to, width);
    }

    public static void and(long[] w, int to, int a, int b, int width) {
        for (int i = 0; i < limbs(width); i++) w[to + i] = w[a + i] & w[b + i];
    }

    public static void or(long[] w, int to, int a, int b, int width) {
        for (int i = 0; i < limbs(width); i++) w[to + i] = w[a + i] | w[b + i];
    }

    public static void xor(long[] w, int to, int a, int b, int width) {
        for (int i = 0; i < limbs(width); i++) w[to + i] = w[a + i] ^ w[b + i];
    }

    public static void add(long[] w, int to, int a, int b, int width) {
        addCarry(w, to, a, b, limbs(width));
        trim(w, to, width);
    }

    private static boolean addCarry(long[] w, int to, int a, int b, int limbs) {
        long carry = 0;
        for (int i = 0; i < limbs; i++) {
            long left = w[a + i];
            long sum = left + w[b + i];
            long out = Long.compareUnsigned(sum, left) < 0 ? 1 : 0;
            w[to + i] = sum + carry;
            carry = out | (carry & (sum == -1L ? 1 : 0));
        }
        return carry != 0;
    }

    public static void subtract(long[] w, int to, int a, int b, int width) {
        long borrow = 0;
        for (int i = 0; i < limbs(width); i++) {
            long left = w[a + i];
            long right = w[b + i];
            long difference = left - right;
            long out = Long.compareUnsigned(left, right) < 0 ? 1 : 0;
            w[to + i] = difference - borrow;
            borrow = out | (borrow & (difference == 0 ? 1 : 0));
        }
        trim(w, to, width);
    }

    /** The result lies apart from both operands. */
    public static void multiply(long[] w, int to, int a, int b, int width) {
        int limbs = limbs(width);
        clear(w, to, limbs);
        for (int i = 0; i < limbs; i++) {
            long carry = 0;
            for (int j = 0; i + j < limbs; j++) {
                long low = w[a + i] * w[b + j];
                long high = Math.unsignedMultiplyHigh(w[a + i], w[b + j]);
                long sum = w[to + i + j] + low;
                if (Long.compareUnsigned(sum, low) < 0) high++;
                long total = sum + carry;
                if (Long.compareUnsigned(total, sum) < 0) high++;
                w[to + i + j] = total;
                carry = high;
            }
        }
        trim(w, to, width);
    }

    /**
     * Bit by bit. The quotient lies at {@code to}, the remainder in the limbs behind it; both apart from the operands. Zero and zero for a division
     * by zero.
     */
    public static void divide(long[] w, int to, int a, int b, int width) {
        int limbs = limbs(width);
        int rest = to + limbs;
        clear(w, to, 2 * limbs);
        if (isZero(w, b, limbs)) return;
        for (int bit = width - 1; bit >= 0; bit--) {
            boolean out = shiftIn(w, rest, limbs, w[a + (bit >>> 6)] >>> bit & 1);
            if (out || compare(w, rest, b, limbs) >= 0) {
                subtract(w, rest, rest, b, 64 * limbs);
                w[to + (bit >>> 6)] |= 1L << bit;
            }
        }
    }

    private static boolean shiftIn(long[] w, int a, int limbs, long bit) {
        long in = bit;
        for (int i = 0; i < limbs; i++) {
            long out = w[a + i] >>> 63;
            w[a + i] = w[a + i] << 1 | in;
            in = out;
        }
        return in != 0;
    }

    public static boolean isZero(long[] w, int a, int limbs) {
        long any = 0;
        for (int i = 0; i < limbs; i++) any |= w[a + i];
        return any == 0;
    }

    public static boolean equal(long[] w, int a, int b, int limbs) {
        long different = 0;
        for (int i = 0; i < limbs; i++) different |= w[a + i] ^ w[b + i];
        return different == 0;
    }

    public static int compare(long[] w, int a, int b, int limbs) {
        for (int i = limbs - 1; i > 0; i--) {
            if (w[a + i] != w[b + i]) return Long.compareUnsigned(w[a + i], w[b + i]);
        }
        return Long.compareUnsigned(w[a], w[b]);
    }

    public static int compareSigned(long[] w, int a, int b, int width) {
        boolean left = isNegative(w, a, width);
        return left == isNegative(w, b, width) ? compare(w, a, b, limbs(width)) : left ? -1 : 1;
    }

    public static boolean isNegative(long[] w, int a, int width) {
        return (w[a + ((width - 1) >>> 6)] >>> (width - 1) & 1) != 0;
    }

    public static void addSaturating(long[] w, int to, int a, int b, int width) {
        boolean over = addCarry(w, to, a, b, limbs(width));
        int unused = -width & 63;
        long top = w[to + ((width - 1) >>> 6)];
        if (over || (unused != 0 && top >>> (64 - unused) != 0)) ones(w, to, width);
    }

    private static void ones(long[] w, int to, int width) {
        for (int i = 0; i < limbs(width); i++) w[to + i] = -1;
        trim(w, to, width);
    }

    public static void subtractSaturating(long[] w, int to, int a, int b, int width) {
        if (compare(w, a, b, limbs(width)) < 0) {
            clear(w, to, limbs(width));
        } else {
            subtract(w, to, a, b, width);
        }
    }

    public static void addSaturatingSigned(long[] w, int to, int a, int b, int width) {
        boolean left = isNegative(w, a, width);
        boolean right = isNegative(w, b, width);
        add(w, to, a, b, width);
        if (left == right && isNegative(w, to, width) != left) extreme(w, to, left, width);
    }

    public static void subtractSaturatingSigned(long[] w, int to, int a, int b, int width) {
        boolean left = isNegative(w, a, width);
        boolean right = isNegative(w, b, width);
        subtract(w, to, a, b, width);
        if (left != right && isNegative(w, to, width) != left) extreme(w, to, left, width);
    }

    /** The least or the greatest signed number. */
    private static void extreme(long[] w, int to, boolean least, int width) {
        ones(w, to, width);
        w[to + ((width - 1) >>> 6)] ^= 1L << (width - 1);
        if (least) not(w, to, to, width);
    }

    /** The result lies apart from the operand. {@code by} is unsigned. */
    public static void shiftLeft(long[] w, int to, int a, long by, int width) {
        int limbs = limbs(width);
        if (Long.compareUnsigned(by, width) >= 0) {
            clear(w, to, limbs);
            return;
        }
        int whole = (int) by >>> 6;
        for (int i = limbs - 1; i >= 0; i--) {
            long high = i >= whole ? w[a + i - whole] << by : 0;
            w[to + i] = (by & 63) == 0 || i <= whole ? high : high | w[a + i - whole - 1] >>> -by;
        }
        trim(w, to, width);
    }

    /** The result lies apart from the operand. {@code by} is unsigned. */
    public static void shiftRight(long[] w, int to, int a, long by, int width) {
        int limbs = limbs(width);
        if (Long.compareUnsigned(by, width) >= 0) {
            clear(w, to, limbs);
            return;
        }
        slice(w, to, a, limbs, (int) by, width - (int) by);
        clear(w, to + limbs(width - (int) by), limbs - limbs(width - (int) by));
    }

    /** The result lies apart from the operand. {@code by} is unsigned. */
    public static void shiftRightSigned(long[] w, int to, int a, long by, int width) {
        boolean negative = isNegative(w, a, width);
        shiftRight(w, to, a, by, width);
        if (!negative) return;
        int from = (int) Math.max(0, width - (Long.compareUnsigned(by, width) >= 0 ? width : by));
        fill(w, to, from, width);
    }

    /** Sets the bits from {@code from} to below {@code width}. */
    private static void fill(long[] w, int to, int from, int width) {
        for (int i = from >>> 6; i < limbs(width); i++) w[to + i] |= i == from >>> 6 ? -1L << from : -1L;
        trim(w, to, width);
    }

    /** {@code width} bits from bit {@code low} on of {@code limbs} limbs; the result lies apart from the operand. */
    public static void slice(long[] w, int to, int a, int limbs, int low, int width) {
        int whole = low >>> 6;
        for (int i = 0; i < limbs(width); i++) {
            long part = w[a + whole + i] >>> low;
            boolean spans = (low & 63) != 0 && whole + i + 1 < limbs;
            w[to + i] = spans ? part | w[a + whole + i + 1] << -low : part;
        }
        trim(w, to, width);
    }

    /** Copies the sign of {@code from} bits into what is beyond, up to {@code width}; the limbs beyond were cleared. */
    public static void extendSign(long[] w, int a, int from, int width) {
        if (isNegative(w, a, from)) fill(w, a, from, width);
    }

    /** Ors a number of {@code limbs} limbs, moved left by {@code low} bits, to another, which has the limbs for it. */
    public static void orAt(long[] w, int to, int low, int a, int limbs, int toLimbs) {
        int whole = low >>> 6;
        for (int i = 0; i < limbs; i++) {
            w[to + whole + i] |= w[a + i] << low;
            if ((low & 63) != 0 && whole + i + 1 < toLimbs) w[to + whole + i + 1] |= w[a + i] >>> -low;
        }
    }

    /** A distance of any width; the greatest long for what does not fit one. */
    public static long distance(long[] w, int a, int limbs) {
        return w[a] < 0 || !isZero(w, a + 1, limbs - 1) ? Long.MAX_VALUE : w[a];
    }

    /** A number of {@code bytes} whole bytes from a packet. */
    public static void load(MemorySegment s, long at, int bytes, long[] w, int to) {
        int left = bytes;
        for (int i = 0; left > 0; i++) {
            int part = Math.min(left, 8);
            left -= part;
            w[to + i] = Bits.load(s, at + left, part);
        }
    }

    /** The low {@code bytes} bytes of a number into a packet. */
    public static void store(MemorySegment s, long at, int bytes, long[] w, int a) {
        int left = bytes;
        for (int i = 0; left > 0; i++) {
            int part = Math.min(left, 8);
            left -= part;
            Bits.store(s, at + left, part, w[a + i]);
        }
    }

    /** Ors a number of up to 64 bits, moved left by {@code low} bits, to one that has the limbs for it. */
    public static void orLong(long[] w, int to, int low, long value, int toLimbs) {
        int whole = low >>> 6;
        w[to + whole] |= value << low;
        if ((low & 63) != 0 && whole + 1 < toLimbs) w[to + whole + 1] |= value >>> -low;
    }

    /** The number in {@code bytes} bytes as the first bits of {@code width}, zeros behind them. */
    public static void loadLeft(MemorySegment s, long at, long bytes, long[] w, int to, int width) {
        clear(w, to, limbs(width));
        for (int i = 0; i < bytes; i++) {
            int low = width - 8 - 8 * i;
            w[to + (low >>> 6)] |= Bits.load(s, at + i, 1) << low;
        }
    }

    /** Writes the first {@code bytes} bytes of a number of {@code width} bits. */
    public static void storeLeft(MemorySegment s, long at, long bytes, long[] w, int a, int width) {
        for (int i = 0; i < bytes; i++) {
            int low = width - 8 - 8 * i;
            Bits.store(s, at + i, 1, w[a + (low >>> 6)] >>> low);
        }
    }
}
