package dev.weir.wire.linux;

import java.lang.foreign.Arena;

/**
 * A thread of this process that enters the real-time class of the scheduler ({@link RealTime}) and leaves it again for what it had before: class, niceness,
 * slice. One thread at a time uses it; entering, leaving and asking for the time allocate nothing and take no lock. To enter takes CAP_SYS_NICE or RLIMIT_RTPRIO.
 */
public final class RealTimeThread {
    private final int thread;
    private final ThreadTime time;
    private final SchedulerAttributes before = SchedulerAttributes.in(Arena.ofAuto());
    private final SchedulerAttributes after = SchedulerAttributes.in(Arena.ofAuto());
    /** Whether it is as {@link #before} says no more. */
    private boolean changed;

    /** @param thread the kernel's number of it, {@link RealTime#thread} */
    public RealTimeThread(int thread) {
        this.thread = thread;
        time = new ThreadTime(thread);
    }

    /**
     * Puts the thread into the class, in which it must not be yet; where that is refused it is as before the first time.
     *
     * @param priority {@link RealTime#LOW} or {@link RealTime#HIGH}
     * @return false where it may not, or has ended
     */
    public boolean enter(int priority) {
        if (priority < RealTime.LOW || priority > RealTime.HIGH) {
            throw new IllegalArgumentException("priority out of range: priority=" + priority + ", limits=1..2");
        }
        if (!changed && !before.read(thread)) return false;
        after.beRealTime(priority);
        if (after.apply(thread)) {
            changed = true;
            return true;
        }
        leave();
        return false;
    }

    /**
     * Has it, which has entered, out of the class for a moment, behind all others of its processor (SCHED_IDLE): as one of the normal class it would be the first of them for as
     * long as a tick of the scheduler, up to 4 ms, having had no share of theirs before. False where it has ended.
     */
    public boolean stepAside() {
        if (!changed) return false;
        after.beIdle();
        return after.apply(thread);
    }

    /** Puts it back to where it was before it entered; false where it has ended, or never entered. */
    public boolean leave() {
        if (!changed) return false;
        changed = !before.apply(thread);
        return !changed;
    }

    /** Asks the kernel for all that the other methods ask for and changes nothing: for whoever wants what they call compiled before it matters. */
    public void rehearse() {
        after.read(thread);
        time.nanos();
    }

    /** Nanoseconds that it has had a processor, since it began; negative when it has ended. */
    public long nanos() {
        return time.nanos();
    }
}
