package dev.weir.cli.ctl;

import dev.weir.api.v1.Flow;
import dev.weir.api.v1.ListFlowsRequest;
import dev.weir.api.v1.ListFlowsResponse;
import dev.weir.api.v1.ScanFlowsRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.dataplane.RecordSink;
import dev.weir.export.JsonLinesSink;
import dev.weir.export.TableSink;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Locale;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code flows}: all that a filter chooses in one stream, or sorted, by pages. */
final class FlowsVerb extends Verb {
    private static final String SORT = "--sort", LIMIT = "--limit";
    private static final int PAGE = 1000;
    /** Of time stamps: all for programs, as many as people compare for people. */
    private static final int EXACT_DIGITS = 9, READABLE_DIGITS = 3;

    FlowsVerb(Streams streams) {
        super(
                streams,
                "flows",
                "Lists flows: all of them, or those that a filter chooses.",
                "",
                "docs/filters.md says what filters can say; quote them from the shell.");
        words("FILTER", "0..*", "Which flows, such as 'proto == tcp && bytes > 1M'. Default: all.");
        own().addOption(OptionSpec.builder(SORT)
                .paramLabel("COLUMN [desc]")
                .type(String.class)
                .parameterConsumer(FlowsVerb::sortOrder)
                .description("Order by a column; desc: the greatest first.")
                .build());
        own().addOption(Options.text("N", "At most N flows. Default: all.", LIMIT));
        examples(
                "  weir ctl flows",
                "  weir ctl flows --sort bytes desc --limit 10",
                "  weir ctl flows 'dst_port in {80, 443} and not offloaded'",
                "  weir ctl flows --json src in 10.0.0.0/8 | jq .dst_addr");
    }

    /** Takes the column, and the direction where one follows. */
    @SuppressWarnings("JdkObsolete") // the signature is picocli's
    private static void sortOrder(Stack<String> words, ArgSpec option, CommandSpec command) {
        if (words.isEmpty()) {
            throw new picocli.CommandLine.ParameterException(command.commandLine(), "--sort: which column? is missing");
        }
        String order = words.pop();
        if (!words.isEmpty()) {
            String direction = words.peek().toLowerCase(Locale.ROOT);
            if (direction.equals("desc") || direction.equals("asc")) {
                words.pop();
                order += direction.equals("desc") ? " desc" : "";
            }
        }
        option.setValue(order);
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        String filter = String.join(" ", words());
        String order = said(SORT);
        long limit = limit(said(LIMIT));
        session.streams().interruption().onRequest(session.client()::close);
        RecordSink sink = session.json()
                ? JsonLinesSink.ofFlows(session.out(), () -> EXACT_DIGITS)
                : new TableSink(session.out(), () -> READABLE_DIGITS, session.color());
        try {
            if (order == null) {
                scan(session, filter, limit, sink);
            } else {
                pages(session, filter, order, limit, sink);
            }
        } catch (StatusRuntimeException e) {
            sink.flush();
            throw e;
        }
        sink.close();
        return CommandException.DONE;
    }

    private static void scan(Session session, String filter, long limit, RecordSink sink) throws IOException {
        FlowRows rows = new FlowRows();
        ScanFlowsRequest request =
                ScanFlowsRequest.newBuilder().setFilter(filter).setLimit(limit).build();
        var answers = session.client().flowTableStreams().scanFlows(request);
        while (answers.hasNext()) {
            for (Flow flow : answers.next().getFlowsList()) {
                sink.accept(rows.of(flow));
            }
        }
    }

    private static void pages(Session session, String filter, String order, long limit, RecordSink sink)
            throws IOException {
        FlowRows rows = new FlowRows();
        String page = "";
        long left = limit == 0 ? Long.MAX_VALUE : limit;
        do {
            ListFlowsResponse answer = session.client()
                    .flowTable()
                    .listFlows(ListFlowsRequest.newBuilder()
                            .setFilter(filter)
                            .setOrderBy(order)
                            .setPageSize((int) Math.min(PAGE, left))
                            .setPageToken(page)
                            .build());
            for (Flow flow : answer.getFlowsList()) {
                sink.accept(rows.of(flow));
            }
            left -= answer.getFlowsCount();
            page = answer.getNextPageToken();
        } while (!page.isEmpty() && left > 0 && !session.interrupted());
    }

    /** 0 where none was said. */
    private static long limit(@Nullable String text) throws CommandException {
        return text == null ? 0 : Words.number(LIMIT, text, 1, Long.MAX_VALUE);
    }
}
