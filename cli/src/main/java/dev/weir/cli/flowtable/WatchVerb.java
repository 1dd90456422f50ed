package dev.weir.cli.flowtable;

import dev.weir.api.v1.WatchTableFlowsRequest;
import dev.weir.api.v1.WatchTableFlowsResponse;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import dev.weir.offload.model.Flow;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;

/** {@code weir flow-table watch}: a line for each flow that comes, changes or ends, until it is ended. */
final class WatchVerb extends Verb {
    WatchVerb(Streams streams) {
        super(
                streams,
                "watch",
                "Tells which flows of devices come, change and end, as it happens, a line each.",
                "",
                "What was missed because this reader was too slow is counted where it is missing.");
        words("INTERFACE", "0..1", ModelVerb.INTERFACE + " Default: all.");
        examples("  weir flow-table watch unft0");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        session.streams().interruption().onRequest(session.client()::close);
        WatchTableFlowsRequest request = WatchTableFlowsRequest.newBuilder()
                .setInterface(words().isEmpty() ? "" : words().getFirst())
                .build();
        Iterator<WatchTableFlowsResponse> events =
                session.client().flowTableDeviceStreams().watchTableFlows(request);
        while (events.hasNext()) {
            WatchTableFlowsResponse event = events.next();
            if (event.getMissed() > 0)
                session.printLine(event.getDriver() + ": " + event.getMissed() + " events missed");
            else print(session, event);
            session.out().flush();
        }
        return CommandException.DONE;
    }

    private static void print(Session session, WatchTableFlowsResponse event) throws CommandException, IOException {
        String cause = event.getCause().name().toLowerCase(Locale.ROOT).replace('_', '-');
        for (Flow flow : GetFlowsVerb.flows(session, event.getDocument())) {
            session.printLine(event.getDriver() + "/" + Integer.toUnsignedString(event.getInterface()) + " " + cause
                    + " table " + flow.table() + " flow " + flow.uid() + " priority " + flow.priority() + " packets "
                    + Long.toUnsignedString(flow.seen().packets()) + " bytes "
                    + Long.toUnsignedString(flow.seen().bytes()));
        }
    }
}
