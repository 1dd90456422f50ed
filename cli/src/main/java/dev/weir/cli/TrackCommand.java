package dev.weir.cli;

import dev.weir.export.TopSink;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpLifetimes;
import dev.weir.table.TenantMode;
import dev.weir.wire.linux.LiveSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir track}: what can be said on the command line, and whether it fits together. {@link TrackRun} does it. */
@Command(
        name = "track",
        description = "Prints the flows of captures, or of an interface.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  weir track capture.pcap",
            "  weir track -f 'tcp port 443' --top 10 --by bytes captures/ -w top.csv",
            "  zcat old.pcap.gz | weir track --idle-timeout 5m --format json -",
            "  weir track eth0 --events --duration 1m"
        })
final class TrackCommand implements Callable<Integer> {
    private static final int MAX_WORKERS = 256;

    @Parameters(
            arity = "1..*",
            paramLabel = "SOURCE",
            description = "pcap or pcapng files, plain, gzip or zstd; folders of them; - for standard input. "
                    + "Several are one stream ordered by time. Or an interface, for live capture.")
    List<String> sources = List.of();

    @Option(
            names = {"-f", "--filter"},
            paramLabel = "EXPR",
            description = "Only packets that match this tcpdump filter expression.")
    @Nullable
    String filter;

    @Option(
            names = {"-w", "--output"},
            paramLabel = "FILE",
            description = "Write there; the suffix (.csv .jsonl .json) gives the format. Default: standard output.")
    @Nullable
    String output;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, csv, json or none. Default: table on a terminal, csv elsewhere.")
    @Nullable
    OutputFormat format;

    @Option(
            names = "--idle-timeout",
            paramLabel = "T",
            converter = Durations.LifetimeConverter.class,
            description =
                    "A flow without a packet for so long has ended: seconds, 250ms, 90s, 5m, 1h, never. Default: 60s.")
    int idleTimeout = Lifetime.ofSeconds(60);

    @Option(
            names = "--active-timeout",
            paramLabel = "T",
            converter = Durations.LifetimeConverter.class,
            description = "Report flows that last longer in pieces. Default: never.")
    int activeTimeout = Lifetime.NEVER;

    @Option(
            names = "--tcp-timeouts",
            paramLabel = "STATE=T,...",
            converter = Durations.TcpLifetimesConverter.class,
            description = "Idle timeouts by TCP state. "
                    + "Default: START=60,SYN=15,SYN-ACK=60,ESTABLISHED=299,FIN=15,FIN-ACK=3,RST=6.")
    @Nullable
    TcpLifetimes tcpTimeouts;

    @Option(
            names = "--no-tcp-close",
            description = "TCP state neither shortens a timeout nor begins a new flow: one idle timeout for all.")
    boolean noTcpClose;

    @Option(
            names = "--max-flows",
            paramLabel = "N",
            description = "How many flows of each address family are held at a time. Default: 1000000.")
    int maxFlows = 1_000_000;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Threads that track; the records do not depend on it. Default: one a core.")
    int workers = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--tunnels",
            paramLabel = "outer|inner",
            description = "Whose headers make the key of a tunnelled packet. Default: outer.")
    TunnelMode tunnels = TunnelMode.OUTER;

    @Option(
            names = "--tenant",
            paramLabel = "MODE",
            description = "What separates address spaces: none, vlan, vni or interface. Default: none.")
    TenantMode tenant = TenantMode.NONE;

    @Option(names = "--events", description = "A line for every created and ended flow instead of records.")
    boolean events;

    @Option(names = "--top", paramLabel = "N", description = "Only the N largest flows.")
    @Nullable
    Integer top;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            description = "What makes a flow large: bytes, packets, rate or duration. Default: bytes.")
    TopSink.@Nullable By by;

    @Option(names = "--stats", description = "Print the counters at the end, on standard error.")
    boolean stats;

    @Option(names = "--count", paramLabel = "N", description = "Stop after N packets.")
    @Nullable
    Long count;

    @Option(
            names = "--duration",
            paramLabel = "T",
            converter = Durations.LifetimeConverter.class,
            description = "Stop after that time of live capture.")
    @Nullable
    Integer duration;

    @Option(
            names = "--hash-seed",
            paramLabel = "N",
            description = "Fix the secret of the hash, for runs that must repeat exactly. Default: a random one.")
    @Nullable
    Long hashSeed;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            arity = "0..1",
            fallbackValue = "always",
            description = "auto, always or never. Default: auto, unless NO_COLOR is set.")
    ColorMode color = ColorMode.AUTO;

    @Option(names = "--no-progress", description = "No progress bar, not even on a terminal.")
    boolean noProgress;

    @Option(names = "--debug", description = "Print stack traces of errors.")
    boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    private final Streams streams;

    TrackCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws CommandException {
        checkRanges();
        checkSources();
        checkOutput();
        return new TrackRun(this, streams).run();
    }

    /** Where records go to: what {@code --format} says, else the file's suffix, else what standard output is. */
    OutputFormat format() {
        if (format != null) {
            return format;
        }
        if (output != null && !output.equals("-")) {
            return OutputFormat.ofFile(output);
        }
        return streams.terminal().out() ? OutputFormat.TABLE : OutputFormat.CSV;
    }

    FlowTableConfig table() throws CommandException {
        try {
            return new FlowTableConfig(
                    maxFlows,
                    idleTimeout,
                    tcpTimeouts == null ? TcpLifetimes.DEFAULT : tcpTimeouts,
                    !noTcpClose,
                    activeTimeout,
                    hashSeed == null ? OptionalLong.empty() : OptionalLong.of(hashSeed));
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(e.getMessage() + "; see weir track --help");
        }
    }

    private void checkRanges() throws CommandException {
        checkRange("--workers", workers, MAX_WORKERS);
        checkRange("--top", top == null ? 1 : top, TopSink.MAX);
        checkRange("--count", count == null ? 1 : count, Long.MAX_VALUE);
        if (by != null && top == null) {
            throw CommandException.usage("--by: says how --top orders, but there is no --top; add --top N");
        }
        if (events && top != null) {
            throw CommandException.usage("--events: tells flows as they happen, --top at the end; give one of them");
        }
        checkRange("--duration", duration == null || duration == Lifetime.NEVER ? 1 : Integer.toUnsignedLong(duration), Lifetime.MAX_MILLIS);
        if (duration != null && !isLive()) {
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
                throw CommandException.usage(source + ": is an interface, which cannot be read beside others; "
                        + "give it alone");
            }
        }
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

    private void checkOutput() throws CommandException {
        OutputFormat wanted = format();
        if (!wanted.built) {
            throw CommandException.usage("--format " + wanted.label() + ": is not built yet; use csv or json");
        }
    }
}
