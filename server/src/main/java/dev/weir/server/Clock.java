package dev.weir.server;

import java.time.Instant;

/** The machine's clock. */
public final class Clock {
    private Clock() {}

    /** Nanoseconds since 1970. */
    public static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }
}
