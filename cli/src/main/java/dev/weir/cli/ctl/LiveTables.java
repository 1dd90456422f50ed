package dev.weir.cli.ctl;

import dev.weir.api.v1.Event;
import dev.weir.api.v1.EventKind;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.GetCountersRequest;
import dev.weir.api.v1.GetCountersResponse;
import dev.weir.api.v1.ListNodesRequest;
import dev.weir.api.v1.ScanFlowsRequest;
import dev.weir.api.v1.WatchFlowsRequest;
import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.cli.CommandException;
import dev.weir.cli.Quantities;
import dev.weir.cli.Streams;
import dev.weir.export.ParquetRecords;
import dev.weir.export.ParquetRecords.Rows;
import dev.weir.export.duckdb.FlowQuery;
import dev.weir.export.duckdb.QueryException;
import dev.weir.export.duckdb.RecordFile;
import dev.weir.export.parquet.ParquetSink;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The tables of a running daemon for {@code weir query --server}: {@code flows} that live, {@code ended} and {@code events}, which are what happens while they are collected, and
 * {@code counters}. Only those that the statement names are asked for.
 */
public final class LiveTables {
    private static final String SERVER = "--server";
    private static final String FLOWS = "flows", ENDED = "ended", EVENTS = "events", COUNTERS = "counters";

    private final FlowQuery query;
    private final Client client;
    private final Path scratch;
    private final Streams streams;
    private final double timeoutSeconds;
    private final FlowRows rows = new FlowRows();

    private LiveTables(FlowQuery query, Client client, double timeoutSeconds, Path scratch, Streams streams) {
        this.query = query;
        this.client = client;
        this.scratch = scratch;
        this.streams = streams;
        this.timeoutSeconds = timeoutSeconds;
    }

    /** What can be said of the daemon. */
    public static void addTo(CommandSpec spec) {
        spec.addOption(OptionSpec.builder(SERVER)
                .paramLabel("PLACE")
                .arity("0..1")
                .fallbackValue("")
                .type(String.class)
                .description("Ask a running daemon: unix:PATH, HOST:PORT or https://HOST:PORT. Without a place: $"
                        + Options.SERVER_VARIABLE + ", else the Unix socket of this machine's.")
                .build());
        spec.addOption(Options.text("FILE", "Holds the token that tells a daemon on TCP who asks.", "--token-file"));
        spec.addOption(Options.text("FILE", "PEM file of certificates that the daemon's must lead to.", "--ca"));
        spec.addOption(Options.text("FILE", "PEM file of your own certificate.", "--cert"));
        spec.addOption(Options.text("FILE", "PEM file of its key (PKCS #8).", "--key"));
        spec.addOption(Options.text("T", "Wait so long for an answer. Default: 10s.", "--timeout"));
    }

    /** Whether a daemon is asked. */
    public static boolean asked(CommandSpec spec) {
        return spec.commandLine().getParseResult().hasMatchedOption(SERVER);
    }

    /**
     * Asks for the tables that the statement names.
     *
     * @param collectMillis how long to collect events, as lifetimes are stored; null where nothing was said
     * @return whether nothing was missed
     */
    public static boolean fill(
            FlowQuery query,
            CommandLine command,
            String sql,
            @Nullable Integer collectMillis,
            Path scratch,
            Streams streams)
            throws CommandException, QueryException, IOException {
        boolean happens = names(sql, ENDED) || names(sql, EVENTS);
        if (happens && collectMillis == null) {
            throw CommandException.usage(
                    "ended and events are what happens from now on; say for how long to collect them, such as --for 10s");
        }
        Options options = new Options(command, System.getenv());
        try (Client client = new Client(options.access(), options.timeoutSeconds())) {
            Runnable hangUp = client::close;
            streams.interruption().onRequest(() -> {
                query.cancel();
                hangUp.run();
            });
            try {
                LiveTables tables = new LiveTables(query, client, options.timeoutSeconds(), scratch, streams);
                return tables.fill(sql, happens && collectMillis != null ? Integer.toUnsignedLong(collectMillis) : 0);
            } catch (StatusRuntimeException e) {
                if (streams.interruption().requested()) {
                    return true;
                }
                throw client.failure(e, "");
            }
        }
    }

    /** Whether the statement may mean the table; one that is asked for in vain costs time, no more. */
    private static boolean names(String sql, String table) {
        return Pattern.compile("\\b" + table + "\\b", Pattern.CASE_INSENSITIVE)
                .matcher(sql)
                .find();
    }

