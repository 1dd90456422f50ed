package dev.weir.cli;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.TrackSummary;
import dev.weir.dataplane.Tracker;
import dev.weir.export.CsvSink;
import dev.weir.export.EventSink;
import dev.weir.export.ExportRun;
import dev.weir.export.JsonLinesSink;
import dev.weir.export.ParquetRecords.Rows;
import dev.weir.export.TableSink;
import dev.weir.export.TopSink;
import dev.weir.export.ZeekSink;
import dev.weir.export.filter.FilteredSink;
import dev.weir.export.ipfix.IpfixSink;
import dev.weir.export.kafka.DigestSink;
import dev.weir.packet.LinkType;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowTableConfig;
import dev.weir.wire.CaptureException;
import dev.weir.wire.Captures;
import dev.weir.wire.FilteredSource;
import dev.weir.wire.LimitedSource;
import dev.weir.wire.PacketFilter;
import dev.weir.wire.PacketSource;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.LiveSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** One run of {@code weir track}: opens the sources and the output, tracks, reports how it ended. */
final class TrackRun {
    /** Of which expressions may speak that say nothing to Ethernet. */
    private static final int[] LINK_TYPES = {
        LinkType.ETHERNET, LinkType.IEEE802_11_RADIOTAP, LinkType.PPP, LinkType.LINUX_SLL2, LinkType.RAW
    };

    private final TrackCommand options;
    private final Streams streams;
    private final PrintStream err;
    private @Nullable FilteredSink filtered;
    private final Exports exports;
    /** What the run is called where it makes the same records whenever it is started; else null. */
    private @Nullable RunIdentity identity;

    TrackRun(TrackCommand options, Streams streams) {
        this.options = options;
        this.streams = streams;
        this.err = streams.err();
        this.exports = new Exports(options.exports, err);
    }

    /** @return the exit status */
    int run() throws CommandException {
        identity = exports.resume() ? RunIdentity.of(options) : null;
        FlowTableConfig table =
                options.table(identity == null ? OptionalLong.empty() : OptionalLong.of(identity.seed()));
        exports.check();
        streams.interruption().nothingToWrite();
        try {
            if (RecordRun.takes(options.sources)) {
                return new RecordRun(options, streams, this).readFiles();
            }
            try (UntilDamage source = new UntilDamage(openSource())) {
                return track(source, table);
            }
        } catch (Output.Failure e) {
            if (e.readerGone) {
                return CommandException.DONE;
            }
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        } catch (OutOfMemoryError e) {
            throw CommandException.failed(
                    "not enough memory: " + e.getMessage() + "; lower --max-flows (now " + options.maxFlows + ")", e);
        }
    }

    private PacketSource openSource() throws CommandException, IOException {
        if (options.filter != null) {
            checkFilter(options.filter);
        }
        PacketSource source = options.isLive() ? openInterface() : openCaptures();
        return options.count == null ? source : new LimitedSource(source, options.count);
    }

    private PacketSource openInterface() throws IOException {
        String filter = Objects.requireNonNullElse(options.filter, "");
        return LiveSource.open(options.sources.getFirst(), filter, options.durationNanos());
    }

    private PacketSource openCaptures() throws IOException {
        for (String source : options.sources) {
            if (!source.equals("-")
                    && !source.contains("/")
                    && !source.contains(".")
                    && !Files.exists(Path.of(source))) {
                throw new PortException(
                        source,
                        "no such file or interface; the interfaces are: " + String.join(", ", LiveSource.interfaces()));
            }
        }
        PacketSource source = Captures.open(options.sources);
        return options.filter == null ? source : new FilteredSource(source, options.filter);
    }

    /** Refuses an expression that suits no link type before anything is opened; which ones it must suit shows while reading. */
    private static void checkFilter(String expression) throws CommandException, CaptureException {
        PacketFilter.requireCompiler();
        CaptureException first = null;
        for (int linkType : LINK_TYPES) {
            try {
                PacketFilter.compile(expression, linkType);
                return;
            } catch (CaptureException e) {
                first = first == null ? e : first;
            }
        }
        throw CommandException.usage(
                Objects.requireNonNull(first).getMessage() + "; expressions are those of pcap-filter(7)");
    }

