package dev.weir.server.metrics;

import com.google.protobuf.Duration;
import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.api.v1.GetStandbyResponse.Role;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** This machine of a pair; nothing where it is alone. Any thread. */
final class PairMetrics implements MultiCollector {
    private static final List<String> NONE = List.of(), REASON = List.of("reason");
    private static final double NANOS = 1e9;

    static final List<Family<GetStandbyResponse>> FAMILIES = List.of(
            Family.gauge(
                    "weir_standby_primary",
                    "Whether this machine of a pair forwards: 1, or 0 while it ends because the other one does; one that stands by has no /metrics.",
                    NONE,
                    (pair, points) -> points.add(pair.getRole() == Role.PRIMARY ? 1 : 0)),
            Family.gauge(
                    "weir_standby_term",
                    "The largest number of a takeover that this machine knows of.",
                    NONE,
                    (pair, points) -> points.add((double) pair.getTerm().getNumber())),
            Family.gauge(
                    "weir_standby_peer_up",
                    "Whether the other machine answered the last time: 1 or 0.",
                    NONE,
                    (pair, points) -> points.add(pair.getPeerAnswers() ? 1 : 0)),
            Family.gauge(
                    "weir_standby_in_step",
                    "Whether another machine follows and has all flows: 1 or 0.",
                    NONE,
                    (pair, points) -> points.add(pair.getInStep() ? 1 : 0)),
            Family.gauge(
                    "weir_standby_lag_seconds",
                    "How old what the other machine has of flows is at the most; nothing where none follows.",
                    NONE,
                    (pair, points) -> {
                        if (pair.hasLag()) {
                            points.add(seconds(pair.getLag()));
                        }
                    }),
            Family.gauge(
                    "weir_standby_program_lag_seconds",
                    "How old what it has of programs is at the most; nothing where there are none.",
                    NONE,
                    (pair, points) -> {
                        if (pair.hasProgramLag()) {
                            points.add(seconds(pair.getProgramLag()));
                        }
                    }),
            Family.gauge(
                    "weir_standby_rounds",
                    "Rounds of changes that it has acknowledged since the stream began.",
                    NONE,
                    (pair, points) -> points.add((double) pair.getRounds())),
            Family.counter(
                    "weir_standby_streams",
                    "Streams of changes that began.",
                    NONE,
                    (pair, points) -> points.add((double) pair.getStreams())),
            Family.gauge(
                    "weir_standby_taken_over_flows",
                    "Flows of the other machine that came over when this one took over.",
                    NONE,
                    (pair, points) -> points.add((double) pair.getTakenOver())),
            Family.gauge(
                    "weir_standby_left_out",
                    "Flows and entries of the other machine that did not fit then, by reason.",
                    REASON,
                    (pair, points) -> pair.getLeftOutMap().forEach((reason, n) -> points.add(n, reason))));

    private final Supplier<Optional<GetStandbyResponse>> source;

    PairMetrics(Supplier<Optional<GetStandbyResponse>> source) {
        this.source = source;
    }

    private static double seconds(Duration of) {
        return of.getSeconds() + of.getNanos() / NANOS;
    }

    @Override
    public MetricSnapshots collect() {
        return source.get()
                .map(pair -> new MetricSnapshots(FAMILIES.stream()
                        .<MetricSnapshot>map(family -> family.snapshot(pair))
                        .toList()))
                .orElseGet(MetricSnapshots::new);
    }
}
