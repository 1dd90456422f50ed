package dev.weir.server.api;

import com.google.protobuf.Timestamp;
import dev.weir.api.v1.Sample;
import dev.weir.dataplane.graph.DataplaneCounters;
import dev.weir.dataplane.graph.DataplaneCounters.PortEntry;
import dev.weir.dataplane.graph.NodeCounters;
import dev.weir.dataplane.graph.WorkerCounters;
import dev.weir.wire.PortCounters;
import dev.weir.wire.SendFault;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a second between two readings of all counters; immutable. A counter that is lower than before was
 * cleared, and counts from 0.
 */
record Rates(
        Instant time,
        Map<String, OfNode> nodes,
        Map<String, OfPort> ports,
        double created,
        double ended,
        long flows,
        double load) {
    /** Before there are two readings. */
    static final Rates NONE = new Rates(Instant.EPOCH, Map.of(), Map.of(), 0, 0, 0, 0);

    private static final double SECOND_NANOS = 1e9;
    private static final String CREATED = "CREATED";

    /** Of a node or stage; drops by reason, those that are not 0. */
    record OfNode(double packets, Map<String, Double> drops) {
        static final OfNode NONE = new OfNode(0, Map.of());
    }

    /** Of a port. */
    record OfPort(double rxPackets, double rxBytes, double txPackets, double txBytes, double drops) {
        static final OfPort NONE = new OfPort(0, 0, 0, 0, 0);
    }

    static Rates between(DataplaneCounters before, DataplaneCounters now, long nanos) {
        double seconds = Math.max(nanos, 1) / SECOND_NANOS;
        Map<String, OfNode> nodes = new HashMap<>();
        Map<String, NodeCounters> nodesBefore = new HashMap<>();
        before.nodes().forEach(node -> nodesBefore.put(node.name(), node));
        now.nodes().forEach(node -> nodes.put(node.name(), node(nodesBefore.get(node.name()), node, seconds)));
        Map<String, OfPort> ports = new HashMap<>();
        Map<String, PortEntry> portsBefore = new HashMap<>();
        before.ports().forEach(port -> portsBefore.put(port.name(), port));
        now.ports().forEach(port -> ports.put(port.name(), port(portsBefore.get(port.name()), port, seconds)));
        double created =
                rate(before.table().getOrDefault(CREATED, 0L), now.table().getOrDefault(CREATED, 0L), seconds);
        double more = (flows(now) - flows(before)) / seconds;
        return new Rates(
                Instant.now(), nodes, ports, created, Math.max(0, created - more), flows(now), load(before, now));
    }

    private static OfNode node(@Nullable NodeCounters before, NodeCounters now, double seconds) {
        Map<String, Double> drops = new HashMap<>();
        now.drops().forEach((reason, count) -> {
            double rate = rate(before == null ? 0 : before.drops().getOrDefault(reason, 0L), count, seconds);
            if (rate > 0) {
                drops.put(reason, rate);
            }
        });
        return new OfNode(rate(before == null ? 0 : before.packets(), now.packets(), seconds), drops);
    }

    private static OfPort port(@Nullable PortEntry before, PortEntry now, double seconds) {
        return before == null
                ? OfPort.NONE
                : new OfPort(
                        rate(before, now, PortCounters.RX_PACKETS, seconds),
                        rate(before, now, PortCounters.RX_BYTES, seconds),
                        rate(before, now, PortCounters.TX_PACKETS, seconds),
                        rate(before, now, PortCounters.TX_BYTES, seconds),
                        rate(lost(before), lost(now), seconds));
    }

    private static double rate(PortEntry before, PortEntry now, int counter, double seconds) {
        return rate(before.get(counter), now.get(counter), seconds);
    }

    /** Packets that a port lost: received but not taken in time, or not sent. */
    private static long lost(PortEntry port) {
        long lost = port.get(PortCounters.RX_DROPPED);
        for (int fault = SendFault.NONE + 1; fault < SendFault.COUNT; fault++) {
            lost += port.get(PortCounters.TX_FAULTS + fault);
        }
        return lost;
    }

    private static double rate(long before, long now, double seconds) {
        return (now >= before ? now - before : now) / seconds;
    }

    private static long flows(DataplaneCounters counters) {
        return counters.workers().stream().mapToLong(WorkerCounters::flows).sum();
    }

    /** Of the busiest worker. */
    private static double load(DataplaneCounters before, DataplaneCounters now) {
        double most = 0;
        List<WorkerCounters> earlier = before.workers(), later = now.workers();
        for (int i = 0; i < Math.min(earlier.size(), later.size()); i++) {
            long busy = later.get(i).busyNanos() - earlier.get(i).busyNanos();
            long all = later.get(i).totalNanos() - earlier.get(i).totalNanos();
            if (busy >= 0 && all > 0) {
                most = Math.max(most, Math.min(1, (double) busy / all));
            }
        }
        return most;
    }

    OfNode node(String name) {
        return nodes.getOrDefault(name, OfNode.NONE);
    }

    OfPort port(String name) {
        return ports.getOrDefault(name, OfPort.NONE);
    }

    /** As the API has it. */
    Sample sample(long number) {
        double dropped = nodes.values().stream()
                .flatMap(node -> node.drops().values().stream())
                .mapToDouble(Double::doubleValue)
                .sum();
        Sample.Builder sample = Sample.newBuilder()
                .setNumber(number)
                .setTime(
                        Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()))
                .setCreated(created)
                .setEnded(ended)
                .setFlows(flows)
                .setLoad(load);
        double rxPackets = 0, rxBytes = 0, txPackets = 0, txBytes = 0;
        for (OfPort port : ports.values()) {
            rxPackets += port.rxPackets();
            rxBytes += port.rxBytes();
            txPackets += port.txPackets();
            txBytes += port.txBytes();
            dropped += port.drops();
        }
        return sample.setRxPackets(rxPackets)
                .setRxBytes(rxBytes)
                .setTxPackets(txPackets)
                .setTxBytes(txBytes)
                .setDropped(dropped)
                .build();
    }
}
