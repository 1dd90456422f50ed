package dev.weir.cli;

import dev.weir.export.ExportPlace;
import dev.weir.export.TopSink;
import dev.weir.export.ZeekSink;
import dev.weir.export.filter.FilterException;
import dev.weir.export.filter.FlowFilter;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpLifetimes;
import dev.weir.table.TenantMode;
import dev.weir.table.feature.FeatureSet;
import dev.weir.wire.linux.LiveSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code weir track}: what was said on the command line, and whether it fits together. {@link TrackSyntax} tells what can be said,
 * {@link TrackRun} does it.
 */
final class TrackCommand implements Callable<Integer> {
    private static final int MAX_WORKERS = 256;

    private final CommandSpec spec = TrackSyntax.of(this);

    List<String> sources = List.of();

    @Nullable
    String filter;

    @Nullable
    FlowFilter where;

    /** What {@code --features} says. */
    private FeatureSet features = FeatureSet.NONE;

    @Nullable
    String output;

    @Nullable
    OutputFormat format;

    /** Collectors and topics that records are sent to. */
    List<ExportPlace> exports = List.of();

    int idleTimeout = Lifetime.ofSeconds(60);
    int activeTimeout = Lifetime.NEVER;

    @Nullable
    TcpLifetimes tcpTimeouts;

    boolean noTcpClose;
    int maxFlows = 1_000_000;
    int workers = Runtime.getRuntime().availableProcessors();
    TunnelMode tunnels = TunnelMode.OUTER;
    TenantMode tenant = TenantMode.NONE;
    boolean events;

    @Nullable
    Integer top;

    TopSink.@Nullable By by;

    boolean stats;
    /** Whether records come from the network; then there are no sources. */
    boolean listens;

    @Nullable
    Long count;

    @Nullable
    Integer duration;

    @Nullable
    Long hashSeed;

    ColorMode color = ColorMode.AUTO;
    boolean noProgress;

    private final Streams streams;

