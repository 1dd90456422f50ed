package dev.weir.bench;

import dev.weir.table.match.ExactTable;
import dev.weir.table.match.IdleListener;
import dev.weir.table.match.IdleTimeout;
import dev.weir.table.match.KeyField;
import dev.weir.table.match.KeyLayout;
import dev.weir.table.match.MatchKind;
import dev.weir.table.match.MatchTableConfig;
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
 * Keys of a flow tracker (port, addresses, protocol, ports: 17 octets) that are in the table, in random order, each counted as
 * a hit. Run: {@code weir bench jmh ExactMatch}; gc.alloc.rate.norm must be 0 B/op.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ExactMatchBenchmark {
    private static final int VECTOR = 256, VECTORS = 1024;
    private static final KeyLayout LAYOUT = KeyLayout.of(
            new KeyField("input_port", 32, MatchKind.EXACT),
            new KeyField("srcAddr", 32, MatchKind.EXACT),
            new KeyField("dstAddr", 32, MatchKind.EXACT),
            new KeyField("protocol", 8, MatchKind.EXACT),
            new KeyField("srcPort", 16, MatchKind.EXACT),
            new KeyField("dstPort", 16, MatchKind.EXACT));
    private static final int WORDS = LAYOUT.words();

    /** 512 KiB and 61 MiB of entries. */
    @Param({"8192", "1000000"})
    int entries;

    private final long[][] keys = new long[VECTORS][VECTOR * WORDS];
    private final int[] found = new int[VECTOR];
    private ExactTable table = table(1);
    private long now = 1;
    private int at;

    private static ExactTable table(int capacity) {
        var config = MatchTableConfig.of(LAYOUT, capacity)
                .withPayloadBytes(16)
                .withIdleTimeout(IdleTimeout.DELETE)
                .withHashSeed(1);
        return ExactTable.create(config, IdleListener.NONE);
    }

    @Setup
    public void fill() {
        free();
        table = table(entries);
        long[] key = new long[WORDS];
        for (int i = 0; i < entries; i++) {
            put(key, 0, i);
            table.add(key, 0, 30_000_000_000L, now);
        }
        var random = new SplittableRandom(1);
        for (long[] vector : keys) {
            for (int i = 0; i < VECTOR; i++) {
                put(vector, i * WORDS, random.nextInt(entries));
            }
        }
    }

    private static void put(long[] key, int at, int flow) {
        LAYOUT.put(key, at, 0, 2);
        LAYOUT.put(key, at, 1, 0x0A00_0000L + (flow >>> 8));
        LAYOUT.put(key, at, 2, 0xC0A8_0001L);
        LAYOUT.put(key, at, 3, 6);
        LAYOUT.put(key, at, 4, 1024 + (flow & 0xFF));
        LAYOUT.put(key, at, 5, 443);
    }

    private long[] next() {
        at = at + 1 == VECTORS ? 0 : at + 1;
        now++;
        return keys[at];
    }

    @Benchmark
    @OperationsPerInvocation(VECTOR)
    public long oneByOne() {
        long[] vector = next();
        long sum = 0;
        for (int i = 0; i < VECTOR; i++) {
            int entry = table.match(vector, i * WORDS, now);
            table.touch(entry, now);
            sum += entry;
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(VECTOR)
    public long vector() {
        long[] vector = next();
        table.match(vector, VECTOR, now, found);
        long sum = 0;
        for (int entry : found) {
            table.touch(entry, now);
            sum += entry;
        }
        return sum;
    }

    @TearDown
    public void free() {
        table.close();
    }
}
