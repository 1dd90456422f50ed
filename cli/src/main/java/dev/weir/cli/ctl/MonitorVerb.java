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
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
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
    private static final long FIRST_PAUSE_MILLIS = 200, LAST_PAUSE_MILLIS = 5000;

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
            new Watch(session, request, sink, events).run();
        }
        return CommandException.DONE;
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

    /** One run: the place that was reached, over all connections. */
    private static final class Watch {
        private final Session session;
        private final WatchFlowsRequest request;
        private final RecordSink sink;
        private final FlowRows rows = new FlowRows();
        private long left;
        private @Nullable Position reached;

        Watch(Session session, WatchFlowsRequest request, RecordSink sink, long events) {
            this.session = session;
            this.request = request;
            this.sink = sink;
            this.left = events;
        }

        void run() throws IOException {
            long pause = FIRST_PAUSE_MILLIS;
            boolean cut = false;
            while (left > 0 && !session.interrupted()) {
                try {
                    Iterator<WatchFlowsResponse> answers =
                            session.client().flowTableStreams().watchFlows(from());
                    while (left > 0 && answers.hasNext()) {
                        take(answers.next());
                        if (cut) {
                            tell("connected again");
                        }
                        cut = false;
                        pause = FIRST_PAUSE_MILLIS;
                    }
                    if (left == 0) {
                        return;
                    }
                } catch (StatusRuntimeException e) {
                    if (session.interrupted() || reached == null || !passes(e.getStatus())) {
                        throw e;
                    }
                }
                if (!cut) {
                    tell("the connection is lost; trying to connect again");
                }
                cut = true;
                pause(pause);
                pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
            }
        }

        private WatchFlowsRequest from() {
            Position place = reached;
            return place == null
                    ? request
                    : request.toBuilder().setResumeAfter(place).build();
        }

        private void take(WatchFlowsResponse answer) throws IOException {
            if (answer.hasGap()) {
                sink.flush();
                session.printLine(gap(answer.getGap()));
            }
            for (Event event : answer.getEventsList()) {
                if (left > 0) {
                    sink.accept(rows.of(event));
                    left--;
                }
            }
            sink.flush();
            if (answer.hasPosition()) {
                reached = answer.getPosition();
            }
        }

        private Object gap(WatchFlowsResponse.Gap gap) {
            String reason = gap.getReason().name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (session.json()) {
                return new Json()
                        .object(
                                "gap",
                                new Json().number("missed", gap.getMissed()).text("reason", reason));
            }
            String why = switch (gap.getReason()) {
                case SLOW -> "this reader was too slow";
                case TOO_OLD -> "the daemon no longer had them when it was asked again";
                case OTHER_RUN -> "the daemon was started anew";
                case OVERRUN -> "there were more at once than the daemon could take down";
                default -> reason;
            };
            String number = gap.getMissed() == 0 ? "some" : Long.toUnsignedString(gap.getMissed());
            return "gap: " + number + (gap.getMissed() == 1 ? " event" : " events") + " missed: " + why;
        }

        /** Whether it may be otherwise in a while. */
        private static boolean passes(Status status) {
            return switch (status.getCode()) {
                case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED, ABORTED, INTERNAL, UNKNOWN -> true;
                default -> false;
            };
        }

        private void tell(String what) {
            session.streams().err().println("weir: " + session.client().server() + ": " + what);
        }

        private static void pause(long millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
