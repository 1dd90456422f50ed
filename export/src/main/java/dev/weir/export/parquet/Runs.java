package dev.weir.export.parquet;

import java.util.Arrays;

/**
 * The two encodings of whole numbers that are more than copying: dictionary indexes as runs and packed bits (RLE/bit-packing hybrid), and
 * differences from the value before (DELTA_BINARY_PACKED: blocks of 128, four parts each, every part as wide as its largest
 * difference beyond the block's smallest). Pure functions; source: the Parquet format's Encodings page.
 */
final class Runs {
    private static final int BLOCK = 128, PARTS = 4, PART = BLOCK / PARTS;
    /** From so many equal values on a run is shorter than packed bits. */
    private static final int LEAST_RUN = 16;

    private static final int PACKED_AT_ONCE = 512;

    private Runs() {}

    /** How many bits the values 0 to {@code max} need. */
    static int width(int max) {
        return 32 - Integer.numberOfLeadingZeros(max);
    }

    /** Levels of 0 and 1, with their length in octets before them. */
    static void levels(int[] values, int count, Octets out) {
        int at = out.size();
        out.putInt(0);
        hybrid(values, count, 1, out);
        int length = out.size() - at - Integer.BYTES;
        for (int i = 0; i < Integer.BYTES; i++) {
            out.array()[at + i] = (byte) (length >>> (8 * i));
        }
    }

    /** Values of 0 to 2^width - 1, width 0 to 31, without a length before them. */
    static void hybrid(int[] values, int count, int width, Octets out) {
        int pending = 0;
        int at = 0;
        while (at < count) {
            int end = runEnd(values, at, count);
            int aligned = at + ((8 - ((at - pending) & 7)) & 7);
            if (end - aligned >= LEAST_RUN) {
                packed(values, pending, aligned, width, out);
                out.putVarint((long) (end - aligned) << 1);
                for (int bits = 0; bits < width; bits += 8) {
                    out.put(values[at] >>> bits);
                }
                pending = end;
            }
            at = end;
        }
        packed(values, pending, count, width, out);
    }

    /** Where the values stop being equal. */
    private static int runEnd(int[] values, int from, int count) {
        int first = values[from], end = from + 1;
        while (end < count && end < from + LEAST_RUN && values[end] == first) {
            end++;
        }
        if (end < from + LEAST_RUN || end == count) {
            return end;
        }
        int same = Arrays.mismatch(values, from, count - 1, values, from + 1, count);
        return same < 0 ? count : from + 1 + same;
    }

    /** Groups of eight; the last is filled up with zeros. */
    private static void packed(int[] values, int from, int to, int width, Octets out) {
        if (from == to) {
            return;
        }
        int groups = (to - from + 7) / 8;
        out.putVarint((long) groups << 1 | 1);
        for (int at = from; at < to; at += PACKED_AT_ONCE) {
            int part = Math.min(PACKED_AT_ONCE, from + 8 * groups - at);
            out.room(part * Integer.BYTES);
            out.advance(pack(values, at, Math.min(to, at + part), at + part, width, out.array(), out.size()));
        }
    }

    /** A multiple of eight values; those from {@code to} on are zeros. Returns how many octets. */
    private static int pack(int[] values, int from, int to, int end, int width, byte[] out, int begin) {
        long bits = 0;
        int held = 0, at = begin;
        for (int i = from; i < end; i++) {
            bits |= (i < to ? (long) values[i] : 0) << held;
            held += width;
            while (held >= 8) {
                out[at++] = (byte) bits;
                bits >>>= 8;
                held -= 8;
            }
        }
        return at - begin;
    }

    /** All values; overflowing differences wrap, as the format has it. */
    static void differences(long[] values, int count, Octets out) {
        out.putVarint(BLOCK);
        out.putVarint(PARTS);
        out.putVarint(count);
        out.putZigzag(count == 0 ? 0 : values[0]);
        long[] block = new long[BLOCK];
        for (int from = 1; from < count; from += BLOCK) {
            int n = Math.min(BLOCK, count - from);
            long least = subtract(values, from, n, block);
            out.putZigzag(least);
            int widths = out.size();
            out.putInt(0);
            for (int part = 0; part * PART < n; part++) {
                int begin = part * PART, width = width(block, begin, Math.min(n, begin + PART), least);
                out.room(Long.BYTES * PART);
                out.array()[widths + part] = (byte) width;
                out.advance(part(block, begin, width, out.array(), out.size()));
            }
        }
    }

    /** Puts each value's difference from the one before, and zeros where the block has no more; returns the least. */
    private static long subtract(long[] values, int from, int count, long[] block) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            block[i] = values[from + i] - values[from + i - 1];
            least = Math.min(least, block[i]);
        }
        return least;
    }

    /** Makes of differences what they are beyond the least, zeros from {@code to} to the end of the part; returns the bits that all need. */
    private static int width(long[] block, int from, int to, long least) {
        long all = 0;
        for (int i = from; i < to; i++) {
            block[i] -= least;
            all |= block[i];
        }
        for (int i = to; i < from + PART; i++) {
            block[i] = 0;
        }
        return Long.SIZE - Long.numberOfLeadingZeros(all);
    }

    /** 32 values of 0 to 64 bits, whole octets; there is room. Returns how many. */
    private static int part(long[] block, int from, int width, byte[] out, int begin) {
        int low = Math.min(width, Integer.SIZE), high = width - low;
        long mask = (1L << low) - 1, bits = 0;
        int held = 0, at = begin;
        for (int i = from; i < from + PART; i++) {
            bits |= (block[i] & mask) << held;
            held += low;
            while (held >= 8) {
                out[at++] = (byte) bits;
                bits >>>= 8;
                held -= 8;
            }
            if (high > 0) {
                bits |= block[i] >>> Integer.SIZE << held;
                held += high;
                while (held >= 8) {
                    out[at++] = (byte) bits;
                    bits >>>= 8;
                    held -= 8;
                }
            }
        }
        return at - begin;
    }
}