    TrackCommand(Streams streams) {
        this.streams = streams;
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws CommandException {
        read(spec.commandLine().getParseResult());
        checkRanges();
        checkSources();
        ParseResult said = spec.commandLine().getParseResult();
        if (said.hasMatchedOption("--web")) {
            return WebRun.run(this, streams, said);
        }
        if (said.hasMatchedOption("--web-port")) {
            throw CommandException.usage("--web-port: says where --web shows its page; add --web");
        }
        checkOutput();
        return new TrackRun(this, streams).run();
    }

    /** Takes what was said, of those options that the command has. */
    void read(ParseResult said) throws CommandException {
        exports = said.matchedOptionValue("--export", exports);
        sources = said.matchedPositionalValue(0, sources);
        filter = said.matchedOptionValue("--filter", filter);
        where = where(said.matchedOptionValue("--where", null));
        features = said.matchedOptionValue("--features", features);
        output = said.matchedOptionValue("--output", output);
        format = said.matchedOptionValue("--format", format);
        idleTimeout = said.matchedOptionValue("--idle-timeout", idleTimeout);
        activeTimeout = said.matchedOptionValue("--active-timeout", activeTimeout);
        tcpTimeouts = said.matchedOptionValue("--tcp-timeouts", tcpTimeouts);
        noTcpClose = said.hasMatchedOption("--no-tcp-close");
        maxFlows = said.matchedOptionValue("--max-flows", maxFlows);
        workers = said.matchedOptionValue("--workers", workers);
        tunnels = said.matchedOptionValue("--tunnels", tunnels);
        tenant = said.matchedOptionValue("--tenant", tenant);
        events = said.hasMatchedOption("--events");
        top = said.matchedOptionValue("--top", top);
        by = said.matchedOptionValue("--by", by);
        stats = said.hasMatchedOption("--stats");
        count = said.matchedOptionValue("--count", count);
        duration = said.matchedOptionValue("--duration", duration);
        hashSeed = said.matchedOptionValue("--hash-seed", hashSeed);
        color = said.matchedOptionValue("--color", color);
        noProgress = said.hasMatchedOption("--no-progress");
    }

    private static @Nullable FlowFilter where(@Nullable String expression) throws CommandException {
        try {
            return expression == null ? null : FlowFilter.compile(expression);
        } catch (FilterException e) {
            throw CommandException.usage(e.faults().stream()
                    .map(fault -> "--where: " + fault.render(Objects.requireNonNull(expression)))
                    .collect(Collectors.joining("\nweir: ")));
        }
    }

    /** Where records go to: what {@code --format} says, else the file's suffix, else what standard output is. */
    OutputFormat format() {
        if (format != null) {
            return format;
        }
        if (output != null && !output.equals("-")) {
            return OutputFormat.ofFile(output);
        }
        if (output == null && !exports.isEmpty()) {
            return OutputFormat.NONE;
        }
        return streams.terminal().out() && features.isEmpty() ? OutputFormat.TABLE : OutputFormat.CSV;
    }

    /** What is measured of flows beyond their counters: what was asked for, or what the format cannot do without. */
    FeatureSet features() {
        return format() == OutputFormat.ZEEK ? ZeekSink.FEATURES : features;
    }

    /** @param seed of the hash where none was said */
    FlowTableConfig table(OptionalLong seed) throws CommandException {
        try {
            return new FlowTableConfig(
                    maxFlows,
                    idleTimeout,
                    tcpTimeouts == null ? TcpLifetimes.DEFAULT : tcpTimeouts,
                    !noTcpClose,
                    activeTimeout,
                    hashSeed == null ? seed : OptionalLong.of(hashSeed),
                    features().annexBytes(),
                    features());
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(e.getMessage() + "; see weir track --help");
        }
    }

    void checkRanges() throws CommandException {
        checkRange("--workers", workers, MAX_WORKERS);
        checkRange("--top", top == null ? 1 : top, TopSink.MAX);
        checkRange("--count", count == null ? 1 : count, Long.MAX_VALUE);
        if (by != null && top == null) {
            throw CommandException.usage("--by: says how --top orders, but there is no --top; add --top N");
        }
        if (events && top != null) {
            throw CommandException.usage("--events: tells flows as they happen, --top at the end; give one of them");
        }
        checkRange(
                "--duration",
                duration == null || duration == Lifetime.NEVER ? 1 : Integer.toUnsignedLong(duration),
                Lifetime.MAX_MILLIS);
        if (duration != null && !listens && !isLive()) {
            throw CommandException.usage("--duration: is for live capture; use --count for captures");
        }
    }

    private static void checkRange(String option, long value, long max) throws CommandException {
        if (value < 1 || value > max) {
            throw CommandException.usage(option + ": out of range: " + value + "; give 1 to " + max);
        }
    }

    private void checkSources() throws CommandException {
        for (String source : sources) {
            if (sources.size() > 1 && isInterface(source)) {
                throw CommandException.usage(
                        source + ": is an interface, which cannot be read beside others; " + "give it alone");
            }
        }
    }

    /** Whether somebody may wait for what was read already: an interface, messages of the network, standard input. */
    boolean comesAsItHappens() {
        return isLive() || listens || sources.contains("-");
    }

    /** Whether the source is an interface. */
    boolean isLive() {
        return sources.size() == 1 && isInterface(sources.getFirst());
    }

    /** A file of that name goes first. */
    private static boolean isInterface(String name) {
        return LiveSource.isInterface(name) && !Files.exists(Path.of(name));
    }

    /** How long to capture, in nanoseconds. */
    long durationNanos() {
        return duration == null || duration == Lifetime.NEVER
                ? Long.MAX_VALUE
                : TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(duration));
    }

    void checkOutput() throws CommandException {
        OutputFormat wanted = format();
        if (events && !wanted.hasEvents()) {
            throw CommandException.usage(
                    "--events: --format " + wanted.label() + " has only flows that ended; use csv or json");
        }
        if (!features.isEmpty() && !wanted.hasFeatures()) {
            throw CommandException.usage("--features: --format " + wanted.label()
                    + " has no columns for them; use csv, json, parquet or duckdb");
        }
        boolean digests = exports.stream().anyMatch(Exports::isOfDigests);
        if (digests && (listens || RecordRun.takes(sources))) {
            throw CommandException.usage("--export: digests=true wants packets, and there are records; leave it out");
        }
        if (!events && exports.stream().anyMatch(ExportPlace::events)) {
            throw CommandException.usage("--export: events=true wants events, and there are records; add --events");
        }
        boolean toStandard = output == null || output.equals("-");
        if (toStandard && wanted == OutputFormat.DUCKDB) {
            throw CommandException.usage("--format duckdb: a database is a file; name it with -w FILE.duckdb");
        }
        if (toStandard && wanted.isBinary() && streams.terminal().out()) {
            throw CommandException.usage(
                    "--format " + wanted.label() + ": is nothing for a terminal; name a file with -w, or use a pipe");
        }
    }
}
