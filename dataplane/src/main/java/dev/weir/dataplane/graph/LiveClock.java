package dev.weir.dataplane.graph;

import java.time.Instant;

/**
 * Wall time that never jumps: the system's clock when this was made, and from then on the monotonic one. Nanoseconds since
 * 1970. Any thread; allocates nothing.
 */
final class LiveClock {
    private final long offset;

    LiveClock() {
        Instant wall = Instant.now();
        offset = wall.getEpochSecond() * 1_000_000_000 + wall.getNano() - System.nanoTime();
    }

    long now() {
        return at(System.nanoTime());
    }

    /** What it showed when that was the time of {@link System#nanoTime}. */
    long at(long nanoTime) {
        return offset + nanoTime;
    }
}
