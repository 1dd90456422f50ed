package dev.weir.server.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with what survives; immutable.
 *
 * @param file the snapshot
 * @param interval how often it is written
 * @param last the newest that this process wrote; null for none yet
 * @param written how many it wrote
 * @param failed how many it could not write
 * @param error why the last attempt failed; empty where it did not
 * @param restored what came back at the start
 */
public record StateStatus(
        String file,
        Duration interval,
        @Nullable Snapshot last,
        long written,
        long failed,
        String error,
        Restored restored) {
    StateStatus with(Restored back) {
        return new StateStatus(file, interval, last, written, failed, error, back);
    }

    /**
     * A snapshot.
     *
     * @param taken when its writing began
     * @param entries of programs' tables
     * @param duration how long it took to write
     */
    public record Snapshot(Instant taken, long octets, long flows, long entries, Duration duration) {}

    /**
     * What the start made of the snapshot that was there.
     *
     * @param outcome {@code none} where there was none, {@code restored}, {@code refused} where it could not be used
     * @param why of one that was refused; empty else
     * @param age how old it was
     * @param leftOut flows and entries that did not fit, by reason
     * @param forgotten by node, flows that it decides anew
     */
    public record Restored(
            String outcome,
            String why,
            Duration age,
            long flows,
            long entries,
            Map<String, Long> leftOut,
            Map<String, Long> forgotten) {
        public Restored {
            leftOut = Map.copyOf(leftOut);
            forgotten = Map.copyOf(forgotten);
        }

        static Restored none() {
            return new Restored("none", "", Duration.ZERO, 0, 0, Map.of(), Map.of());
        }

        static Restored refused(String why) {
            return new Restored("refused", why, Duration.ZERO, 0, 0, Map.of(), Map.of());
        }
    }
}
