package dev.weir.cli;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.TrackSummary;
import dev.weir.export.TeeSink;
import dev.weir.export.ipfix.CollectorAddress;
import dev.weir.export.ipfix.ExportSink;
import dev.weir.export.ipfix.ExportStatus;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The collectors of {@code --export}: opened beside the other output, and what became of the records told at the end. */
final class Exports {
    private final List<CollectorAddress> collectors;
    private final PrintStream err;
    private @Nullable ExportSink sink;
    private volatile long ignored;

    Exports(List<CollectorAddress> collectors, PrintStream err) {
        this.collectors = collectors;
        this.err = err;
    }

    /** Refuses a host that has no address. */
    void check() throws CommandException {
        for (CollectorAddress collector : collectors) {
            try {
                InetAddress.getByName(collector.host());
            } catch (UnknownHostException e) {
                throw CommandException.failed(
                        "--export " + collector.place() + ": no such host; give a name that is known, or an address",
                        e);
            }
        }
    }

    RecordSink beside(RecordSink output, boolean live) {
        if (collectors.isEmpty()) {
            return output;
        }
        ExportSink opened =
                live ? ExportSink.live(collectors, this::changed) : ExportSink.offline(collectors, this::changed);
        opened.ignoredPackets(this::ignored);
        sink = opened;
        return new TeeSink(output, opened);
    }

    private void changed(String place, String what) {
        err.println("weir: export: " + place + ": " + what);
    }

    /** Packets that are in no flow: those that are not IP, and malformed ones. */
    void ignored(TrackSummary summary) {
        long malformed =
                summary.malformed().values().stream().mapToLong(Long::longValue).sum();
        ignored = summary.counters().getOrDefault("UNHANDLED", 0L) + malformed;
    }

    long ignored() {
        return ignored;
    }

    private List<ExportStatus> status() {
        return sink == null ? List.of() : sink.status();
    }

    void forEachCounter(ObjLongConsumer<String> counters) {
        for (ExportStatus each : status()) {
            counters.accept(each.place() + " records", each.records());
            counters.accept(each.place() + " messages", each.messages());
            counters.accept(each.place() + " octets", each.octets());
            each.lost().forEach((reason, records) -> counters.accept(each.place() + " lost:" + reason, records));
        }
    }

    /** Says what was lost; false when anything was. */
    boolean reportLosses() {
        boolean all = true;
        for (ExportStatus each : status()) {
            if (each.lostRecords() > 0) {
                all = false;
                String reasons = each.lost().entrySet().stream()
                        .filter(reason -> reason.getValue() > 0)
                        .map(reason -> reason.getKey() + " " + reason.getValue())
                        .collect(Collectors.joining(", "));
                err.println("weir: export: " + each.place() + ": " + each.lostRecords() + " records did not arrive ("
                        + reasons + "); see that a collector listens there, or give another");
            }
        }
        return all;
    }
}
