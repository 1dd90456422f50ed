package dev.weir.wire.linux;

import java.lang.foreign.Arena;

/**
 * How long a thread wants to run at a time where others want its processor too (sched_setattr(2), sched(7)). One that asks for short slices gets its turn
 * sooner and more often, and ends it sooner; its share stays what it was. Needs no rights, and Linux 6.12. Any platform thread.
 */
public final class TimeSlice {
    /** The shortest and the longest that the scheduler knows. */
    public static final long SHORTEST_NANOS = 100_000, LONGEST_NANOS = 100_000_000;

    private TimeSlice() {}

    /**
     * Asks for the calling thread. An older kernel takes it and does nothing.
     *
     * @return false where it is in a real-time class, or the kernel does not let it
     */
    public static boolean ask(long nanos) {
        if (nanos < SHORTEST_NANOS || nanos > LONGEST_NANOS) {
            throw new IllegalArgumentException(
                    "slice out of range: nanos=" + nanos + ", limits=" + SHORTEST_NANOS + ".." + LONGEST_NANOS);
        }
        try (Arena arena = Arena.ofConfined()) {
            SchedulerAttributes attributes = SchedulerAttributes.in(arena);
            if (!attributes.read(SchedulerAttributes.CALLING) || attributes.policy() != SchedulerAttributes.NORMAL)
                return false;
            attributes.setSlice(nanos);
            return attributes.apply(SchedulerAttributes.CALLING);
        }
    }

    /** What the calling thread has, in nanoseconds; 0 where the kernel does not tell. */
    static long current() {
        try (Arena arena = Arena.ofConfined()) {
            SchedulerAttributes attributes = SchedulerAttributes.in(arena);
            return attributes.read(SchedulerAttributes.CALLING) ? attributes.slice() : 0;
        }
    }
}
