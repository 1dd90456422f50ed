package dev.weir.cli.ctl;

import dev.weir.api.v1.Event;
import dev.weir.api.v1.EventKind;
import dev.weir.api.v1.Position;
import dev.weir.api.v1.WatchFlowsRequest;
import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.dataplane.RecordSink;
import dev.weir.export.EventSink;
import dev.weir.export.JsonLinesSink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code monitor}: events as they happen, until it is interrupted. A connection that breaks is made again, and goes on after the last
 * event that was seen; what was missed is said where it is missing.
 */
final class MonitorVerb extends Verb {
    private static final String KINDS = "--kinds", COUNT = "--count";
    private static final int EXACT_DIGITS = 9, READABLE_DIGITS = 6;

    MonitorVerb(Streams streams) {
        super(
                streams,
                "monitor",
                "Tells what happens to flows as it happens: created, state changed, updated, ended.",
                "",
                "A connection that breaks is made again; events that were missed are counted where they are missing.");
        words("FILTER", "0..*", "Only events of flows that it chooses, as they are at the event. Default: all.");
        own().addOption(Options.text("KIND,...", "Only these: created, state-changed, updated, ended.", KINDS));
        own().addOption(Options.text("N", "End after N events.", COUNT));
        examples("  weir ctl monitor", "  weir ctl monitor --kinds ended --json 'bytes > 1M'");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        String kinds = said(KINDS);
        String count = said(COUNT);
        long events = count == null ? Long.MAX_VALUE : Words.number(COUNT, count, 1, Long.MAX_VALUE);
        WatchFlowsRequest request = WatchFlowsRequest.newBuilder()
                .setFilter(String.join(" ", words()))
                .addAllKinds(kinds(kinds))
                .build();
        session.streams().interruption().onRequest(session.client()::close);
        try (RecordSink sink = sink(session)) {
            new EventStream<>(
                            session,
                            after -> session.client().flowTableStreams().watchFlows(from(request, after)),
                            answer -> answer.hasPosition() ? answer.getPosition() : null)
                    .follow(taker(session, sink, events));
        }
        return CommandException.DONE;
    }

    private static WatchFlowsRequest from(WatchFlowsRequest request, @Nullable Position after) {
        return after == null
                ? request
                : request.toBuilder().setResumeAfter(after).build();
    }

    private static RecordSink sink(Session session) {
        OutputStream out = session.out();
        return session.json()
                ? JsonLinesSink.ofFlowEvents(out, () -> EXACT_DIGITS)
                : new EventSink(out, () -> READABLE_DIGITS);
    }

    private static List<EventKind> kinds(@Nullable String text) throws CommandException {
        List<EventKind> kinds = new ArrayList<>();
        for (String word : text == null ? new String[0] : text.split(",", -1)) {
            kinds.add(
                    switch (word.toLowerCase(Locale.ROOT)) {
                        case "created" -> EventKind.CREATED;
                        case "state-changed" -> EventKind.STATE_CHANGED;
                        case "updated" -> EventKind.UPDATED;
                        case "ended" -> EventKind.ENDED;
                        default ->
                            throw CommandException.usage(KINDS + ": '" + word
                                    + "' is no kind of event; give created, state-changed, updated or ended");
                    });
        }
        return kinds;
    }

    private static EventStream.Taker<WatchFlowsResponse> taker(Session session, RecordSink sink, long events) {
        FlowRows rows = new FlowRows();
        long[] left = {events};
        return answer -> {
            if (answer.hasGap()) {
                sink.flush();
                session.printLine(EventStream.gap(session, answer.getGap()));
            }
            for (Event event : answer.getEventsList()) {
                if (left[0] > 0) {
                    sink.accept(rows.of(event));
                    left[0]--;
                }
            }
            sink.flush();
            return left[0] > 0;
        };
    }
}
