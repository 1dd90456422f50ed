package dev.weir.server.standby;

import java.time.Instant;

/** The machine's clock. */
final class Clock {
    private Clock() {}

    /** Nanoseconds since 1970. */
    static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }
}
