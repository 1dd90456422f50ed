package dev.weir.cli.flowtable;

import dev.weir.api.v1.Position;
import dev.weir.api.v1.TableFlowEvent;
import dev.weir.api.v1.WatchTableFlowsRequest;
import dev.weir.api.v1.WatchTableFlowsResponse;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.EventStream;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import dev.weir.offload.model.Flow;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code weir flow-table watch}: a line for each flow that comes, changes or ends, until it is ended. */
final class WatchVerb extends Verb {
    WatchVerb(Streams streams) {
        super(
                streams,
                "watch",
                "Tells which flows of devices come, change and end, as it happens, a line each.",
                "",
                "A connection that breaks is made again; events that were missed are counted where they are missing.");
        words("INTERFACE", "0..1", ModelVerb.INTERFACE + " Default: all.");
        examples("  weir flow-table watch unft0");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        session.streams().interruption().onRequest(session.client()::close);
        WatchTableFlowsRequest request = WatchTableFlowsRequest.newBuilder()
                .setInterface(words().isEmpty() ? "" : words().getFirst())
                .build();
        new EventStream<>(
                        session,
                        after -> session.client().flowTableDeviceStreams().watchTableFlows(from(request, after)),
                        answer -> answer.hasPosition() ? answer.getPosition() : null)
                .follow(answer -> take(session, answer));
        return CommandException.DONE;
    }

    private static WatchTableFlowsRequest from(WatchTableFlowsRequest request, @Nullable Position after) {
        return after == null
                ? request
                : request.toBuilder().setResumeAfter(after).build();
    }

    private static boolean take(Session session, WatchTableFlowsResponse answer) throws CommandException, IOException {
        if (answer.hasGap()) session.printLine(EventStream.gap(session, answer.getGap()));
        for (TableFlowEvent event : answer.getEventsList()) print(session, event);
        session.out().flush();
        return true;
    }

    private static void print(Session session, TableFlowEvent event) throws CommandException, IOException {
        String cause = event.getCause().name().toLowerCase(Locale.ROOT).replace('_', '-');
        for (Flow flow : GetFlowsVerb.flows(session, event.getDocument())) {
            session.printLine(event.getDriver() + "/" + Integer.toUnsignedString(event.getInterface()) + " " + cause
                    + " table " + flow.table() + " flow " + flow.uid() + " priority " + flow.priority() + " packets "
                    + Long.toUnsignedString(flow.seen().packets()) + " bytes "
                    + Long.toUnsignedString(flow.seen().bytes()));
        }
    }
}
