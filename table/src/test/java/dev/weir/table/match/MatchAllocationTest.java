package dev.weir.table.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Millions of packets that match, miss, add and outlive entries allocate nothing. */
class MatchAllocationTest {
    private static final int VECTOR = 256, ADDRESSES = 1 << 14;
    private static final long PACKETS = 2_000_000;

    static Stream<Arguments> tables() {
        return Stream.of(MatchKind.EXACT, MatchKind.LPM, MatchKind.TERNARY)
                .flatMap(kind -> Stream.of(32, 128).map(bits -> Arguments.of(kind, bits)));
    }

    @ParameterizedTest(name = "{0} {1} bits")
    @MethodSource("tables")
    void table_inSteadyState_allocatesNothing(MatchKind kind, int bits) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        KeyLayout layout = KeyLayout.of(new KeyField("a", bits, kind));
        var config = MatchTableConfig.of(layout, ADDRESSES).withPayloadBytes(8).withIdleTimeout(IdleTimeout.DELETE);
        try (var traffic = new Traffic(MatchTable.create(config, IdleListener.NONE))) {
            for (int i = 0; i < 12_000; i++) {
                traffic.vector();
            }
            long hits = traffic.hits, added = traffic.added;
            long before = threads.getCurrentThreadAllocatedBytes();
            for (long sent = 0; sent < PACKETS; sent += VECTOR) {
                traffic.vector();
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            traffic.table.assertValid();
            assertThat(allocated * 100 / PACKETS).as("octets a hundred packets").isZero();
            assertThat(traffic.hits - hits).isGreaterThan(PACKETS / 10);
            if (kind != MatchKind.TERNARY) {
                assertThat(traffic.added - added).isGreaterThan(PACKETS / 100);
            }
        }
    }

    /** Addresses at random; what misses is added where the kind of table has a call for packets. */
    private static final class Traffic implements AutoCloseable {
        private final MatchTable table;
        private final SplittableRandom random = new SplittableRandom(1);
        private final long[] keys;
        private final int[] found = new int[VECTOR];
        private final int words;
        private long now;
        private long hits, added;

        private Traffic(MatchTable table) {
            this.table = table;
            words = table.layout().words();
            keys = new long[VECTOR * words];
            for (int i = 0; i < 100; i++) {
                FieldMatch match = table.layout().kind() == TableKind.TERNARY
                        ? FieldMatch.ternary((long) i << 8, 0xFF00 | (i & 3))
                        : FieldMatch.exact(i);
                table.add(MatchKey.of(table.layout(), match), i, 0, 0);
            }
        }

        private void vector() {
            now += 100_000;
            for (int i = 0; i < VECTOR; i++) {
                keys[i * words + words - 1] = (long) random.nextInt(ADDRESSES) << (words == 1 ? 32 : 0);
            }
            table.match(keys, VECTOR, now, found);
            for (int i = 0; i < VECTOR; i++) {
                int entry = found[i] == MatchTable.NONE ? table.match(keys, i * words, now) : found[i];
                if (entry == MatchTable.NONE) {
                    added += add(i * words) >= 0 ? 1 : 0;
                } else {
                    table.touch(entry, now);
                    hits++;
                }
            }
            while (table.expire(now, VECTOR) == VECTOR) {}
        }

        private int add(int at) {
            return switch (table) {
                case ExactTable exact -> exact.add(keys, at, 20_000_000, now);
                case LpmTable lpm -> lpm.add(keys, at, words == 1 ? 32 : 128, 20_000_000, now);
                case TernaryTable _ -> MatchTable.NONE;
            };
        }

        @Override
        public void close() {
            table.close();
        }
    }
}