    private int track(UntilDamage source, FlowTableConfig table) throws IOException, CommandException {
        long begun = System.nanoTime();
        List<DigestSink> digests = exports.openDigests(exportRun(), options.tunnels, options.tenant);
        TrackSummary summary;
        try (Closeable _ = () -> end(digests)) {
            var tap = new DigestTap(source, digests);
            summary = wantsFlows() ? flows(source, tap, table) : drain(source, tap, digests.getFirst());
            tap.rethrow();
        }
        return report(source, summary, System.nanoTime() - begun);
    }

    /** Whether anybody takes flows; else packets that go elsewhere as digests are not tracked here. */
    private boolean wantsFlows() {
        return options.exports.isEmpty()
                || options.format() != OutputFormat.NONE
                || !options.exports.stream().allMatch(Exports::isOfDigests);
    }

    /** Ends all, whatever becomes of one. */
    private static void end(List<DigestSink> digests) throws IOException {
        IOException failure = null;
        for (DigestSink each : digests) {
            try {
                each.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private TrackSummary drain(UntilDamage source, DigestTap tap, DigestSink counted) throws IOException {
        var drain = new DigestDrain(tap);
        streams.interruption().onRequest(() -> {
            exports.cut();
            drain.stop();
            source.abandon();
        });
        try (Progress _ = showsProgress() ? new Progress(source, drain::packets, err) : null) {
            return drain.run(counted);
        }
    }

    private TrackSummary flows(UntilDamage source, DigestTap tap, FlowTableConfig table)
            throws IOException, CommandException {
        try (RecordSink sink = filtered(openSink(source::timeDigits))) {
            Tracker.Builder builder = Tracker.builder()
                    .table(table)
                    .workers(options.workers)
                    .tunnels(options.tunnels)
                    .tenant(options.tenant)
                    .events(options.events ? FlowEvent.CREATED | FlowEvent.ENDED : FlowEvent.ENDED);
            boolean discards = options.format() == OutputFormat.NONE
                    && options.where == null
                    && options.exports.stream().allMatch(Exports::isOfDigests);
            Tracker tracker = (discards ? builder : builder.sink(sink)).build();
            streams.interruption().onRequest(() -> {
                exports.cut();
                tracker.stop();
                source.abandon();
            });
            TrackSummary summary;
            try (Progress _ = showsProgress() ? new Progress(source, tracker::packets, err) : null) {
                summary = tracker.run(tap);
            }
            exports.ignored(summary);
            return summary;
        }
    }

    /** Where records go: file or standard output, collectors; the largest alone where that was asked for. */
    RecordSink openSink(IntSupplier timeDigits) throws IOException, CommandException {
        RecordSink sink = exports.beside(openOutput(timeDigits), exportRun());
        return options.top == null
                ? sink
                : new TopSink(
                        sink,
                        options.top,
                        Objects.requireNonNullElse(options.by, TopSink.By.BYTES),
                        options.features().annexBytes());
    }

    private ExportRun exportRun() {
        boolean live = options.listens || options.isLive();
        return new ExportRun(live, identity == null ? null : identity.name(), options.features());
    }

    private RecordSink openOutput(IntSupplier timeDigits) throws IOException, CommandException {
        OutputFormat format = options.format();
        if (format == OutputFormat.NONE) {
            return record -> {};
        }
        return format.isColumnar() ? columns(format) : lines(format, timeDigits);
    }

    private RecordSink columns(OutputFormat format) throws IOException, CommandException {
        Rows rows = options.events ? Rows.EVENTS : Rows.RECORDS;
        return ColumnOutput.open(format, options.output, sourceFiles(), rows, options.features(), streams);
    }

    private RecordSink lines(OutputFormat format, IntSupplier timeDigits) throws IOException, CommandException {
        boolean toFile = options.output != null && !options.output.equals("-");
        OutputStream out = toFile
                ? Output.file(Objects.requireNonNull(options.output), sourceFiles())
                : Output.standard(streams.out());
        return options.events ? events(format, out, timeDigits) : records(format, out, timeDigits);
    }

    private List<String> sourceFiles() {
        return options.isLive() ? List.of() : options.sources;
    }

    RecordSink filtered(RecordSink sink) {
        if (options.where == null) {
            return sink;
        }
        filtered = new FilteredSink(sink, options.where);
        return filtered;
    }

    private RecordSink records(OutputFormat format, OutputStream out, IntSupplier timeDigits) throws IOException {
        return switch (format) {
            case TABLE ->
                new TableSink(
                        out,
                        timeDigits,
                        options.color.applies(streams.terminal().out()));
            case JSON -> JsonLinesSink.ofRecords(out, timeDigits, options.features());
            case ZEEK -> new ZeekSink(out);
            case IPFIX -> {
                IpfixSink ipfix = new IpfixSink(out, options.comesAsItHappens());
                ipfix.ignoredPackets(exports::ignored);
                yield ipfix;
            }
            default -> CsvSink.ofRecords(out, timeDigits, options.features());
        };
    }

    private RecordSink events(OutputFormat format, OutputStream out, IntSupplier timeDigits) throws IOException {
        return switch (format) {
            case TABLE -> new EventSink(out, timeDigits);
            case JSON -> JsonLinesSink.ofEvents(out, timeDigits, options.features());
            default -> CsvSink.ofEvents(out, timeDigits, options.features());
        };
    }

    /** On a terminal, unless records appear there too: then they are the progress. */
    private boolean showsProgress() {
        boolean recordsShow =
                streams.terminal().out() && options.output == null && options.format() != OutputFormat.NONE;
        return streams.terminal().err() && !options.noProgress && (!recordsShow || options.top != null);
    }

    private int report(UntilDamage source, TrackSummary summary, long nanos) {
        CaptureException damage = source.damage();
        exports.tellResumed();
        boolean interrupted = streams.interruption().requested();
        if (options.stats) {
            printCounters(summary);
            printCounter("dropped by the capture", source.dropped());
            printCounter("stamped late", source.stampedLate());
            printSinks();
        }
        source.notes().forEach(note -> err.println("weir: note: " + note));
        if (options.stats || streams.terminal().err()) {
            double seconds = nanos / 1e9;
            err.println(
                    Quantities.count(summary.packets()) + " packets (" + Quantities.bytes(summary.frameBytes()) + "), "
                            + Quantities.count(summary.flows()) + " flows in " + Quantities.time(seconds) + ", "
                            + Quantities.rate(summary.packets(), seconds));
        }
        if (damage != null) {
            boolean began = damage.byteOffset() >= 0;
            err.println("weir: " + damage.getMessage() + (began ? "; the flows up to there are reported" : ""));
        }
        if (interrupted) {
            err.println(
                    "weir: interrupted: after " + summary.packets() + " packets; the flows up to there are written");
            if (identity != null) {
                err.println("weir: note: to topics only flows went that had ended; the same command sends the others");
            }
            return CommandException.INTERRUPTED;
        }
        return damage == null && exports.reportLosses() ? CommandException.DONE : CommandException.FAILED;
    }

    private void printCounters(TrackSummary summary) {
        summary.counters().forEach(this::printCounter);
        printCounter("late", summary.late());
        summary.malformed().forEach((kind, packets) -> {
            if (packets != 0) {
                printCounter("malformed:" + kind, packets);
            }
        });
    }

    void tellResumed() {
        exports.tellResumed();
    }

    void checkExports() throws CommandException {
        exports.check();
    }

    /** What was left out, and what was sent. */
    void printSinks() {
        if (filtered != null) {
            printCounter("left out by --where", filtered.leftOut());
        }
        exports.forEachCounter(this::printCounter);
    }

    /** Says which records did not reach their collectors; false when there are any. */
    boolean reportLosses() {
        return exports.reportLosses();
    }

    void printCounter(String name, long value) {
        err.printf("%-32s %d%n", name, value);
    }
}
