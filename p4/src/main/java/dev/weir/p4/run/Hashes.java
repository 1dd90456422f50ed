package dev.weir.p4.run;

/**
 * The hashes of a pipeline over numbers in limbs, as {@link Wide} has them, for compiled code. Data is {@code bytes} bytes, the most significant first. Any
 * thread; nothing allocates.
 */
public final class Hashes {
    private static final int[] CRC32 = table(0xEDB88320);
    private static final int[] CRC16 = table(0xA001);

    private Hashes() {}

    private static int[] table(int polynomial) {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ polynomial;
            table[i] = crc;
        }
        return table;
    }

    public static long crc32(long from, long[] w, int a, int bytes) {
        return ~crc(CRC32, ~(int) from, w, a, bytes) & 0xFFFF_FFFFL;
    }

    public static long crc16(long from, long[] w, int a, int bytes) {
        return crc(CRC16, (int) from, w, a, bytes) & 0xFFFFL;
    }

    private static int crc(int[] table, int from, long[] w, int a, int bytes) {
        int crc = from;
        for (int i = bytes - 1; i >= 0; i--) {
            int octet = (int) (w[a + (i >>> 3)] >>> (8 * i)) & 0xFF;
            crc = (crc >>> 8) ^ table[(crc ^ octet) & 0xFF];
        }
        return crc;
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
