package dev.weir.bench;

import dev.weir.table.match.FieldMatch;
import dev.weir.table.match.IdleListener;
import dev.weir.table.match.KeyField;
import dev.weir.table.match.KeyLayout;
import dev.weir.table.match.MatchKey;
import dev.weir.table.match.MatchKind;
import dev.weir.table.match.MatchTableConfig;
import dev.weir.table.match.TernaryTable;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A filter of 1000 entries with few masks over addresses, protocol and port, priorities at random; each packet matches the
 * entry that it was made for. Run: {@code weir bench jmh Ternary}; gc.alloc.rate.norm must be 0 B/op.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TernaryBenchmark {
    private static final int ENTRIES = 1000, VECTOR = 256, VECTORS = 64;
    private static final KeyLayout LAYOUT = KeyLayout.of(
            new KeyField("srcAddr", 32, MatchKind.TERNARY),
            new KeyField("dstAddr", 32, MatchKind.TERNARY),
            new KeyField("protocol", 8, MatchKind.OPTIONAL),
            new KeyField("dstPort", 16, MatchKind.RANGE));

    @Param({"1", "8", "64"})
    int masks;

    private final long[][] keys = new long[VECTORS][VECTOR * LAYOUT.words()];
    private final TernaryTable table = TernaryTable.create(
            MatchTableConfig.of(LAYOUT, ENTRIES).withPayloadBytes(16).withHashSeed(1), IdleListener.NONE);
    private int at;

    @Setup
    public void fill() {
        var random = new SplittableRandom(1);
        long[][] made = new long[ENTRIES][];
        for (int i = 0; i < ENTRIES; i++) {
            int mask = i % masks;
            long source = -1L << (mask & 7) & 0xFFFF_FFFFL, destination = -1L << (mask >>> 3) & 0xFFFF_FFFFL;
            made[i] = new long[] {random.nextInt() & 0xFFFF_FFFFL, random.nextInt(16) << 8 | 0x0A00_0000L};
            MatchKey key = MatchKey.of(
                    LAYOUT,
                    FieldMatch.ternary(made[i][0], source),
                    FieldMatch.ternary(made[i][1], destination),
                    FieldMatch.exact(6),
                    FieldMatch.range(80, 443));
            table.add(key, random.nextInt(1_000_000), 0, 0);
        }
        for (long[] vector : keys) {
            for (int i = 0; i < VECTOR; i++) {
                long[] packet = made[random.nextInt(ENTRIES)];
                int key = i * LAYOUT.words();
                LAYOUT.put(vector, key, 0, packet[0]);
                LAYOUT.put(vector, key, 1, packet[1]);
                LAYOUT.put(vector, key, 2, 6);
                LAYOUT.put(vector, key, 3, 80 + random.nextInt(300));
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(VECTOR)
    public long oneByOne() {
        at = at + 1 == VECTORS ? 0 : at + 1;
        long[] vector = keys[at];
        long sum = 0;
        for (int i = 0; i < VECTOR; i++) {
            sum += table.match(vector, i * LAYOUT.words(), 0);
        }
        return sum;
    }

    @TearDown
    public void free() {
        table.close();
    }
}
