package dev.weir.cli.ctl;

import dev.weir.api.v1.PurgeFlowsRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** {@code purge}: ends all flows that a filter chooses; all there are only where that was said. */
final class PurgeVerb extends Verb {
    private static final String ALL = "--all";

    PurgeVerb(Streams streams) {
        super(
                streams,
                "purge",
                "Ends all flows that a filter chooses, as deleted.",
                "",
                "Without a filter it ends all flows there are: that needs --all, or a yes on the terminal.");
        words("FILTER", "0..*", "Which flows, such as 'src in 10.0.0.0/8'; see docs/filters.md.");
        own().addOption(Options.flag("End all flows.", ALL));
        examples("  weir ctl purge 'proto == udp and duration > 1h'", "  weir ctl purge --all");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        String filter = String.join(" ", words());
        boolean all = has(ALL);
        if (all && !filter.isEmpty()) {
            throw CommandException.usage("--all: ends all flows, but there is a filter; give one of them");
        }
        if (filter.isEmpty() && !all && !confirmed(session)) {
            return CommandException.FAILED;
        }
        long purged = session.client()
                .flowTable()
                .purgeFlows(PurgeFlowsRequest.newBuilder().setFilter(filter).build())
                .getPurged();
        String number = Long.toUnsignedString(purged);
        session.printLine(
                session.json()
                        ? new Json().number("purged", purged)
                        : number + (purged == 1 ? " flow" : " flows") + " ended");
        return CommandException.DONE;
    }

    private static boolean confirmed(Session session) throws CommandException, IOException {
        Terminal terminal = session.streams().terminal();
        if (!terminal.err() || !Terminal.hasInput()) {
            throw CommandException.usage(
                    "purge: no filter, so all flows would end; say so with --all, or give a filter");
        }
        session.streams().err().print("End all flows of " + session.client().server() + "? [y/N] ");
        session.streams().err().flush();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String answer = in.readLine();
        boolean yes = answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
        if (!yes) {
            session.streams().err().println("weir: nothing was ended");
        }
        return yes;
    }
}
