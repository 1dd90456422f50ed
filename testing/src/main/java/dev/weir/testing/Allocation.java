package dev.weir.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * How much the calling thread allocates in steady state. Interpreted code allocates what compiled code does not, and how
 * long the compilers take depends on what else the machine does; so work is repeated until a round allocates no more than
 * it may, and only time decides that none will.
 */
public final class Allocation {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /** Octets a call, rounded down, of a task that is called so many times a round. */
    public static long octetsPerCall(int calls, Runnable task) {
        return octetsOfRound(calls - 1, () -> {
                    for (int i = 0; i < calls; i++) task.run();
                })
                / calls;
    }

    /**
     * Octets that a round allocates.
     *
     * @param enough the first round that allocates no more decides; without such a round it is the one that allocates least
     */
    public static long octetsOfRound(long enough, Runnable round) {
        long begun = System.nanoTime(), least = Long.MAX_VALUE;
        do {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            round.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        } while (least > enough && System.nanoTime() - begun < PATIENCE_NANOS);
        return least;
    }
}
