package dev.weir.server.metrics;

import dev.weir.server.state.StateStatus;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The snapshots by which flows survive the process; nothing where there are none. Any thread. */
final class StateMetrics implements MultiCollector {
    private static final List<String> NONE = List.of(), REASON = List.of("reason");
    private static final double NANOS = 1e9;

    static final List<Family<StateStatus>> FAMILIES = List.of(
            Family.counter(
                    "weir_state_snapshots",
                    "Snapshots that were written.",
                    NONE,
                    (status, points) -> points.add((double) status.written())),
            Family.counter(
                    "weir_state_failures",
                    "Snapshots that could not be written.",
                    NONE,
                    (status, points) -> points.add((double) status.failed())),
            Family.gauge(
                    "weir_state_last_time_seconds",
                    "When the writing of the newest snapshot began, in seconds since 1970; nothing before the first.",
                    NONE,
                    (status, points) -> last(status)
                            .ifPresent(last -> points.add(last.taken().toEpochMilli() / 1e3))),
            Family.gauge(
                    "weir_state_last_duration_seconds",
                    "How long it took to write.",
                    NONE,
                    (status, points) -> last(status)
                            .ifPresent(last -> points.add(last.duration().toNanos() / NANOS))),
            Family.gauge(
                    "weir_state_last_bytes",
                    "Octets of it.",
                    NONE,
                    (status, points) -> last(status).ifPresent(last -> points.add((double) last.octets()))),
            Family.gauge(
                    "weir_state_last_flows",
                    "Flows in it.",
                    NONE,
                    (status, points) -> last(status).ifPresent(last -> points.add((double) last.flows()))),
            Family.gauge(
                    "weir_state_last_entries",
                    "Entries of programs' tables in it, those of each worker counted.",
                    NONE,
                    (status, points) -> last(status).ifPresent(last -> points.add((double) last.entries()))),
            Family.gauge(
                    "weir_state_restored_flows",
                    "Flows that came back at the start.",
                    NONE,
                    (status, points) -> points.add((double) status.restored().flows())),
            Family.gauge(
                    "weir_state_left_out",
                    "Flows and entries that did not fit at the start, by reason.",
                    REASON,
                    (status, points) -> status.restored().leftOut().forEach((reason, n) -> points.add(n, reason))));

    private final Supplier<Optional<StateStatus>> source;

    StateMetrics(Supplier<Optional<StateStatus>> source) {
        this.source = source;
    }

    private static Optional<StateStatus.Snapshot> last(StateStatus status) {
        return Optional.ofNullable(status.last());
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
