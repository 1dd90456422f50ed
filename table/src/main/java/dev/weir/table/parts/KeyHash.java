package dev.weir.table.parts;

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
    private final long a0, a1, a2, a3, a4, a5;
    private final long m0, m1;

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

    private long fold(long low, long high) {
        long h = low * m0 + high * m1;
        h ^= h >>> 32;
        h *= m0;
        return h ^ h >>> 32;
    }
}
