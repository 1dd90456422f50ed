package dev.weir.server.config;

import java.time.Duration;
import java.util.List;

/** The options under {@code state}. */
final class StateSection {
    private static final Duration STANDARD = Duration.ofSeconds(10), LEAST = Duration.ofMillis(100);

    private static final Field<String> FILE = Field.required(
            "file",
            Kinds.FILE,
            "The snapshot; read at the start, replaced as a whole. Its folder is there and can be written to.");

    private static final Field<Duration> INTERVAL = Field.of(
            "interval",
            Kinds.DURATION,
            STANDARD,
            "10s",
            "How often it is written while packets flow, at least 100ms: what a process that is killed can lose.");

    static final Section<StateSettings> SECTION = new Section<>(
            "state",
            "Where flows and what programs know survive the process.",
            List.of(FILE, INTERVAL),
            StateSection::settings);

    private StateSection() {}

    private static StateSettings settings(Values values) {
        Duration interval = values.get(INTERVAL);
        if (interval.compareTo(LEAST) < 0) {
            values.fault(INTERVAL, "is too short; give 100ms or more");
        }
        return new StateSettings(values.get(FILE), interval);
    }
}
