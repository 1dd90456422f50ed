package dev.weir.dataplane.graph;

import dev.weir.wire.linux.RealTime;
import dev.weir.wire.linux.RealTimeThread;
import org.jspecify.annotations.Nullable;

/**
 * One worker as {@link RealTimeWatch} sees it. It enters the real-time class when the JVM has compiled what the start needs. When it had its processor for nearly all of a
 * window it leaves: for {@link #BREATH_NANOS}, which a ring of packets holds, so that a worker that catches up with its packets catches up; when it did so {@value #HOGGED}
 * times in a row, for {@link #FAIR_NANOS}. Who did so {@value #HOGGED_COMPILING} times while the JVM compiles a lot probably waits for just that code, and stays out until it
 * is there; who has time left does not, and stays in, since compilers may take what is left. When it has the processor without getting on, it leaves at once, for
 * {@link #UNSTICK_NANOS}: HotSpot has a thread that calls a method which is just being replaced try again and again until the compiler's thread is done, which takes
 * microseconds, and that thread may be waiting for this very processor. The watch's thread alone; allocates only when the worker begins.
 */
final class RealTimeWorker {
    /** What is watched: a worker's thread. Any thread asks. */
    interface Watched {
        /** The kernel's number of the thread; 0 before it has begun, and when it has ended. */
        int thread();

        /** Grows with every cycle. */
        long progress();
    }

    static final long WINDOW_NANOS = 30_000_000,
            BREATH_NANOS = 3_000_000,
            FAIR_NANOS = 100_000_000,
            UNSTICK_NANOS = 5_000_000;
    static final int HOGGED = 10, HOGGED_COMPILING = 3;
    /** Of the time between two looks: who had more of the processor had it all. */
    static final double ALL = 0.9, NEARLY_ALL = 0.95;

    private final Watched loop;
    private @Nullable RealTimeThread worker;
    private boolean entered, waitsForCompilers = true;
    private int hogged;
    private long comesBackAt, windowBegan, hadAtWindow, lookedAt, hadAtLook, cyclesAtLook;

    RealTimeWorker(Watched loop) {
        this.loop = loop;
    }

    /**
     * Enters or leaves the class where it is time.
     *
     * @param compiling whether the JVM compiles a lot
     * @return whether the worker does anything
     */
    boolean look(long now, boolean compiling) {
        int thread = loop.thread();
        if (thread == 0) return true;
        if (worker == null) {
            worker = new RealTimeThread(thread);
            comesBackAt = now;
        }
        if (entered) return judge(worker, now, compiling);
        waitsForCompilers &= compiling;
        if (!waitsForCompilers && now - comesBackAt >= 0) enter(worker, now);
        return true;
    }

    private void enter(RealTimeThread thread, long now) {
        entered = thread.enter(RealTime.LOW);
        comesBackAt = now + FAIR_NANOS; // where it was refused
        long had = thread.nanos();
        windowBegan = now;
        hadAtWindow = had;
        note(now, had, loop.progress());
    }

    private boolean judge(RealTimeThread thread, long now, boolean compiling) {
        long cycles = loop.progress();
        long had = thread.nanos();
        boolean stuck = cycles == cyclesAtLook && had - hadAtLook > ALL * (now - lookedAt);
        boolean windowEnds = now - windowBegan >= WINDOW_NANOS;
        boolean hogs = windowEnds && had - hadAtWindow > NEARLY_ALL * (now - windowBegan);
        if (windowEnds) hogged = hogs ? hogged + 1 : 0;
        if (stuck || hogs) {
            entered = !thread.leave();
            comesBackAt = now + Math.max(hogs ? hogNanos(compiling) : 0, stuck ? UNSTICK_NANOS : 0);
        }
        if (windowEnds) {
            windowBegan = now;
            hadAtWindow = had;
        }
        boolean idle = had == hadAtLook;
        note(now, had, cycles);
        return !idle;
    }

    private long hogNanos(boolean compiling) {
        if (hogged < (compiling ? HOGGED_COMPILING : HOGGED)) return BREATH_NANOS;
        hogged = 0;
        waitsForCompilers = compiling;
        return FAIR_NANOS;
    }

    /** Leaves the class until it is looked at again, or for good. */
    void leave() {
        if (entered && worker != null && loop.thread() != 0) {
            entered = !worker.leave();
        }
    }

    private void note(long now, long had, long cycles) {
        lookedAt = now;
        hadAtLook = had;
        cyclesAtLook = cycles;
    }
}
