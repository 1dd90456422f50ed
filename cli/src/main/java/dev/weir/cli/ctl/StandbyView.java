package dev.weir.cli.ctl;

import com.google.protobuf.Duration;
import dev.weir.api.v1.GetStandbyRequest;
import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.api.v1.GetStandbyResponse.Role;
import dev.weir.api.v1.Term;
import dev.weir.cli.CommandException;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** {@code show standby}: what this machine of a pair is, and how far behind. */
final class StandbyView {
    private static final double NANOS = 1e9, MILLIS = 1e3;

    private StandbyView() {}

    static int show(Session session) throws IOException {
        GetStandbyResponse standby = session.client().standby().getStandby(GetStandbyRequest.getDefaultInstance());
        if (session.json()) {
            session.printLine(json(standby));
        } else {
            session.print(text(standby));
        }
        return CommandException.DONE;
    }

    private static double seconds(Duration of) {
        return of.getSeconds() + of.getNanos() / NANOS;
    }

    private static String role(GetStandbyResponse standby) {
        return standby.getRole() == Role.PRIMARY ? "primary" : "standby";
    }

    /** Adds a term. */
    static Json json(Json to, Term term) {
        return to.number("term", term.getNumber()).text("machine", Long.toHexString(term.getMachine()));
    }

    private static Json json(GetStandbyResponse standby) {
        Json json = json(new Json().text("role", role(standby)), standby.getTerm())
                .text("peer", standby.getPeer())
                .flag("peer_answers", standby.getPeerAnswers())
                .decimal("since_answer_seconds", seconds(standby.getSinceAnswer()), 3)
                .flag("in_step", standby.getInStep());
        if (standby.hasLag()) {
            json.decimal("lag_seconds", seconds(standby.getLag()), 3);
        }
        if (standby.hasProgramLag()) {
            json.decimal("program_lag_seconds", seconds(standby.getProgramLag()), 3);
        }
        if (standby.hasTakeOver()) {
            json.decimal("take_over_seconds", seconds(standby.getTakeOver()), 3);
        }
        return json.number("flows", standby.getFlows())
                .number("followed_term", standby.getFollowedTerm())
                .number("rounds", standby.getRounds())
                .number("streams", standby.getStreams())
                .number("taken_over", standby.getTakenOver())
                .number("taken_over_entries", standby.getTakenOverEntries())
                .numbers("left_out", standby.getLeftOutMap())
                .numbers("decided_anew", standby.getDecidedAnewMap())
                .texts("not_followed", standby.getNotFollowedList())
                .text("error", standby.getError());
    }

    private static String text(GetStandbyResponse standby) {
        boolean primary = standby.getRole() == Role.PRIMARY;
        StringBuilder out = new StringBuilder();
        line(out, "role", role(standby));
        line(out, "term", Long.toUnsignedString(standby.getTerm().getNumber()));
        line(out, "machine", Long.toHexString(standby.getTerm().getMachine()));
        line(
                out,
                "other machine",
                standby.getPeer()
                        + (standby.getPeerAnswers()
                                ? ""
                                : ", does not answer, since "
                                        + String.format(Locale.ROOT, "%.1f s", seconds(standby.getSinceAnswer()))));
        line(
                out,
                "takes over",
                standby.hasTakeOver()
                        ? String.format(Locale.ROOT, "after %.1f s of silence", seconds(standby.getTakeOver()))
                        : "on command");
        line(out, primary ? "followed" : "in step", standby.getInStep() ? "yes" : "no");
        if (standby.hasLag()) {
            line(out, "lag", String.format(Locale.ROOT, "%.0f ms", seconds(standby.getLag()) * MILLIS));
        }
        if (standby.hasProgramLag()) {
            line(out, "lag of programs", String.format(Locale.ROOT, "%.1f s", seconds(standby.getProgramLag())));
        }
        line(out, primary ? "changed last" : "flows", Long.toUnsignedString(standby.getFlows()));
        line(out, "rounds", Long.toUnsignedString(standby.getRounds()));
        line(out, "streams", Long.toUnsignedString(standby.getStreams()));
        line(out, "taken over", Long.toUnsignedString(standby.getTakenOver()));
        line(out, "entries taken over", Long.toUnsignedString(standby.getTakenOverEntries()));
        lines(out, "left out: ", standby.getLeftOutMap());
        lines(out, "decided anew: ", standby.getDecidedAnewMap());
        standby.getNotFollowedList().forEach(program -> line(out, "not followed", "program " + program));
        if (!standby.getError().isEmpty()) {
            line(out, "error", standby.getError());
        }
        return out.toString();
    }

    private static void lines(StringBuilder out, String what, Map<String, Long> values) {
        new TreeMap<>(values).forEach((name, value) -> line(out, what + name, Long.toUnsignedString(value)));
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append(String.format(Locale.ROOT, "%-24s %s%n", name, value));
    }
}
