package dev.weir.server.standby;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long a machine of a pair waits for what, in nanoseconds. Immutable.
 *
 * @param limit for how long the other machine may be silent
 * @param first the same at the least where it has never answered: both may be starting
 * @param firstCall how long is waited for its first answer
 * @param watch how often a machine that forwards asks the other one
 */
record Patience(long limit, long first, long firstCall, long watch) {
    /** Where nobody says when to take over. */
    static final Duration LIMIT = Duration.ofSeconds(3);

    private static final long SHORTEST_CALL = TimeUnit.MILLISECONDS.toNanos(500),
            LONGEST_CALL = TimeUnit.SECONDS.toNanos(1);

    static Patience of(Duration limit) {
        return new Patience(
                limit.toNanos(),
                TimeUnit.SECONDS.toNanos(5),
                TimeUnit.SECONDS.toNanos(3),
                TimeUnit.MILLISECONDS.toNanos(300));
    }

    /** For how long it may be silent. */
    long limit(boolean hasAnswered) {
        return hasAnswered ? limit : Math.max(limit, first);
    }

    /** How long is waited for an answer. */
    long call(boolean hasAnswered) {
        return hasAnswered ? Math.clamp(limit / 2, SHORTEST_CALL, LONGEST_CALL) : firstCall;
    }
}
