package dev.weir.table.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** More prefixes than {@link MatchTableModelTest} has, nested and side by side as in routing tables, against a scan of all. */
class PrefixTrieTest {
    private record Prefix(long value, int length, int entry) {
        boolean covers(long key) {
            return length == 0 || (key ^ value) >>> -length == 0;
        }
    }

    @ParameterizedTest(name = "{0} bits, room for {1}, seed {2}")
    @CsvSource(textBlock = """
            8,  3000,   1
            16, 3000,   2
            21, 3000,   3
            24, 3000,   4
            32, 3000,   5
            32, 60000,  6
            32, 300000, 7
            48, 3000,   8
            64, 3000,   9
            64, 300000, 10
            """)
    void trie_prefixesComeAndGo_findsWhatAScanFinds(int bits, int capacity, long seed) {
        KeyLayout layout = KeyLayout.of(new KeyField("a", bits, MatchKind.LPM));
        int keyBits = layout.bits();
        var random = new SplittableRandom(seed);
        List<Prefix> prefixes = new ArrayList<>();
        try (var table = LpmTable.create(MatchTableConfig.of(layout, capacity).withHashSeed(seed), IdleListener.NONE)) {
            long[] key = new long[1];
            for (int step = 0; step < 9000; step++) {
                if (random.nextInt(3) != 0) {
                    int length =
                            keyBits - bits + Math.min(bits, random.nextInt(bits + 1) + random.nextInt(bits + 1) / 2);
                    key[0] = address(random, prefixes, keyBits);
                    key[0] = length == 0 ? 0 : key[0] & -1L << -length;
                    int entry = table.add(key, 0, length, 0, 0);
                    if (entry >= 0) {
                        prefixes.add(new Prefix(key[0], length, entry));
                    }
                } else if (!prefixes.isEmpty()) {
                    table.remove(prefixes.remove(random.nextInt(prefixes.size())).entry);
                }
                if (step % 10 == 0) {
                    key[0] = address(random, prefixes, keyBits);
                    assertThat(table.match(key, 0, 0))
                            .as("seed=%d key=%x", seed, key[0])
                            .isEqualTo(longest(prefixes, key[0]));
                }
            }
            table.assertValid();
            prefixes.forEach(prefix -> table.remove(prefix.entry));
            table.assertValid();
            assertThat(table.match(key, 0, 0)).isEqualTo(MatchTable.NONE);
        }
    }

    /** Near a prefix that is there, or anywhere. */
    private static long address(SplittableRandom random, List<Prefix> prefixes, int bits) {
        long address = random.nextLong();
        if (!prefixes.isEmpty() && random.nextInt(4) != 0) {
            Prefix near = prefixes.get(random.nextInt(prefixes.size()));
            address = near.value ^ (random.nextInt(3) == 0 ? 0 : 1L << (64 - 1 - random.nextInt(bits)));
        }
        int padding = bits == 24 ? 3 : 0;
        return (address & -1L << -bits) << padding >>> padding;
    }

    private static int longest(List<Prefix> prefixes, long key) {
        int entry = MatchTable.NONE, length = -1;
        for (Prefix prefix : prefixes) {
            if (prefix.length > length && prefix.covers(key)) {
                entry = prefix.entry;
                length = prefix.length;
            }
        }
        return entry;
    }

    /** Every slot of every level: the two halves of each node, and hosts at both ends of it. */
    @ParameterizedTest(name = "room for {0}")
    @ValueSource(ints = {200, 20_000, 70_000, 300_000})
    void trie_prefixesOfEveryLength_coverFromTheirFirstToTheirLastKey(int capacity) {
        KeyLayout layout = KeyLayout.of(new KeyField("a", 128, MatchKind.LPM));
        try (var table = LpmTable.create(MatchTableConfig.of(layout, capacity), IdleListener.NONE)) {
            long[] key = {0x2001_0DB8_5555_AAAAL, 0x0123_4567_89AB_CDEFL};
            int[] entries = new int[129];
            for (int length = 0; length <= 128; length++) {
                entries[length] = table.add(key, 0, length, 0, 0);
            }
            for (int length = 0; length <= 128; length++) {
                // The first bit that differs is that behind the prefix.
                long[] last = key.clone();
                if (length < 128) {
                    last[length >>> 6] ^= 1L << (63 - (length & 63));
                }
                assertThat(table.match(last, 0, 0)).as("length=%d", length).isEqualTo(entries[length]);
            }
            for (int length = 128; length > 0; length -= 2) {
                table.remove(entries[length]);
            }
            assertThat(table.match(key, 0, 0)).isEqualTo(entries[127]);
            table.assertValid();
        }
    }
}
