package dev.weir.bench;

import dev.weir.table.parts.KeyHash;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The keyed hash on its own; {@link #none} is the loop without it. Run: {@code weir bench jmh
 * Hash}; gc.alloc.rate.norm must be 0 B/op.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HashBenchmark {
    private static final int KEYS = 1024;

    private final KeyHash hasher = new KeyHash(1);
    private final long[] words = new SplittableRandom(1).longs(KEYS + 4).toArray();

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public long none() {
        long sum = 0;
        for (int i = 0; i < KEYS; i++) {
            sum ^= words[i] + words[i + 1];
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public long ipv4() {
        long sum = 0;
        for (int i = 0; i < KEYS; i++) {
            sum ^= hasher.hash(words[i], words[i + 1]);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public long ipv6() {
        long sum = 0;
        for (int i = 0; i < KEYS; i++) {
            sum ^= hasher.hash(words[i], words[i + 1], words[i + 2], words[i + 3], words[i + 4]);
        }
        return sum;
    }
}
