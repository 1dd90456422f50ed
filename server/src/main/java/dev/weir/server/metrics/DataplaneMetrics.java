package dev.weir.server.metrics;

import dev.weir.dataplane.graph.DataplaneCounters;
import dev.weir.dataplane.graph.DataplaneCounters.PortEntry;
import dev.weir.dataplane.graph.NodeCounters;
import dev.weir.dataplane.graph.WorkerCounters;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortState;
import dev.weir.wire.SendFault;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What a data plane has counted. The workers are asked once a second at the most, however many read; who reads waits for them,
 * two seconds at the most. Any thread.
 */
final class DataplaneMetrics implements MultiCollector {
    private static final double NANOS = 1e9;

    /** Of the flow table's counters, those that say how many flows ended for a reason. */
    private static final String ENDED = "ended:";

    private static final List<String> NONE = List.of();

    static final List<Family<DataplaneCounters>> FAMILIES = List.of(
            Family.gauge(
                    "weir_flows",
                    "Flows that there are now, by the worker that owns them.",
                    List.of("worker"),
                    worker(WorkerCounters::flows)),
            table("weir_flows_created", "Flows that began.", "CREATED"),
            Family.counter(
                    "weir_flows_ended",
                    "Flows that ended, by reason.",
                    List.of("reason"),
                    (counters, points) -> counters.table().forEach((name, n) -> {
                        if (name.startsWith(ENDED)) {
                            points.add(n, name.substring(ENDED.length()));
                        }
                    })),
            table("weir_flow_table_packets", "Packets that went through the flow table.", "THRU"),
            table("weir_flow_table_hits", "Packets whose flow was there already.", "HIT"),
            table("weir_flow_table_unhandled", "Packets that are no flow's, such as ARP.", "UNHANDLED"),
            table("weir_flow_table_collisions", "New flows whose place was another's.", "COLLISION"),
            Family.counter(
                    "weir_malformed_packets",
                    "Packets that break a rule of their protocol, by kind.",
                    List.of("kind"),
                    (counters, points) -> counters.malformed().forEach((kind, n) -> points.add(n, kind))),
            Family.counter(
                    "weir_events_dropped",
                    "Events that workers could not hand on; never final records.",
                    NONE,
                    (counters, points) -> points.add((double) counters.droppedEvents())),
            node("weir_node_packets", "Packets that came to a node.", NodeCounters::packets),
            node("weir_node_vectors", "Vectors that a node was called with.", NodeCounters::calls),
            node("weir_node_busy_seconds", "Time that a node took.", node -> node.nanos() / NANOS),
            Family.counter(
                    "weir_node_drops",
                    "Packets that a node dropped, by reason.",
                    List.of("node", "reason"),
                    (counters, points) -> counters.nodes()
                            .forEach(node -> node.drops().forEach((reason, n) -> points.add(n, node.name(), reason)))),
            Family.counter(
                    "weir_node_counter",
                    "What nodes count beside that, by name.",
                    List.of("node", "counter"),
                    (counters, points) -> counters.nodes()
                            .forEach(node -> node.own().forEach((name, n) -> points.add(n, node.name(), name)))),
            Family.gauge(
                    "weir_port_up",
                    "Whether a port is up.",
                    List.of("port"),
                    (counters, points) -> counters.ports()
                            .forEach(port -> points.add(port.state() == PortState.UP ? 1 : 0, port.name()))),
            port("weir_port_receive_packets", "Packets received.", PortCounters.RX_PACKETS),
            port("weir_port_receive_bytes", "Octets received.", PortCounters.RX_BYTES),
            port("weir_port_receive_drops", "Packets that came and were not taken in time.", PortCounters.RX_DROPPED),
            port("weir_port_transmit_packets", "Packets sent.", PortCounters.TX_PACKETS),
            port("weir_port_transmit_bytes", "Octets sent.", PortCounters.TX_BYTES),
            Family.counter(
                    "weir_port_transmit_drops",
                    "Packets that could not be sent, by reason.",
                    List.of("port", "reason"),
                    DataplaneMetrics::transmitDrops),
            Family.counter(
                    "weir_worker_packets",
                    "Packets that a worker received.",
                    List.of("worker"),
                    worker(WorkerCounters::packets)),
            Family.counter(
                    "weir_worker_vectors",
                    "Vectors that a worker took through the graph.",
                    List.of("worker"),
                    worker(WorkerCounters::vectors)),
            Family.counter(
                    "weir_worker_busy_seconds",
                    "Time in which a worker had something to do.",
                    List.of("worker"),
                    worker(worker -> worker.busyNanos() / NANOS)),
            Family.gauge(
                    "weir_worker_busy_longest_seconds",
                    "The longest time that a worker took for what its ports had at once, since counters were cleared.",
                    List.of("worker"),
                    worker(worker -> worker.longestCycleNanos() / NANOS)),
            Family.counter(
                    "weir_worker_mail_seconds",
                    "Time in which packets waited for what a worker does between vectors: answers, copies, changes.",
                    List.of("worker"),
                    worker(worker -> worker.mailNanos() / NANOS)),
            Family.gauge(
                    "weir_worker_mail_longest_seconds",
                    "The longest time in which packets waited for that, since counters were cleared.",
                    List.of("worker"),
                    worker(worker -> worker.longestMailNanos() / NANOS)),
            Family.counter(
                    "weir_worker_seconds",
                    "Time that there has been the worker.",
                    List.of("worker"),
                    worker(worker -> worker.totalNanos() / NANOS)),
            Family.counter(
                    "weir_worker_handed_packets",
                    "Packets given to other workers.",
                    List.of("worker"),
                    worker(WorkerCounters::handed)));

    private final Latest<DataplaneCounters> latest;

    /** @param clock nanoseconds that never go back */
    DataplaneMetrics(Supplier<CompletableFuture<DataplaneCounters>> source, LongSupplier clock) {
        latest = new Latest<>(source, clock);
    }

    private static Family<DataplaneCounters> table(String name, String help, String counter) {
        return Family.counter(
                name,
                help,
                NONE,
                (counters, points) -> points.add(counters.table().getOrDefault(counter, 0L)));
    }

    private static Family<DataplaneCounters> node(String name, String help, ToDoubleFunction<NodeCounters> value) {
        return Family.counter(
                name,
                help,
                List.of("node"),
                (counters, points) ->
                        counters.nodes().forEach(node -> points.add(value.applyAsDouble(node), node.name())));
    }

    private static Family<DataplaneCounters> port(String name, String help, int counter) {
        return Family.counter(
                name,
                help,
                List.of("port"),
                (counters, points) ->
                        counters.ports().forEach(port -> points.add((double) port.get(counter), port.name())));
    }

    private static BiConsumer<DataplaneCounters, Family.Points> worker(ToDoubleFunction<WorkerCounters> value) {
        return (counters, points) -> counters.workers()
                .forEach(worker -> points.add(value.applyAsDouble(worker), String.valueOf(worker.worker())));
    }

    private static void transmitDrops(DataplaneCounters counters, Family.Points points) {
        for (PortEntry port : counters.ports()) {
            for (int fault = SendFault.NONE + 1; fault < SendFault.COUNT; fault++) {
                points.add((double) port.get(PortCounters.TX_FAULTS + fault), port.name(), SendFault.name(fault));
            }
        }
    }

    @Override
    public MetricSnapshots collect() {
        DataplaneCounters counters = latest.get();
        return counters == null
                ? new MetricSnapshots()
                : new MetricSnapshots(FAMILIES.stream()
                        .<MetricSnapshot>map(family -> family.snapshot(counters))
                        .toList());
    }
}
