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
    private final SchedulerAttributes aside = SchedulerAttributes.in(Arena.ofAuto());
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
        if (!changed) {
            if (!before.read(thread) || !aside.read(thread)) return false;
            aside.setSlice(TimeSlice.LONGEST_NANOS);
        }
        after.beRealTime(priority);
        if (after.apply(thread)) {
            changed = true;
            return true;
        }
        leave();
        return false;
    }

    /**
     * Has it, which has entered, out of the class for a moment, with the longest slice there is, so that others of its control group have their turn first. With a short one it
     * would itself be the first, having had no share of theirs before, and stay it until the scheduler's next tick, up to 4 ms. Its share is what it was: behind others
     * altogether (SCHED_IDLE) it could not come to where the JVM stops its threads, and the whole JVM would wait with it. False where it has ended, or never entered.
     */
    public boolean stepAside() {
        return changed && aside.apply(thread);
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
