package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums by key against a map of all of them. */
class FlowSumsTableTest {
    private record Key(int kind, long high, long low) {}

    private static Key key(FlowSumsTable table, int at) {
        return new Key(table.kind(at), table.high(at), table.low(at));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x5EED})
    void sums_ofFewerKeysThanTheLimit_areThoseOfAMap(long seed) {
        var random = new SplittableRandom(seed);
        var table = new FlowSumsTable(FlowSumsTable.BYTES, 1 << 16);
        Map<Key, long[]> oracle = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            var key = new Key(random.nextInt(3), random.nextInt(4), random.nextInt(3000));
            long packets = random.nextInt(100), bytes = random.nextInt(100_000);
            table.add(key.kind, key.high, key.low, packets, bytes, packets / 2, bytes / 2);
            long[] sums = oracle.computeIfAbsent(key, _ -> new long[5]);
            long[] more = {1, packets, bytes, packets / 2, bytes / 2};
            for (int s = 0; s < more.length; s++) {
                sums[s] += more[s];
            }
        }
        assertThat(table.seen()).as("seed=%d", seed).isEqualTo(oracle.size());
        assertThat(table.shortBy()).isZero();
        int[] all = table.largest(Integer.MAX_VALUE);
        assertThat(all).hasSize(oracle.size());
        for (int at : all) {
            long[] expected = oracle.getOrDefault(key(table, at), new long[5]);
            for (int s = 0; s < 5; s++) {
                assertThat(table.sum(at, s)).as("seed=%d", seed).isEqualTo(expected[s]);
            }
        }
        List<Long> bytes = Arrays.stream(all)
                .mapToObj(at -> table.sum(at, FlowSumsTable.BYTES))
                .toList();
        assertThat(bytes).isSortedAccordingTo(Comparator.reverseOrder());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x5EED})
    void sums_ofMoreKeysThanTheLimit_areTooLowByNoMoreThanIsSaid(long seed) {
        var random = new SplittableRandom(seed);
        var table = new FlowSumsTable(FlowSumsTable.BYTES, 256);
        Map<Key, Long> oracle = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            boolean large = random.nextInt(10) == 0;
            var key = new Key(4, 0, large ? random.nextInt(5) : 5 + random.nextInt(10_000));
            long bytes = large ? 10_000 : random.nextInt(10);
            table.add(key.kind, key.high, key.low, 1, bytes, 0, 0);
            oracle.merge(key, bytes, Long::sum);
        }
        assertThat(table.shortBy()).as("seed=%d", seed).isPositive();
        int[] largest = table.largest(5);
        for (int at : largest) {
            long exact = oracle.getOrDefault(key(table, at), -1L);
            assertThat(table.sum(at, FlowSumsTable.BYTES))
                    .as("seed=%d", seed)
                    .isBetween(exact - table.shortBy(), exact);
            assertThat(table.low(at)).as("seed=%d", seed).isLessThan(5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {FlowSumsTable.FLOWS, FlowSumsTable.PACKETS, FlowSumsTable.BYTES})
    void forgetting_whereAllAreEqual_staysWithinTheLimit(int order) {
        var table = new FlowSumsTable(order, 64);
        for (int i = 0; i < 10_000; i++) {
            table.add(4, 0, i, 1, 1, 0, 0);
        }
        assertThat(table.largest(Integer.MAX_VALUE).length).isBetween(1, 64);
        assertThat(table.seen()).isEqualTo(10_000);
    }
}
