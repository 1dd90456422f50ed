package dev.weir.server.metrics;

import dev.weir.export.ExportStatus;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What was sent to collectors of IPFIX and NetFlow and to topics of Kafka, and what was not; nothing where there are none. Any thread. */
final class ExportMetrics implements MultiCollector {
    private static final List<String> COLLECTOR = List.of("collector"), REASON = List.of("collector", "reason");

    static final List<Family<Map<String, ExportStatus>>> FAMILIES = List.of(
            Family.gauge(
                    "weir_export_connected",
                    "Whether a collector takes messages, as far as known: 1 or 0.",
                    COLLECTOR,
                    (all, points) -> all.forEach((name, each) -> points.add(each.connected() ? 1 : 0, name))),
            Family.counter(
                    "weir_export_records",
                    "Records of flows that were sent to a collector.",
                    COLLECTOR,
                    (all, points) -> all.forEach((name, each) -> points.add((double) each.records(), name))),
            Family.counter(
                    "weir_export_messages",
                    "Messages that were sent to a collector.",
                    COLLECTOR,
                    (all, points) -> all.forEach((name, each) -> points.add((double) each.messages(), name))),
            Family.counter(
                    "weir_export_bytes",
                    "Octets of these messages.",
                    COLLECTOR,
                    (all, points) -> all.forEach((name, each) -> points.add((double) each.octets(), name))),
            Family.counter(
                    "weir_export_lost",
                    "Records that did not reach a collector, by reason.",
                    REASON,
                    (all, points) -> all.forEach(
                            (name, each) -> each.lost().forEach((reason, n) -> points.add(n, name, reason)))),
            Family.gauge(
                    "weir_export_waiting",
                    "Records that wait for a collector.",
                    COLLECTOR,
                    (all, points) -> all.forEach((name, each) -> points.add((double) each.waiting(), name))),
            Family.counter(
                    "weir_export_gaps",
                    "Runs before this one that ended without saying so, as a topic of Kafka has it; what they had not sent is lost.",
                    COLLECTOR,
                    (all, points) -> all.forEach((name, each) -> points.add((double) each.gaps(), name))));

    private final Supplier<Map<String, ExportStatus>> source;

    ExportMetrics(Supplier<Map<String, ExportStatus>> source) {
        this.source = source;
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, ExportStatus> all = source.get();
        return all.isEmpty()
                ? new MetricSnapshots()
                : new MetricSnapshots(FAMILIES.stream()
                        .<MetricSnapshot>map(family -> family.snapshot(all))
                        .toList());
    }
}
