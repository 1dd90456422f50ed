package dev.weir.wire.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;

/**
 * The real-time class of the scheduler (SCHED_RR, sched(7)). A thread in it gets its processor as soon as it can run, before all threads of the normal class
 * and those of lower priority, and keeps it until it waits: who never waits starves the others, but for the twentieth that the kernel leaves them. What it
 * starts is not in the class. {@link RealTimeThread} enters and leaves. Threads of this process are named by the kernel's numbers. Any platform thread.
 */
public final class RealTime {
    /** Priorities: whose turn comes before that of all normal threads, and whose before those. */
    public static final int LOW = 1, HIGH = 2;

    /** How often the kernel's list of threads is read: where one ends meanwhile, others may not be in it. */
    private static final int LOOKS = 3;

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
        Thread trial = Thread.ofPlatform()
                .name("weir-real-time")
                .start(() -> may[0] = new RealTimeThread(thread()).enter(HIGH));
        try {
            trial.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return may[0];
    }

    /**
     * Finds threads of this process by how their names begin, those of the JVM included. The kernel keeps 15 octets of a name.
     *
     * @return their numbers; some may have ended meanwhile
     */
    public static int[] threadsNamed(String beginning) {
        var found = new TreeSet<Integer>();
        for (int look = 0; look < LOOKS; look++) {
            try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
                for (Path thread : threads) {
                    if (name(thread).startsWith(beginning)) {
                        found.add(Integer.parseInt(String.valueOf(thread.getFileName())));
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                break; // there is no /proc
            }
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).strip();
        } catch (IOException e) {
            return ""; // it has just ended
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
