package dev.weir.dataplane.graph;

import dev.weir.wire.linux.RealTime;
import dev.weir.wire.linux.ThreadTime;
import dev.weir.wire.linux.TimeSlice;
import org.jspecify.annotations.Nullable;

/**
 * One worker as {@link RealTimeWatch} sees it. It leaves the real-time class for {@link #FAIR_NANOS} when it had its processor for nearly all of a window, and
 * at once when it has it without getting on: HotSpot has a thread that calls a method which is just being replaced try again and again until the compiler's
 * thread is done, and that thread may be waiting for this very processor. The watch's thread alone; allocates only when it changes the class.
 */
final class RealTimeWorker {
    /** What is watched: a worker's thread. Any thread asks. */
    interface Watched {
        /** The kernel's number of the thread; 0 before it has begun, and when it has ended. */
        int thread();

        /** Grows with every cycle. */
        long progress();
    }

    static final long WINDOW_NANOS = 30_000_000, FAIR_NANOS = 100_000_000;
    /** Of the time between two looks: who had more of the processor had it all. */
    static final double ALL = 0.9, NEARLY_ALL = 0.95;

    private final Watched loop;
    private @Nullable ThreadTime time;
    private boolean entered;
    private long leftAt, windowBegan, hadAtWindow, lookedAt, hadAtLook, cyclesAtLook;

    RealTimeWorker(Watched loop) {
        this.loop = loop;
    }

    /** Enters or leaves the class where it is time; whether the worker does anything. */
    boolean look(long now) {
        int thread = loop.thread();
        if (thread == 0) return true;
        if (time == null) {
            time = new ThreadTime(thread);
            enter(time, now);
        } else if (entered) {
            return judge(time, now);
        } else if (now - leftAt >= FAIR_NANOS) {
            enter(time, now);
        }
        return true;
    }

    private void enter(ThreadTime itsTime, long now) {
        entered = RealTime.enter(loop.thread(), RealTime.LOW);
        leftAt = now;
        long had = itsTime.nanos();
        windowBegan = now;
        hadAtWindow = had;
        note(now, had, loop.progress());
    }

    private boolean judge(ThreadTime itsTime, long now) {
        long cycles = loop.progress();
        long had = itsTime.nanos();
        boolean stuck = cycles == cyclesAtLook && had - hadAtLook > ALL * (now - lookedAt);
        boolean windowEnds = now - windowBegan >= WINDOW_NANOS;
        boolean hogs = windowEnds && had - hadAtWindow > NEARLY_ALL * (now - windowBegan);
        if (stuck || hogs) {
            entered = !RealTime.leave(loop.thread(), TimeSlice.SHORTEST_NANOS);
            leftAt = now;
        }
        if (windowEnds) {
            windowBegan = now;
            hadAtWindow = had;
        }
        boolean idle = had == hadAtLook;
        note(now, had, cycles);
        return !idle;
    }

    /** Leaves the class, for good if it is not looked at again. */
    void leave() {
        int thread = loop.thread();
        if (entered && thread != 0) {
            entered = !RealTime.leave(thread, TimeSlice.SHORTEST_NANOS);
        }
    }

    private void note(long now, long had, long cycles) {
        lookedAt = now;
        hadAtLook = had;
        cyclesAtLook = cycles;
    }
}
