package dev.weir.export.parquet;

/**
 * The two encodings of whole numbers that are more than copying: dictionary indexes as runs and packed bits (RLE/bit-packing hybrid), and
 * differences from the value before (DELTA_BINARY_PACKED: blocks of 128, four parts each, every part as wide as its largest
 * difference beyond the block's smallest). Pure functions; source: the Parquet format's Encodings page.
 */
final class Runs {
    private static final int BLOCK = 128, PARTS = 4, PART = BLOCK / PARTS;
    /** From so many equal values on a run is shorter than packed bits. */
    private static final int LEAST_RUN = 16;

    private Runs() {}

    /** How many bits the values 0 to {@code max} need. */
    static int width(int max) {
        return 32 - Integer.numberOfLeadingZeros(max);
    }

    /** Values of 0 to 2^width - 1, width 0 to 31, without a length before them. */
    static void hybrid(int[] values, int count, int width, Octets out) {
        int pending = 0;
        int at = 0;
        while (at < count) {
            int end = at + 1;
            while (end < count && values[end] == values[at]) {
                end++;
            }
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

    /** Groups of eight; the last is filled up with zeros. */
    private static void packed(int[] values, int from, int to, int width, Octets out) {
        if (from == to) {
            return;
        }
        int groups = (to - from + 7) / 8;
        out.putVarint((long) groups << 1 | 1);
        long bits = 0;
        int held = 0;
        for (int i = from; i < from + 8 * groups; i++) {
            bits |= (i < to ? (long) values[i] : 0) << held;
            held += width;
            while (held >= 8) {
                out.put((int) bits);
                bits >>>= 8;
                held -= 8;
            }
        }
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
            long least = Long.MAX_VALUE;
            for (int i = 0; i < n; i++) {
                block[i] = values[from + i] - values[from + i - 1];
                least = Math.min(least, block[i]);
            }
            block(block, n, least, out);
        }
    }

    private static void block(long[] block, int n, long least, Octets out) {
        out.putZigzag(least);
        int widths = out.size();
        out.putInt(0);
        for (int part = 0; part * PART < n; part++) {
            int from = part * PART, to = Math.min(n, from + PART);
            long all = 0;
            for (int i = from; i < to; i++) {
                block[i] -= least;
                all |= block[i];
            }
            int width = 64 - Long.numberOfLeadingZeros(all);
            out.room(8 * PART);
            out.array()[widths + part] = (byte) width;
            part(block, from, to, width, out);
        }
    }

    /** 32 values of 0 to 64 bits; those from {@code to} on are zeros. There is room. */
    private static void part(long[] block, int from, int to, int width, Octets out) {
        long bits = 0;
        int held = 0;
        for (int i = from; i < from + PART; i++) {
            long value = i < to ? block[i] : 0;
            bits |= value << held;
            if (held + width >= 64) {
                out.putLong(bits);
                int used = 64 - held;
                bits = used == 64 ? 0 : value >>> used;
                held += width - 64;
            } else {
                held += width;
            }
        }
        for (; held > 0; held -= 8) {
            out.put((int) bits);
            bits >>>= 8;
        }
    }
}
