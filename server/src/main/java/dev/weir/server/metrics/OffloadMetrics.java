package dev.weir.server.metrics;

import dev.weir.offload.circle.CircleStatus;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What carries flows below the data plane, and what it carried; nothing where nothing does. Any thread. */
final class OffloadMetrics implements MultiCollector {
    private static final List<String> NONE = List.of(), REASON = List.of("reason");

    static final List<Family<CircleStatus>> FAMILIES = List.of(
            Family.gauge(
                    "weir_offload_flows",
                    "Flows whose packets are carried below the data plane.",
                    NONE,
                    (status, points) -> points.add((double) status.flows())),
            Family.gauge(
                    "weir_offload_directions",
                    "Directions of flows that are carried.",
                    NONE,
                    (status, points) -> points.add((double) status.directions())),
            Family.counter(
                    "weir_offload_packets",
                    "Packets that were carried below the data plane.",
                    NONE,
                    (status, points) -> points.add((double) status.packets())),
            Family.counter(
                    "weir_offload_bytes",
                    "Octets of the IP packets that were carried.",
                    NONE,
                    (status, points) -> points.add((double) status.octets())),
            Family.counter(
                    "weir_offload_added",
                    "Directions that were put into the driver.",
                    NONE,
                    (status, points) -> points.add((double) status.added())),
            Family.counter(
                    "weir_offload_removed",
                    "Directions that were taken out of it, by reason.",
                    REASON,
                    (status, points) -> status.removedBy().forEach((reason, n) -> points.add(n, reason))),
            Family.counter(
                    "weir_offload_refused",
                    "Directions of offloaded flows that stayed in software, by reason.",
                    REASON,
                    (status, points) -> status.refused().forEach((reason, n) -> points.add(n, reason))),
            Family.counter(
                    "weir_offload_passed_up",
                    "Packets that the driver left to the data plane, by reason.",
                    REASON,
                    (status, points) -> status.passedUp().forEach((reason, n) -> points.add(n, reason))));

    private final Supplier<Optional<CircleStatus>> source;

    OffloadMetrics(Supplier<Optional<CircleStatus>> source) {
        this.source = source;
    }

    @Override
    public MetricSnapshots collect() {
        return source.get()
                .map(status -> new MetricSnapshots(FAMILIES.stream()
                        .<MetricSnapshot>map(family -> family.snapshot(status))
                        .toList()))
                .orElseGet(MetricSnapshots::new);
    }
}