    private boolean fill(String sql, long collectMillis) throws QueryException, IOException {
        boolean whole = true;
        if (collectMillis > 0) {
            whole = collect(collectMillis);
        }
        if (names(sql, FLOWS)) {
            flows();
        }
        if (names(sql, COUNTERS)) {
            counters();
        }
        return whole;
    }

    private Path file(String table) {
        return scratch.resolve(table + ".parquet");
    }

    private ParquetSink sink(String table, Rows kind) throws IOException {
        return ParquetRecords.toStream(Files.newOutputStream(file(table)), kind);
    }

    private void add(String table) throws QueryException, IOException {
        query.add(table, new RecordFile(file(table), RecordFile.Format.PARQUET));
    }

    private void flows() throws QueryException, IOException {
        try (ParquetSink sink = sink(FLOWS, Rows.FLOWS)) {
            var answers = client.flowTableStreams().scanFlows(ScanFlowsRequest.getDefaultInstance());
            while (answers.hasNext()) {
                for (Flow flow : answers.next().getFlowsList()) {
                    sink.accept(rows.of(flow));
                }
            }
        }
        add(FLOWS);
    }

    /** The time counts from the daemon's first answer on, which comes as soon as it takes down what happens. */
    private boolean collect(long millis) throws QueryException, IOException {
        long missed = 0;
        CancellableContext context = Context.current().withCancellation();
        Context before = context.attach();
        try (ParquetSink ended = sink(ENDED, Rows.RECORDS);
                ParquetSink events = sink(EVENTS, Rows.FLOW_EVENTS)) {
            Iterator<WatchFlowsResponse> answers = client.flowTableStreams()
                    .withDeadlineAfter(millis + (long) (1000 * timeoutSeconds), TimeUnit.MILLISECONDS)
                    .watchFlows(WatchFlowsRequest.getDefaultInstance());
            boolean begun = false;
            while (hasNext(answers, context)) {
                WatchFlowsResponse answer = answers.next();
                if (!begun) {
                    begun = true;
                    streams.err().println("weir: collecting what happens for " + Quantities.time(millis / 1e3));
                    endAfter(millis, context);
                }
                missed += answer.hasGap() ? Math.max(1, answer.getGap().getMissed()) : 0;
                for (Event event : answer.getEventsList()) {
                    events.accept(rows.of(event));
                    if (event.getKind() == EventKind.ENDED) {
                        ended.accept(rows.of(event));
                    }
                }
            }
        } finally {
            context.detach(before);
            context.cancel(null);
        }
        add(ENDED);
        add(EVENTS);
        if (missed > 0) {
            streams.err().println("weir: " + missed + " events were missed: more happened than could be told");
        }
        return missed == 0;
    }

    private static void endAfter(long millis, CancellableContext context) {
        Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            context.cancel(null);
        });
    }

    /** The end of the time is the end of the stream. */
    private static boolean hasNext(Iterator<WatchFlowsResponse> answers, Context context) {
        try {
            return answers.hasNext();
        } catch (StatusRuntimeException e) {
            if (context.isCancelled() && e.getStatus().getCode() == Status.Code.CANCELLED) {
                return false;
            }
            throw e;
        }
    }

    private void counters() throws QueryException {
        GetCountersResponse counters = client.dataplane().getCounters(GetCountersRequest.getDefaultInstance());
        List<List<Object>> all = new ArrayList<>();
        add(all, "flow-table", "", counters.getFlowTableMap());
        add(all, "malformed", "", counters.getMalformedMap());
        add(
                all,
                "table",
                "",
                Map.of(
                        "flows",
                        counters.getFlows(),
                        "max_flows",
                        counters.getMaxFlows(),
                        "dropped_events",
                        counters.getDroppedEvents()));
        client.dataplane()
                .listNodes(ListNodesRequest.getDefaultInstance())
                .getNodesList()
                .forEach(node -> add(all, "node", node.getName(), node.getCountersMap()));
        query.fill(COUNTERS, List.of("kind", "node", "name"), "value", all);
    }

    private static void add(List<List<Object>> rows, String kind, String node, Map<String, Long> counters) {
        counters.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(counter -> rows.add(List.of(kind, node, counter.getKey(), counter.getValue())));
    }
}
