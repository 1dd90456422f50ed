package dev.weir.bench;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * Measures work that can be repeated: warms it up, then times it for some rounds, with the octets that the thread allocated and the garbage collections
 * in between. Call from the thread that does the work.
 */
final class Rounds {
    private static final long WARM_UP_NANOS = 3_000_000_000L, ROUND_NANOS = 700_000_000L;
    private static final int WARM_UP_LEAST = 4;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Runnable work;
    private final LongSupplier clock;
    private final long operations;
    private final double[] nanosPerOperation;
    private int repeats = 1;
    private long measured;
    private long allocatedBytes;
    private long collections;
    private long cpuNanos;
    private long wallNanos;

    /** @param operations that one run of {@code work} is */
    Rounds(int rounds, long operations, Runnable work) {
        this(rounds, operations, work, THREADS::getCurrentThreadCpuTime);
    }

    /** The same, timed by a clock of the work's own, in nanoseconds. */
    Rounds(int rounds, long operations, Runnable work, LongSupplier clock) {
        this.work = work;
        this.clock = clock;
        this.operations = operations;
        nanosPerOperation = new double[rounds];
    }

    /** Repeats the work for at least three seconds, and finds out how often it goes into a round of at least 0.7 s. */
    void warmUp() {
        long start = System.nanoTime();
        long last = 0;
        for (int done = 0; done < WARM_UP_LEAST || System.nanoTime() - start < WARM_UP_NANOS; done++) {
            long before = System.nanoTime();
            work.run();
            last = System.nanoTime() - before;
        }
        repeats = Math.clamp(ROUND_NANOS / Math.max(1, last) + 1, 1, 1_000_000);
    }

    void measure() {
        for (int round = 0; round < nanosPerOperation.length; round++) {
            measure(round);
        }
    }

    private void measure(int round) {
        long collectionsBefore = collectionCount();
        long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
        long wallBefore = System.nanoTime();
        long cpuBefore = THREADS.getCurrentThreadCpuTime();
        long start = clock.getAsLong();
        for (int i = 0; i < repeats; i++) {
            work.run();
        }
        long nanos = clock.getAsLong() - start;
        cpuNanos += THREADS.getCurrentThreadCpuTime() - cpuBefore;
        wallNanos += System.nanoTime() - wallBefore;
        allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
        collections += collectionCount() - collectionsBefore;
        measured += repeats * operations;
        nanosPerOperation[round] = (double) nanos / repeats / operations;
    }

    /** Of the thread's time on a processor, unless another clock was given: what else the machine does in between is not in it. */
    double[] nanosPerOperation() {
        return nanosPerOperation;
    }

    /** Operations in all measured rounds. */
    long measured() {
        return measured;
    }

    long allocatedBytes() {
        return allocatedBytes;
    }

    long collections() {
        return collections;
    }

    /** How much of the measured time the thread had a processor: less than about 0.98 means that something else was running. */
    double processorShare() {
        return (double) cpuNanos / wallNanos;
    }

    private static long collectionCount() {
        long count = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            count += Math.max(0, collector.getCollectionCount());
        }
        return count;
    }
}
