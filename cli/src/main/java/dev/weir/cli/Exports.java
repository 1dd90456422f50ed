package dev.weir.cli;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.TrackSummary;
import dev.weir.export.ExportPlace;
import dev.weir.export.ExportRun;
import dev.weir.export.ExportStatus;
import dev.weir.export.Exporter;
import dev.weir.export.TeeSink;
import dev.weir.export.kafka.DigestSink;
import dev.weir.export.kafka.KafkaTopic;
import dev.weir.packet.TunnelMode;
import dev.weir.table.TenantMode;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;

/** The collectors and topics of {@code --export}: opened beside the other output, and what became of the records told at the end. */
final class Exports {
    private final List<ExportPlace> places;
    private final PrintStream err;
    private final List<Exporter> sinks = new CopyOnWriteArrayList<>();
    private final List<DigestSink> digests = new CopyOnWriteArrayList<>();
    private volatile long ignored;

    Exports(List<ExportPlace> places, PrintStream err) {
        this.places = places;
        this.err = err;
    }

    /** Refuses a host that has no address. */
    void check() throws CommandException {
        for (ExportPlace place : places) {
            for (String host : place.hosts()) {
                try {
                    InetAddress.getByName(host);
                } catch (UnknownHostException e) {
                    throw CommandException.failed(
                            "--export " + place.place() + ": no such host: " + host
                                    + "; give a name that is known, or an address",
                            e);
                }
            }
        }
    }

    /** Whether somebody asks whether records of this run were sent before. */
    boolean resume() {
        return places.stream().anyMatch(KafkaTopic.class::isInstance);
    }

    RecordSink beside(RecordSink output, ExportRun run) {
        RecordSink all = output;
        for (ExportPlace place : places) {
            if (isOfDigests(place)) {
                continue;
            }
            Exporter opened = place.open(run, this::changed);
            opened.ignoredPackets(this::ignored);
            sinks.add(opened);
            all = new TeeSink(all, opened);
        }
        return all;
    }

    /** Whether packets go there, as digests, and no records. */
    static boolean isOfDigests(ExportPlace place) {
        return place instanceof KafkaTopic topic && topic.digests();
    }

    private boolean isOfDigests(String place) {
        for (ExportPlace each : places) {
            if (isOfDigests(each) && each.place().equals(place)) {
                return true;
            }
        }
        return false;
    }

    /** Opens the topics of digests; whoever asks closes them. */
    List<DigestSink> openDigests(ExportRun run, TunnelMode tunnels, TenantMode tenants) {
        for (ExportPlace place : places) {
            if (place instanceof KafkaTopic topic && topic.digests()) {
                digests.add(new DigestSink(topic, run, tunnels, tenants, this::changed));
            }
        }
        return digests;
    }

    /** The source is stopped before its end. Any thread. */
    void cut() {
        sinks.forEach(Exporter::cut);
        for (DigestSink each : digests) {
            each.cut();
        }
    }

    /** Says what an earlier start had sent. */
    void tellResumed() {
        for (Exporter each : sinks) {
            if (each.sentBefore() > 0) {
                err.println("weir: note: " + each.status().getFirst().place() + ": the first " + each.sentBefore()
                        + " records were there already, by an earlier start of this command; they were not sent again");
            }
        }
        for (DigestSink each : digests) {
            if (each.sentBefore() > 0) {
                err.println(
                        "weir: note: " + each.status().getFirst().place() + ": the first " + each.sentBefore()
                                + " messages were there already, by an earlier start of this command; they were not sent again");
            }
        }
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
        List<ExportStatus> all = new ArrayList<>();
        for (Exporter each : sinks) {
            all.addAll(each.status());
        }
        for (DigestSink each : digests) {
            all.addAll(each.status());
        }
        return all;
    }

    void forEachCounter(ObjLongConsumer<String> counters) {
        for (ExportStatus each : status()) {
            counters.accept(each.place() + (isOfDigests(each.place()) ? " packets" : " records"), each.records());
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
                err.println("weir: export: " + each.place() + ": " + each.lostRecords()
                        + (isOfDigests(each.place()) ? " packets did not" : " records did not") + " arrive ("
                        + reasons + "); see that somebody takes them there, or give another");
            }
        }
        return all;
    }
}
