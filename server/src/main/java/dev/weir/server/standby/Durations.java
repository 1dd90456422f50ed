package dev.weir.server.standby;

import com.google.protobuf.Duration;

/** Times as messages. */
final class Durations {
    private static final long SECOND = 1_000_000_000L;

    private Durations() {}

    static Duration of(long nanos) {
        long sound = Math.max(0, nanos);
        return Duration.newBuilder()
                .setSeconds(sound / SECOND)
                .setNanos((int) (sound % SECOND))
                .build();
    }
}
