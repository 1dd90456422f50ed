package dev.weir.bench;

import dev.weir.table.match.IdleListener;
import dev.weir.table.match.KeyField;
import dev.weir.table.match.KeyLayout;
import dev.weir.table.match.LpmTable;
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
 * Addresses in random order against prefixes of a made-up routing table: of 32 bits, lengths as in the Internet's (half of
 * them 24, most others 16 to 23, some up to 32); of 128 bits, 32 to 64, half of them 48. Each address lies in some prefix.
 * Run: {@code weir bench jmh Lpm}; gc.alloc.rate.norm must be 0 B/op.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LpmBenchmark {
    private static final int VECTOR = 256, VECTORS = 1024;

    @Param({"1000", "1000000"})
    int prefixes;

    @Param({"32", "128"})
    int bits;

    private final int[] found = new int[VECTOR];
    private long[][] keys = {};
    private LpmTable table = table(1, 32);
    private int at;
    private int words;

    private static LpmTable table(int capacity, int bits) {
        KeyLayout layout = KeyLayout.of(new KeyField("dstAddr", bits, MatchKind.LPM));
        return LpmTable.create(
                MatchTableConfig.of(layout, capacity).withPayloadBytes(16).withHashSeed(1), IdleListener.NONE);
    }

    @Setup
    public void fill() {
        free();
        table = table(prefixes, bits);
        words = bits / Long.SIZE + (bits < Long.SIZE ? 1 : 0);
        var random = new SplittableRandom(1);
        long[] starts = new long[prefixes];
        int[] lengths = new int[prefixes];
        long[] key = new long[words];
        for (int i = 0; i < prefixes; ) {
            key[0] = bits == 32 ? random.nextLong() & 0xFFFF_FFFFL << 32 : 0x2L << 60 | random.nextLong() >>> 4;
            lengths[i] = length(random);
            if (table.add(key, 0, lengths[i], 0, 0) >= 0) {
                starts[i++] = key[0];
            }
        }
        keys = new long[VECTORS][VECTOR * words];
        for (long[] vector : keys) {
            for (int i = 0; i < VECTOR; i++) {
                int prefix = random.nextInt(prefixes);
                long inside = lengths[prefix] == Long.SIZE ? 0 : random.nextLong() >>> lengths[prefix];
                long all = bits == 32 ? 0xFFFF_FFFFL << 32 : -1L;
                vector[i * words] = ((starts[prefix] & ~(-1L >>> lengths[prefix])) | inside) & all;
                if (words == 2) {
                    vector[2 * i + 1] = random.nextLong();
                }
            }
        }
    }

    private int length(SplittableRandom random) {
        int kind = random.nextInt(20);
        if (bits == 32) {
            return kind < 11 ? 24 : kind < 19 ? 16 + random.nextInt(8) : 25 + random.nextInt(8);
        }
        return kind < 10 ? 48 : 32 + random.nextInt(32);
    }

    @Benchmark
    @OperationsPerInvocation(VECTOR)
    public long oneByOne() {
        at = at + 1 == VECTORS ? 0 : at + 1;
        long[] vector = keys[at];
        long sum = 0;
        for (int i = 0; i < VECTOR; i++) {
            sum += table.match(vector, i * words, 0);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(VECTOR)
    public int vector() {
        at = at + 1 == VECTORS ? 0 : at + 1;
        table.match(keys[at], VECTOR, 0, found);
        return found[0];
    }

    @TearDown
    public void free() {
        table.close();
    }
}
