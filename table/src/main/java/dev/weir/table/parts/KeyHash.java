package dev.weir.table.parts;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Keyed hash of flow keys: nobody who does not know the secret can choose keys that share a bucket.
 *
 * <p>The key's words go through NH, the universal hash of UMAC (RFC 4418 section 5.2.2, there with 32-bit words): pairs
 * of words, each plus a secret word, are multiplied to 128 bits and added; two keys collide with probability 2^-64 over
 * the secrets. The 128 bits are then folded by multiplying with two more odd secrets and adding (Dietzfelbinger, "Universal
 * hashing and k-wise independent random variables", 1996), whose upper bits are uniform, and turned so that they are of
 * use at both ends. Immutable; any thread; allocates nothing.
 */
public final class KeyHash {
    /** The most words that a key has. */
    public static final int MAX_WORDS = 64;

    private final long a0, a1, a2, a3, a4, a5;
    private final long m0, m1;
    /** One for each word of keys of any length. */
    private final long[] a;
    /** A mask that leaves all of a key. */
    private final long[] all = new long[MAX_WORDS];

    public KeyHash(long seed) {
        var random = new SplittableRandom(seed);
        a0 = random.nextLong();
        a1 = random.nextLong();
        a2 = random.nextLong();
        a3 = random.nextLong();
        a4 = random.nextLong();
        a5 = random.nextLong();
        m0 = random.nextLong() | 1;
        m1 = random.nextLong() | 1;
        a = random.longs(MAX_WORDS).toArray();
        Arrays.fill(all, -1L);
    }

    /** Of an IPv4 key's two words. */
    public long hash(long k0, long k1) {
        long x = k0 + a0, y = k1 + a1;
        return fold(x * y, Math.unsignedMultiplyHigh(x, y));
    }

    /** Of an IPv6 key's five words. */
    public long hash(long k0, long k1, long k2, long k3, long k4) {
        long x = k0 + a0, y = k1 + a1;
        long low = x * y, high = Math.unsignedMultiplyHigh(x, y);
        x = k2 + a2;
        y = k3 + a3;
        long low2 = x * y, high2 = Math.unsignedMultiplyHigh(x, y);
        x = k4 + a4;
        long low3 = x * a5, high3 = Math.unsignedMultiplyHigh(x, a5);
        return fold(
                low + Long.rotateLeft(low2, 21) + Long.rotateLeft(low3, 42),
                high ^ Long.rotateLeft(high2, 21) ^ Long.rotateLeft(high3, 42));
    }

    /**
     * Of a key of {@code words} words from {@code keys[at]} on. Keys of different lengths are not to be mixed.
     *
     * @param words 1 to {@link #MAX_WORDS}
     */
    public long hash(long[] keys, int at, int words) {
        return switch (words) {
            case 1 -> hash(keys[at], 0);
            case 2 -> hash(keys[at], keys[at + 1]);
            case 3 -> hash(keys[at], keys[at + 1], keys[at + 2]);
            default -> hashMany(keys, at, all, words);
        };
    }

    /** Of what a mask of so many words leaves of a key. */
    public long hash(long[] keys, int at, long[] mask, int words) {
        return switch (words) {
            case 1 -> hash(keys[at] & mask[0], 0);
            case 2 -> hash(keys[at] & mask[0], keys[at + 1] & mask[1]);
            case 3 -> hash(keys[at] & mask[0], keys[at + 1] & mask[1], keys[at + 2] & mask[2]);
            default -> hashMany(keys, at, mask, words);
        };
    }

    private long hash(long k0, long k1, long k2) {
        long x = k0 + a0, y = k1 + a1, z = k2 + a2;
        long low = x * y, low2 = z * a3;
        long high = Math.unsignedMultiplyHigh(x, y) + Math.unsignedMultiplyHigh(z, a3);
        return fold(low + low2, high + carry(low + low2, low2));
    }

    /** A last word without a partner has a secret for one, as a zero word would. */
    private long hashMany(long[] keys, int at, long[] mask, int words) {
        long low = 0, high = 0;
        for (int word = 0; word < words; word += 2) {
            long x = (keys[at + word] & mask[word]) + a[word];
            long y = a[word + 1] + (word + 1 < words ? keys[at + word + 1] & mask[word + 1] : 0);
            long product = x * y;
            low += product;
            high += Math.unsignedMultiplyHigh(x, y) + carry(low, product);
        }
        return fold(low, high);
    }

    /** What a sum carries, one of whose terms is given. */
    private static long carry(long sum, long term) {
        return Long.compareUnsigned(sum, term) < 0 ? 1 : 0;
    }

    private long fold(long low, long high) {
        long h = low * m0 + high * m1;
        h ^= h >>> 32;
        h *= m0;
        return h ^ h >>> 32;
    }
}
