package dev.weir.bench.wire;

import dev.weir.wire.linux.Affinity;
import dev.weir.wire.linux.Isolation;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What the machine itself adds to latencies: how long something waits for a thread that never leaves its processor, because
 * the kernel, the hypervisor or another program has the processor at that instant. No program that forwards by a thread of
 * its own stays below. The subject's processor is looked at while the generator's is busy too, as in a trial.
 *
 * @param p999 the 99.9th percentile of the wait from any instant on, nanoseconds
 * @param longest nanoseconds
 */
record WireFloor(double p999, double longest) {
    private static final double QUANTILE = 0.999;
    private static final long GAP_NANOS = 1_000, WARM_UP_NANOS = 1_000_000_000;
    private static final int MAX_GAPS = 1 << 20;

    /** @param isolated whether other programs are kept off the subject's processors meanwhile */
    static WireFloor measure(WireCores cores, double seconds, boolean isolated) throws IOException {
        try (Isolation _ = isolated ? cores.isolate() : null) {
            return measure(cores, seconds);
        }
    }

    private static WireFloor measure(WireCores cores, double seconds) throws IOException {
        long nanos = (long) (seconds * 1e9);
        var beside = start(cores.generator(), nanos);
        var looking = start(cores.lastOfSubject(), nanos);
        try {
            var _ = beside.get();
            return of(looking.get(), nanos);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the machine was looked at", e);
        }
    }

    private static FutureTask<long[]> start(int cpu, long nanos) {
        var task = new FutureTask<>(() -> {
            Affinity.pin(cpu);
            gaps(WARM_UP_NANOS);
            return gaps(nanos);
        });
        Thread.ofPlatform().name("wire-floor-" + cpu).daemon().start(task);
        return task;
    }

    /** Reads the clock all the time; the times between two readings that are longer than the reading takes. */
    private static long[] gaps(long nanos) {
        long[] gaps = new long[MAX_GAPS];
        int count = 0;
        long begun = System.nanoTime();
        for (long last = begun, now = begun; now - begun < nanos && count < MAX_GAPS; last = now) {
            now = System.nanoTime();
            if (now - last > GAP_NANOS) {
                gaps[count++] = now - last;
            }
        }
        return Arrays.copyOf(gaps, count);
    }

    /**
     * An instant in a gap waits until the gap's end. So of all instants those that wait longer than {@code x} are the sum of
     * what the gaps are longer than {@code x}: the percentile is the {@code x} for which that is a thousandth of the time.
     */
    static WireFloor of(long[] gaps, long nanos) {
        long[] sorted = gaps.clone();
        Arrays.sort(sorted);
        double rest = (1 - QUANTILE) * nanos, sum = 0;
        for (int longer = 1; longer <= sorted.length; longer++) {
            int at = sorted.length - longer;
            sum += sorted[at];
            double wait = (sum - rest) / longer;
            if (wait >= (at == 0 ? 0 : sorted[at - 1])) {
                return new WireFloor(wait, sorted[sorted.length - 1]);
            }
        }
        return new WireFloor(0, sorted.length == 0 ? 0 : sorted[sorted.length - 1]);
    }
}
