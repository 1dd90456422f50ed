package dev.weir.dataplane.graph;

import dev.weir.wire.linux.RealTime;
import dev.weir.wire.linux.RealTimeThread;
import org.jspecify.annotations.Nullable;

/**
 * One worker as {@link RealTimeWatch} sees it. It enters the real-time class when the JVM has compiled what the start needs. When it and the watch had its processor for nearly
 * all of a window, or half of it and never slept (the scheduler's clock leaves out what interrupts and other machines take), it steps aside for {@link #BREATH_NANOS}, which a ring of
 * packets holds. A window is long at first, so that a worker that catches up with its packets catches up; it is shorter for who had {@value #HOGGED} such windows, and as
 * short as a breath for who had {@value #HOGGED_COMPILING} while the JVM compiles a lot: that worker probably waits for just this code. Who has time left stays in, since
 * compilers may take what is left. When it has the processor without getting on, it steps aside at once, for {@link #UNSTICK_NANOS}: HotSpot has a thread that calls a method
 * which is just being replaced try again and again until the compiler's thread is done, which takes microseconds, and that thread may be waiting for this very processor. The
 * watch's thread alone; allocates only when the worker begins.
 */
final class RealTimeWorker {
    /** What is watched: a worker's thread. Any thread asks. */
    interface Watched {
        /** The kernel's number of the thread; 0 before it has begun, and when it has ended. */
        int thread();

        /** Grows with every cycle. */
        long progress();

        /** Grows whenever it has waited for something to do. */
        long sleeps();
    }

    static final long BREATH_NANOS = 1_000_000, UNSTICK_NANOS = 5_000_000, REFUSED_NANOS = 100_000_000;
    static final long LONG_WINDOW_NANOS = 10_000_000, SHORT_WINDOW_NANOS = 3_000_000;
    static final int HOGGED = 30, HOGGED_COMPILING = 9;
    /** Of the time between two looks: who had more of the processor had it all. */
    static final double ALL = 0.9, NEARLY_ALL = 0.93;
    /** Who had so much of a window, and slept at no time of it, had all of it that there was. */
    static final double WITHOUT_SLEEP = 0.5;

    private final Watched loop;
    private @Nullable RealTimeThread worker;
    private boolean entered, started;
    private int hogged;
    private long comesBackAt, windowBegan, takenAtWindow, sleepsAtWindow, lookedAt, hadAtLook, cyclesAtLook;

    RealTimeWorker(Watched loop) {
        this.loop = loop;
    }

    /**
     * Enters or leaves the class where it is time.
     *
     * @param others nanoseconds that the watch has had a processor
     * @param crowded whether all of the class together have nearly all that there is
     * @param compiling whether the JVM compiles a lot
     * @return whether the worker does anything
     */
    boolean look(long now, long others, boolean crowded, boolean compiling) {
        int thread = loop.thread();
        if (thread == 0) return true;
        if (worker == null) {
            worker = new RealTimeThread(thread);
            comesBackAt = now;
        }
        if (entered) return judge(worker, now, others, crowded, compiling);
        started |= !compiling;
        if (started && now - comesBackAt >= 0) enter(worker, now, others);
        return true;
    }

    private void enter(RealTimeThread thread, long now, long others) {
        entered = thread.enter(RealTime.LOW);
        comesBackAt = now + REFUSED_NANOS;
        long had = thread.nanos();
        beginWindow(now, had + others);
        note(now, had, loop.progress());
    }

    private boolean judge(RealTimeThread thread, long now, long others, boolean crowded, boolean compiling) {
        long cycles = loop.progress();
        long had = thread.nanos();
        boolean stuck = cycles == cyclesAtLook && had - hadAtLook > ALL * (now - lookedAt);
        boolean windowEnds = now - windowBegan >= windowNanos(compiling);
        double most = loop.sleeps() == sleepsAtWindow ? WITHOUT_SLEEP : NEARLY_ALL;
        boolean hogs = windowEnds && (crowded || had + others - takenAtWindow > most * (now - windowBegan));
        if (windowEnds) hogged = hogs ? Math.min(hogged + 1, HOGGED) : Math.max(hogged - 1, 0);
        if (stuck || hogs) {
            entered = !thread.stepAside();
            comesBackAt = now + (stuck ? UNSTICK_NANOS : BREATH_NANOS);
        }
        if (windowEnds) beginWindow(now, had + others);
        boolean idle = had == hadAtLook;
        note(now, had, cycles);
        return !idle;
    }

    private void beginWindow(long now, long taken) {
        windowBegan = now;
        takenAtWindow = taken;
        sleepsAtWindow = loop.sleeps();
    }

    private long windowNanos(boolean compiling) {
        if (compiling && hogged >= HOGGED_COMPILING) return BREATH_NANOS;
        return hogged < HOGGED ? LONG_WINDOW_NANOS : SHORT_WINDOW_NANOS;
    }

    /** Nanoseconds that it has had a processor, when it was last looked at in the class. */
    long had() {
        return hadAtLook;
    }

    /** Leaves the class, and is as before, until it is looked at again. */
    void leave() {
        if (worker != null && loop.thread() != 0) {
            worker.leave();
            entered = false;
        }
    }

    private void note(long now, long had, long cycles) {
        lookedAt = now;
        hadAtLook = had;
        cyclesAtLook = cycles;
    }
}
