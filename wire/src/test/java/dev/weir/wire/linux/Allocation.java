package dev.weir.wire.linux;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How much the calling thread allocates for one call of a task, once the task is compiled. */
final class Allocation {
    private static final int CALLS = 5_000, ROUNDS = 60;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /**
     * Calls the task many times over, until a round allocates less than an octet a call or it is clear that none will;
     * compilation takes its time on a busy machine.
     */
    static long octetsPerCall(Runnable task) {
        long octets = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && octets != 0; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) task.run();
            octets = (THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS;
        }
        return octets;
    }
}
