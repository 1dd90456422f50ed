package dev.weir.cli;

import dev.weir.cli.ctl.LiveTables;
import dev.weir.export.duckdb.FlowQuery;
import dev.weir.export.duckdb.QueryException;
import dev.weir.export.duckdb.QueryRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code weir query}: SQL over captures, record files, folders of them, or a running daemon. */
final class QueryCommand implements Callable<Integer> {
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("query");
    private final Streams streams;

    QueryCommand(Streams streams) {
        this.streams = streams;
        spec.usageMessage()
                .description(
                        "Answers an SQL query over flows: those of captures, of record files, of folders of both, or of a running daemon.",
                        "",
                        "The table is flows, its columns are those of weir track. With --server there are also ended, events and counters. docs/query.md has recipes.")
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .optionListHeading("%nOptions:%n")
                .footerHeading("%nExamples:%n")
                .footer(
                        "  weir query 'SELECT src_addr, sum(fwd_bytes) AS bytes FROM flows GROUP BY ALL ORDER BY bytes DESC LIMIT 10' capture.pcap",
                        "  weir query 'FROM flows WHERE dst_port = 53' records/ --format json",
                        "  weir query 'SELECT count(*) FROM flows' --server");
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("SQL")
                .index("0")
                .arity("1")
                .required(true)
                .type(String.class)
                .description(
                        "One statement that reads: SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, in DuckDB's SQL.")
                .build());
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("SOURCE")
                .index("1..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(
                        "Files that weir track wrote (.parquet .duckdb .csv .jsonl), captures, which are tracked first, folders of them.")
                .build());
        spec.addOption(TrackSyntax.text(
                "FORMAT",
                OutputFormat.class,
                "table, csv or json. Default: table on a terminal, csv elsewhere.",
                "--format"));
        LiveTables.addTo(spec);
        spec.addOption(OptionSpec.builder("--for")
                .paramLabel("T")
                .type(Integer.class)
                .converters(new Durations.LifetimeConverter())
                .description("With --server: collect ended and events for so long.")
                .build());
        spec.addOption(TrackSyntax.flag("No progress bar, not even on a terminal.", "--no-progress")
                .build());
        spec.addOption(
                TrackSyntax.flag("Print stack traces of errors.", "--debug").build());
        spec.addOption(TrackSyntax.flag("Show this help.", "-h", "--help")
                .usageHelp(true)
                .build());
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws CommandException {
        ParseResult said = spec.commandLine().getParseResult();
        String sql = Objects.requireNonNull(said.matchedPositionalValue(0, ""));
        List<String> sources = said.matchedPositionalValue(1, List.<String>of());
        OutputFormat format = format(said);
        boolean live = LiveTables.asked(spec);
        if (live == !sources.isEmpty()) {
            throw CommandException.usage(
                    live
                            ? "--server: the tables are the daemon's; leave out " + sources.getFirst()
                            : "over which flows? give captures, record files or folders, or --server for a running daemon");
        }
        Integer collect = said.matchedOptionValue("--for", null);
        if (collect != null && !live) {
            throw CommandException.usage("--for: is for --server; leave it out");
        }
        Path scratch = null;
        try {
            scratch = Files.createTempDirectory("weir-query-");
            try (FlowQuery query = FlowQuery.open(scratch)) {
                streams.interruption().onRequest(query::cancel);
                boolean whole;
                if (live) {
                    whole = LiveTables.fill(query, spec.commandLine(), sql, collect, scratch, streams);
                } else {
                    boolean progress = streams.terminal().err() && !said.hasMatchedOption("--no-progress");
                    whole = new QuerySources(query, scratch, progress, streams).add(sources);
                }
                int status = answer(query, sql, format, said);
                return status == CommandException.DONE && !whole ? CommandException.FAILED : status;
            }
        } catch (QueryException e) {
            if (streams.interruption().requested()) {
                return CommandException.INTERRUPTED;
            }
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        } catch (Output.Failure e) {
            if (e.readerGone) {
                return CommandException.DONE;
            }
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        } finally {
            delete(scratch);
        }
    }

    private OutputFormat format(ParseResult said) throws CommandException {
        OutputFormat format = said.matchedOptionValue("--format", null);
        if (format == null) {
            return streams.terminal().out() ? OutputFormat.TABLE : OutputFormat.CSV;
        }
        return switch (format) {
            case TABLE, CSV, JSON -> format;
            default -> throw CommandException.usage("--format " + format.label() + ": answers are table, csv or json");
        };
    }

    private int answer(FlowQuery query, String sql, OutputFormat format, ParseResult said)
            throws QueryException, IOException {
        query.lock();
        streams.interruption().onRequest(query::cancel);
        QueryRows rows;
        boolean progress = streams.terminal().err() && !said.hasMatchedOption("--no-progress");
        try (Progress _ = progress ? new Progress(nanos -> line(query.progress(), nanos), streams.err()) : null) {
            rows = query.run(sql);
        }
        try (rows;
                Output out = Output.standard(streams.out())) {
            QueryOutput.write(rows, format, out);
        }
        return streams.interruption().requested() ? CommandException.INTERRUPTED : CommandException.DONE;
    }

    /** How far a query is, where that is known, and for how long it runs. */
    private static String line(double share, long nanos) {
        String time = Quantities.time(nanos / 1e9);
        return share < 0 ? time : String.format(Locale.ROOT, "%3.0f %%  %s", 100 * share, time);
    }

    private static void delete(@Nullable Path scratch) throws CommandException {
        if (scratch == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(scratch)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw CommandException.failed(scratch + ": cannot be removed: " + e.getMessage() + "; remove it", e);
        }
    }
}
