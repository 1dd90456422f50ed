package dev.weir.cli.ctl;

import dev.weir.api.v1.ClearCountersRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import java.io.IOException;

/** {@code clear counters}. */
final class ClearVerb extends Verb {
    ClearVerb(Streams streams) {
        super(
                streams,
                "counters",
                "Sets all counters of the flow table, the nodes and the workers to zero; interfaces keep theirs.");
        examples("  weir ctl clear counters");
    }

    @Override
    protected int run(Session session) throws IOException {
        session.client().dataplane().clearCounters(ClearCountersRequest.getDefaultInstance());
        session.printLine(session.json() ? new Json().flag("cleared", true) : "counters cleared");
        return CommandException.DONE;
    }
}
