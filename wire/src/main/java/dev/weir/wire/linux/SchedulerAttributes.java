package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * How the scheduler treats a thread, as sched_getattr(2) tells and sched_setattr(2) takes it: the first version of struct sched_attr, which all
 * kernels take.
 */
final class SchedulerAttributes {
    /** Policies: the normal class, and round robin among real-time threads of one priority. */
    static final int NORMAL = 0, ROUND_ROBIN = 2;

    /** Of threads: the calling one. */
    static final int CALLING = 0;

    /** Of flags: threads that the thread starts are in the normal class (SCHED_FLAG_RESET_ON_FORK). */
    private static final long RESET_ON_FORK = 1;

    private static final int SIZE = 48, POLICY = 4, FLAGS = 8, PRIORITY = 20, RUNTIME = 24;

    private final MemorySegment memory;

    private SchedulerAttributes(MemorySegment memory) {
        this.memory = memory;
    }

    static SchedulerAttributes in(Arena arena) {
        MemorySegment memory = arena.allocate(SIZE, Long.BYTES);
        memory.set(JAVA_INT, 0, SIZE);
        return new SchedulerAttributes(memory);
    }

    /** Reads those of a thread; whether the kernel told. */
    boolean read(int thread) {
        return SystemCalls.schedulerAttributes(thread, memory) >= 0;
    }

    /** Has a thread treated so; whether the kernel does. */
    boolean apply(int thread) {
        return SystemCalls.setSchedulerAttributes(thread, memory) >= 0;
    }

    int policy() {
        return memory.get(JAVA_INT, POLICY);
    }

    /** Real-time, round robin, with this priority; threads that such a thread starts are in the normal class. */
    void beRealTime(int priority) {
        memory.set(JAVA_INT, POLICY, ROUND_ROBIN);
        memory.set(JAVA_INT, PRIORITY, priority);
        memory.set(JAVA_LONG, FLAGS, RESET_ON_FORK);
    }

    /** In the normal class: nanoseconds; 0 where the kernel knows no slices of single threads, or is to choose. */
    long slice() {
        return memory.get(JAVA_LONG, RUNTIME);
    }

    void setSlice(long nanos) {
        memory.set(JAVA_LONG, RUNTIME, nanos);
    }
}
