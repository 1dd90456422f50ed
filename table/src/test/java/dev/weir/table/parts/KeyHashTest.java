package dev.weir.table.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyHashTest {
    private static final int KEYS = 1 << 16;

    /** Keys as networks have them: one field counts, the others stand. The words are those of a flow vector. */
    record Keys(String name, LongUnaryOperator k0, LongUnaryOperator k1) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Keys> structures() {
        return Stream.of(
                new Keys("source address", n -> 0x0A00_0000L << 16 | n << 16 | 443, _ -> 17L << 32 | 0xC0A8L),
                new Keys("source port", n -> 0x0A00_0001L << 16 | n, _ -> 6L << 32 | 0xC0A8L),
                new Keys("upper address", _ -> 443L << 48 | 0x0A00_0001L << 16 | 5000, n -> 6L << 32 | n),
                new Keys("both addresses", n -> (0x0A00_0000L + (n & 0xFF)) << 16, n -> 6L << 32 | n >>> 8),
                new Keys("tenant", _ -> 0x0A00_0001L << 16 | 5000, n -> n << 40 | 6L << 32 | 0xC0A8L),
                new Keys("strides", n -> n << 32, n -> n << 16));
    }

    /** Chi-square of 1024 cells has mean 1023 and standard deviation 45; eight of them never happen by chance. */
    @ParameterizedTest
    @MethodSource("structures")
    void hash_structuredKeys_spreadsOverBucketsTagsAndShards(Keys keys) {
        for (long seed = 0; seed < 5; seed++) {
            var hasher = new KeyHash(seed);
            int[] buckets = new int[1024], shards = new int[1024], tags = new int[256];
            for (int n = 0; n < KEYS; n++) {
                long hash = hasher.hash(keys.k0.applyAsLong(n), keys.k1.applyAsLong(n));
                buckets[(int) (hash >>> 54)]++;
                shards[(int) (hash >>> 22) & 1023]++;
                tags[(int) hash & 255]++;
            }
            assertThat(chiSquare(buckets)).as("buckets, seed=%d", seed).isLessThan(1023 + 8 * 45);
            assertThat(chiSquare(shards)).as("shards, seed=%d", seed).isLessThan(1023 + 8 * 45);
            assertThat(chiSquare(tags)).as("tags, seed=%d", seed).isLessThan(255 + 8 * 23);
        }
    }

    private static double chiSquare(int[] cells) {
        double expected = (double) KEYS / cells.length;
        double sum = 0;
        for (int cell : cells) {
            sum += (cell - expected) * (cell - expected) / expected;
        }
        return sum;
    }

    /** Flipping any bit of a key flips every bit of the hash about half the time. */
    @Test
    void hash_oneBitOfAKeyFlipped_flipsHalfOfTheHash() {
        var random = new SplittableRandom(1);
        var hasher = new KeyHash(1);
        for (int bit = 0; bit < 5 * Long.SIZE; bit++) {
            int[] flips4 = new int[Long.SIZE], flips6 = new int[Long.SIZE];
            for (int n = 0; n < 1000; n++) {
                long[] k = random.longs(5).toArray();
                long h4 = hasher.hash(k[0], k[1]), h6 = hasher.hash(k[0], k[1], k[2], k[3], k[4]);
                k[bit / Long.SIZE] ^= 1L << bit;
                count(h4 ^ hasher.hash(k[0], k[1]), flips4);
                count(h6 ^ hasher.hash(k[0], k[1], k[2], k[3], k[4]), flips6);
            }
            if (bit < 2 * Long.SIZE) {
                assertThat(Arrays.stream(flips4))
                        .as("IPv4 key bit %d", bit)
                        .allMatch(flips -> flips > 350 && flips < 650);
            }
            assertThat(Arrays.stream(flips6)).as("IPv6 key bit %d", bit).allMatch(flips -> flips > 350 && flips < 650);
        }
    }

    /** The same of keys of any number of words. */
    @ParameterizedTest(name = "{0} words")
    @ValueSource(ints = {1, 2, 3, 4, 7, 8, 63, 64})
    void hashOfManyWords_oneBitFlipped_flipsHalfOfTheHash(int words) {
        var random = new SplittableRandom(words);
        var hasher = new KeyHash(words);
        for (int round = 0; round < 20; round++) {
            int bit = random.nextInt(words * Long.SIZE);
            int[] flips = new int[Long.SIZE];
            for (int n = 0; n < 1000; n++) {
                long[] keys = random.longs(words + 2).toArray();
                long hash = hasher.hash(keys, 1, words);
                keys[1 + bit / Long.SIZE] ^= 1L << bit;
                count(hash ^ hasher.hash(keys, 1, words), flips);
            }
            assertThat(Arrays.stream(flips)).as("bit %d", bit).allMatch(n -> n > 350 && n < 650);
        }
    }

    @ParameterizedTest(name = "{0} words")
    @ValueSource(ints = {1, 2, 3, 4, 7, 64})
    void hashOfAMaskedKey_isThatOfWhatTheMaskLeaves(int words) {
        var random = new SplittableRandom(words);
        var hasher = new KeyHash(words);
        for (int round = 0; round < 100; round++) {
            long[] keys = random.longs(words + 1).toArray(),
                    mask = random.longs(words).toArray();
            long[] left = new long[words];
            for (int word = 0; word < words; word++) {
                left[word] = keys[word + 1] & mask[word];
            }
            assertThat(hasher.hash(keys, 1, mask, words)).isEqualTo(hasher.hash(left, 0, words));
        }
    }

    private static void count(long flipped, int[] flips) {
        for (int bit = 0; bit < Long.SIZE; bit++) {
            flips[bit] += (int) (flipped >>> bit & 1);
        }
    }

    /** Keys that share one bucket of another secret's table, or of an exclusive-or of the fields, are as random as any here. */
    @Test
    void hash_keysChosenToCollideElsewhere_doNotCollideHere() {
        var random = new SplittableRandom(2);
        var known = new KeyHash(2);
        int[] random4 = new int[KEYS], crafted = new int[KEYS], xored = new int[KEYS];
        var secret = new KeyHash(3);
        for (int n = 0; n < 2000; n++) {
            long k1 = 6L << 32 | random.nextLong(1L << 32);
            random4[bucket(secret.hash(random.nextLong(), k1))]++;
            long k0 = random.nextLong();
            while (known.hash(k0, k1) >>> 56 != 0) {
                k0 = random.nextLong();
            }
            crafted[bucket(secret.hash(k0, k1))]++;
            xored[bucket(secret.hash(k1 ^ 0x1234_5678L, k1))]++;
        }
        int most = max(random4);
        assertThat(max(crafted)).isLessThanOrEqualTo(most + 3);
        assertThat(max(xored)).isLessThanOrEqualTo(most + 3);
    }

    /** The same with the index: a miss among keys that collide elsewhere passes no more buckets than among random ones. */
    @Test
    void index_keysChosenToCollideElsewhere_overflowsNoMoreThanForRandomKeys() {
        var random = new SplittableRandom(4);
        var secret = new KeyHash(random.nextLong());
        int n = 20_000;
        int byChance = 0, byDesign = 0;
        try (Arena arena = Arena.ofConfined()) {
            var one = new HashIndex(n, arena);
            var other = new HashIndex(n, arena);
            for (int slot = 0; slot < n; slot++) {
                long k1 = random.nextLong(1L << 32);
                byChance += one.insert(secret.hash(random.nextLong(), 6L << 32 | k1), slot) ? 1 : 0;
                // The exclusive-or of the addresses, and of the ports, is the same for all.
                byDesign += other.insert(secret.hash((k1 ^ 0x5555_5555L) << 16 | 80, 6L << 32 | k1), slot) ? 1 : 0;
            }
        }
        assertThat(byDesign).isBetween(byChance * 7 / 10, byChance * 13 / 10);
    }

    private static int bucket(long hash) {
        return (int) (hash >>> 48);
    }

    private static int max(int[] cells) {
        int max = 0;
        for (int cell : cells) {
            max = Math.max(max, cell);
        }
        return max;
    }
}
