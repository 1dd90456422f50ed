package dev.weir.p4.run;

/**
 * The hashes of a pipeline over numbers in limbs, as {@link Wide} has them, for compiled code. Data is {@code bytes} bytes, the most significant first. Any
 * thread; nothing allocates.
 */
public final class Hashes {
    /** As many octets are taken at once. */
    private static final int OCTETS = 8;

    private static final int[] CRC32 = table(0xEDB88320);
    private static final int[] CRC16 = table(0xA001);

    private Hashes() {}

    /** Table k, of 256, has what an octet makes of the sum with k octets of zeros behind it. */
    private static int[] table(int polynomial) {
        int[] table = new int[OCTETS * 256];
        for (int i = 0; i < 256; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ polynomial;
            table[i] = crc;
        }
        for (int i = 256; i < table.length; i++) {
            int before = table[i - 256];
            table[i] = (before >>> 8) ^ table[before & 0xFF];
        }
        return table;
    }

    public static long crc32(long from, long[] w, int a, int bytes) {
        return ~crc(CRC32, ~(int) from, w, a, bytes) & 0xFFFF_FFFFL;
    }

    public static long crc16(long from, long[] w, int a, int bytes) {
        return crc(CRC16, (int) from, w, a, bytes) & 0xFFFFL;
    }

    /** Eight octets at a time, each by a table of its own, so that they do not wait for each other (M. E. Kounavis, F. L. Berry, ISCC 2005). */
    private static int crc(int[] table, int from, long[] w, int a, int bytes) {
        int crc = from;
        int left = bytes;
        for (; left >= OCTETS; left -= OCTETS) {
            long octets = Long.reverseBytes(octets(w, a, left - OCTETS)) ^ (crc & 0xFFFF_FFFFL);
            crc = step(table, 7, octets)
                    ^ step(table, 6, octets >>> 8)
                    ^ step(table, 5, octets >>> 16)
                    ^ step(table, 4, octets >>> 24)
                    ^ step(table, 3, octets >>> 32)
                    ^ step(table, 2, octets >>> 40)
                    ^ step(table, 1, octets >>> 48)
                    ^ step(table, 0, octets >>> 56);
        }
        if (left >= 4) {
            int octets = Integer.reverseBytes((int) octets(w, a, left - 4)) ^ crc;
            crc = step(table, 3, octets)
                    ^ step(table, 2, octets >>> 8)
                    ^ step(table, 1, octets >>> 16)
                    ^ step(table, 0, octets >>> 24);
            left -= 4;
        }
        for (int i = left - 1; i >= 0; i--) {
            int octet = (int) (w[a + (i >>> 3)] >>> (8 * i)) & 0xFF;
            crc = (crc >>> 8) ^ table[(crc ^ octet) & 0xFF];
        }
        return crc;
    }

    private static int step(int[] table, int zeros, long octet) {
        return table[256 * zeros + (int) (octet & 0xFF)];
    }

    /** The octets of a number from the least significant {@code from} on; what is beyond eight, or beyond the number, is anything. */
    private static long octets(long[] w, int a, int from) {
        int limb = a + (from >>> 3);
        int skip = 8 * (from & 7);
        return skip == 0 ? w[limb] : w[limb] >>> skip | (limb + 1 < w.length ? w[limb + 1] << -skip : 0);
    }

    /** The folded sum of 16-bit words; an odd last byte counts as the first of its word. */
    public static long sum16(long from, long[] w, int a, int bytes) {
        long sum = 0;
        for (int i = 0; i < (bytes + 7) >>> 3; i++) {
            long word = w[a + i];
            sum += (word >>> 32) + (word & 0xFFFF_FFFFL);
        }
        int folded = fold(sum);
        return fold(from + (bytes % 2 == 0 ? folded : Short.toUnsignedInt(Short.reverseBytes((short) folded))));
    }

    /** The folded sum of one number of up to 64 bits that is whole words. */
    public static long sum16Narrow(long from, long data) {
        return fold(from + (data >>> 32) + (data & 0xFFFF_FFFFL));
    }

    private static int fold(long sum) {
        long folded = (sum & 0xFFFF_FFFFL) + (sum >>> 32);
        folded = (folded & 0xFFFF) + (folded >>> 16);
        folded = (folded & 0xFFFF) + (folded >>> 16);
        return (int) ((folded & 0xFFFF) + (folded >>> 16));
    }
}
