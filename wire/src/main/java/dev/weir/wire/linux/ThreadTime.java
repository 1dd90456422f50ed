package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The time that a thread of this process has had a processor (clock_gettime(2), by the clock that pthread_getcpuclockid(3) gives). One thread uses it; reading
 * allocates nothing.
 */
public final class ThreadTime {
    /** The lowest bits of such a clock: one thread's, by the scheduler's count; above them the thread's number, inverted. */
    private static final int SCHEDULED_OF_THREAD = 6, SHIFT = 3;

    private static final long NANOS_A_SECOND = 1_000_000_000;

    private final int clock;
    private final MemorySegment time = Arena.ofAuto().allocate(JAVA_LONG, 2);

    /** @param thread the kernel's number of it, {@link RealTime#thread} */
    public ThreadTime(int thread) {
        clock = ~thread << SHIFT | SCHEDULED_OF_THREAD;
    }

    /** Nanoseconds since the thread began; negative when it has ended. */
    public long nanos() {
        if (SystemCalls.clockGetTime(clock, time) < 0) return -1;
        return time.get(JAVA_LONG, 0) * NANOS_A_SECOND + time.get(JAVA_LONG, Long.BYTES);
    }
}
