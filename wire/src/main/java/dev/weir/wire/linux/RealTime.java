package dev.weir.wire.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The real-time class of the scheduler (SCHED_RR, sched(7)). A thread in it gets its processor as soon as it can run, before all threads of the normal class
 * and those of lower priority, and keeps it until it waits: who never waits starves the others, but for the twentieth that the kernel leaves them. What it
 * starts is not in the class. Threads of this process are named by the kernel's numbers. Any platform thread; to enter takes CAP_SYS_NICE or RLIMIT_RTPRIO.
 */
public final class RealTime {
    /** Priorities: whose turn comes before that of all normal threads, and whose before those. */
    public static final int LOW = 1, HIGH = 2;

    private RealTime() {}

    /** The calling thread's number. */
    public static int thread() {
        return SystemCalls.gettid();
    }

    /**
     * Whether a thread that is started now may enter, with either priority: it has the rights, and its control group a share of real time. Tries it in a thread of its own.
     */
    public static boolean isPermitted() {
        boolean[] may = new boolean[1];
        Thread trial = Thread.ofPlatform().name("weir-real-time").start(() -> may[0] = enter(thread(), HIGH));
        try {
            trial.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return may[0];
    }

    /**
     * Finds a thread of this process by the first 15 octets of its name, those of the JVM included.
     *
     * @return its number, 0 where there is none
     */
    public static int threadNamed(String name) {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                if (Files.readString(thread.resolve("comm")).strip().equals(name)) {
                    return Integer.parseInt(String.valueOf(thread.getFileName()));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return 0; // one of them has just ended, or there is no /proc
        }
        return 0;
    }

    /** Puts a thread into the class; false where it may not, or there is no such thread. */
    public static boolean enter(int thread, int priority) {
        if (priority < LOW || priority > HIGH) {
            throw new IllegalArgumentException("priority out of range: priority=" + priority + ", limits=1..2");
        }
        return set(thread, SchedulerAttributes.ROUND_ROBIN, priority, 0);
    }

    /** Puts a thread back into the normal class, with this slice ({@link TimeSlice}); false where there is no such thread. */
    public static boolean leave(int thread, long sliceNanos) {
        return set(thread, SchedulerAttributes.NORMAL, 0, sliceNanos);
    }

    private static boolean set(int thread, int policy, int priority, long slice) {
        try (Arena arena = Arena.ofConfined()) {
            SchedulerAttributes attributes = SchedulerAttributes.in(arena);
            if (!attributes.read(thread)) return false;
            attributes.setPolicy(policy, priority);
            attributes.keepToItself();
            attributes.setSlice(slice);
            return attributes.apply(thread);
        }
    }

    /** Whether a thread is in the class. */
    public static boolean hasEntered(int thread) {
        try (Arena arena = Arena.ofConfined()) {
            SchedulerAttributes attributes = SchedulerAttributes.in(arena);
            return attributes.read(thread) && attributes.policy() == SchedulerAttributes.ROUND_ROBIN;
        }
    }
}
