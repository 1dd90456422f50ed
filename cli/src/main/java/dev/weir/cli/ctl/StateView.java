package dev.weir.cli.ctl;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.weir.api.v1.GetStateRequest;
import dev.weir.api.v1.GetStateResponse;
import dev.weir.api.v1.Restored;
import dev.weir.api.v1.Snapshot;
import dev.weir.cli.CommandException;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** {@code show state}: the snapshots by which flows survive the daemon. */
final class StateView {
    private static final double NANOS = 1e9;

    private StateView() {}

    static int show(Session session) throws IOException {
        GetStateResponse state = session.client().dataplane().getState(GetStateRequest.getDefaultInstance());
        if (session.json()) {
            session.printLine(json(state));
        } else if (state.getFile().isEmpty()) {
            session.printLine("flows end with the daemon; see 'state' of the configuration");
        } else {
            session.print(text(state));
        }
        return CommandException.DONE;
    }

    private static double seconds(Duration of) {
        return of.getSeconds() + of.getNanos() / NANOS;
    }

    private static Instant instant(Timestamp of) {
        return Instant.ofEpochSecond(of.getSeconds(), of.getNanos());
    }

    private static Json json(GetStateResponse state) {
        Json json = new Json()
                .text("file", state.getFile())
                .decimal("interval_seconds", seconds(state.getInterval()), 3)
                .number("written", state.getWritten())
                .number("failed", state.getFailed())
                .text("error", state.getError());
        if (state.hasLast()) {
            json.object("last", json(state.getLast()));
        }
        Restored back = state.getRestored();
        return json.object(
                "restored",
                new Json()
                        .text("outcome", back.getOutcome())
                        .text("why", back.getWhy())
                        .decimal("age_seconds", seconds(back.getAge()), 3)
                        .number("flows", back.getFlows())
                        .number("entries", back.getEntries())
                        .numbers("left_out", back.getLeftOutMap())
                        .numbers("decided_anew", back.getDecidedAnewMap()));
    }

    /** A snapshot as JSON. */
    static Json json(Snapshot snapshot) {
        return new Json()
                .text("taken", instant(snapshot.getTaken()).toString())
                .number("bytes", snapshot.getBytes())
                .number("flows", snapshot.getFlows())
                .number("entries", snapshot.getEntries())
                .decimal("duration_seconds", seconds(snapshot.getDuration()), 6);
    }

    /** A snapshot in a line. */
    static String text(Snapshot snapshot) {
        return String.format(
                Locale.ROOT,
                "%s, %d flows, %d entries, %d octets, in %.3f s",
                instant(snapshot.getTaken()),
                snapshot.getFlows(),
                snapshot.getEntries(),
                snapshot.getBytes(),
                seconds(snapshot.getDuration()));
    }

    private static String text(GetStateResponse state) {
        StringBuilder out = new StringBuilder();
        line(out, "file", state.getFile());
        line(out, "interval", String.format(Locale.ROOT, "%.3f s", seconds(state.getInterval())));
        if (state.hasLast()) {
            double age = (System.currentTimeMillis()
                            - instant(state.getLast().getTaken()).toEpochMilli())
                    / 1e3;
            line(out, "last", text(state.getLast()));
            line(out, "age", String.format(Locale.ROOT, "%.1f s", age));
        } else {
            line(out, "last", "none yet");
        }
        line(out, "written", Long.toUnsignedString(state.getWritten()));
        line(out, "failed", Long.toUnsignedString(state.getFailed()));
        if (!state.getError().isEmpty()) {
            line(out, "error", state.getError());
        }
        Restored back = state.getRestored();
        line(
                out,
                "at the start",
                switch (back.getOutcome()) {
                    case "refused" -> "refused: " + back.getWhy();
                    case "restored" ->
                        back.getFlows() + " flows and " + back.getEntries() + " entries came back, "
                                + String.format(Locale.ROOT, "%.1f s old", seconds(back.getAge()));
                    default -> "there was no snapshot";
                });
        lines(out, "left out: ", back.getLeftOutMap());
        lines(out, "decided anew: ", back.getDecidedAnewMap());
        return out.toString();
    }

    private static void lines(StringBuilder out, String what, Map<String, Long> values) {
        new TreeMap<>(values).forEach((name, value) -> line(out, what + name, Long.toUnsignedString(value)));
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append(String.format(Locale.ROOT, "%-24s %s%n", name, value));
    }
}
