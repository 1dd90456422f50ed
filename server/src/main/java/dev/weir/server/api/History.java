package dev.weir.server.api;

import dev.weir.api.v1.GetHistoryResponse;
import dev.weir.api.v1.Sample;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneCounters;
import dev.weir.wire.linux.Niceness;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads all counters once a second and keeps what happened in each of the last {@link #KEPT} seconds, and the rates of
 * nodes and ports in the last one. One thread of its own, behind the workers; any thread asks.
 */
final class History implements AutoCloseable {
    /** How many samples are kept. */
    static final int KEPT = 600;

    private static final long PERIOD_NANOS = 1_000_000_000L;
    private static final int PATIENCE_SECONDS = 5;

    private final Dataplane plane;
    private final Thread thread;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private volatile Rates rates = Rates.NONE;

    History(Dataplane plane) {
        this.plane = plane;
        thread = Thread.ofPlatform().daemon().name("weir-history").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Those of late. */
    Rates rates() {
        return rates;
    }

    /** Samples behind one. */
    synchronized GetHistoryResponse since(long after) {
        var answer = GetHistoryResponse.newBuilder();
        samples.stream().filter(sample -> sample.getNumber() > after).forEach(answer::addSamples);
        return answer.build();
    }

    private void run() {
        Niceness.set(Niceness.LOWEST_PRIORITY);
        try {
            long next = System.nanoTime(), taken = next, number = 0;
            DataplaneCounters before = counters();
            while (true) {
                next = Math.max(next + PERIOD_NANOS, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
                DataplaneCounters now = counters();
                long at = System.nanoTime();
                Rates latest = Rates.between(before, now, at - taken);
                rates = latest;
                keep(latest.sample(++number));
                before = now;
                taken = at;
            }
        } catch (InterruptedException _) {
            // it ends
        }
    }

    /** Workers answer between two vectors; where they do not in time, or have too much else to do, there is no sample for that long. */
    private DataplaneCounters counters() throws InterruptedException {
        while (true) {
            try {
                return plane.counters().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException _) {
                // asked again
            } catch (ExecutionException _) {
                TimeUnit.NANOSECONDS.sleep(PERIOD_NANOS);
            }
        }
    }

    private synchronized void keep(Sample sample) {
        samples.addLast(sample);
        if (samples.size() > KEPT) {
            samples.removeFirst();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
