package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * How long a thread wants to run at a time where others want its processor too (sched_setattr(2), sched(7)). One that asks for short slices gets its turn
 * sooner and more often, and ends it sooner; its share stays what it was. Needs no rights, and Linux 6.12. Any platform thread.
 */
public final class TimeSlice {
    /** The shortest and the longest that the scheduler knows. */
    public static final long SHORTEST_NANOS = 100_000, LONGEST_NANOS = 100_000_000;

    /** struct sched_attr as it was at first, which all versions take: 0 size, 4 policy, 8 flags, 16 nice, 20 priority, 24 slice. */
    private static final int SIZE = 48, POLICY = 4, SLICE = 24, NORMAL = 0;

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
            MemorySegment attributes = attributes(arena);
            if (SystemCalls.schedulerAttributes(attributes) < 0 || attributes.get(JAVA_INT, POLICY) != NORMAL) {
                return false;
            }
            attributes.set(JAVA_LONG, SLICE, nanos);
            return SystemCalls.setSchedulerAttributes(attributes) >= 0;
        }
    }

    /** What the calling thread has, in nanoseconds; 0 where the kernel does not tell. */
    static long current() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = attributes(arena);
            return SystemCalls.schedulerAttributes(attributes) < 0 ? 0 : attributes.get(JAVA_LONG, SLICE);
        }
    }

    private static MemorySegment attributes(Arena arena) {
        MemorySegment attributes = arena.allocate(SIZE, Long.BYTES);
        attributes.set(JAVA_INT, 0, SIZE);
        return attributes;
    }
}
