package dev.weir.server;

import dev.weir.dataplane.graph.DataplaneCounters;
import dev.weir.dataplane.graph.NodeCounters;
import dev.weir.dataplane.graph.WorkerCounters;
import dev.weir.wire.PortCounters;
import dev.weir.wire.SendFault;
import java.util.Locale;
import java.util.Map;

/** Counters as lines for a person: ports, stages, workers, the flow table. What is 0 is left out but for packets. */
final class CounterReport {
    private final StringBuilder out = new StringBuilder();

    private CounterReport() {}

    static String of(DataplaneCounters counters) {
        CounterReport report = new CounterReport();
        counters.ports().forEach(report::port);
        counters.nodes().forEach(report::node);
        counters.workers().forEach(report::worker);
        report.out.append("flow table:");
        report.named(counters.table());
        report.own("dropped-events", counters.droppedEvents());
        report.out.append('\n');
        if (counters.malformed().values().stream().anyMatch(n -> n != 0)) {
            report.out.append("malformed:");
            report.named(counters.malformed());
            report.out.append('\n');
        }
        return report.out.toString();
    }

    private void port(DataplaneCounters.PortEntry port) {
        out.append("port ").append(port.name()).append(": ");
        out.append(port.state().name().toLowerCase(Locale.ROOT));
        out.append(", in ").append(port.get(PortCounters.RX_PACKETS)).append(" packets ");
        out.append(port.get(PortCounters.RX_BYTES)).append(" octets, out ");
        out.append(port.get(PortCounters.TX_PACKETS)).append(" packets ");
        out.append(port.get(PortCounters.TX_BYTES)).append(" octets");
        own("rx-dropped", port.get(PortCounters.RX_DROPPED));
        own("checksums-finished", port.get(PortCounters.CHECKSUMS));
        own("super-packets", port.get(PortCounters.SEGMENTED));
        for (int fault = SendFault.NONE + 1; fault < SendFault.COUNT; fault++) {
            own(SendFault.name(fault), port.get(PortCounters.TX_FAULTS + fault));
        }
        out.append('\n');
    }

    private void node(NodeCounters node) {
        out.append("node ")
                .append(node.name())
                .append(": ")
                .append(node.packets())
                .append(" packets in ");
        out.append(node.calls()).append(" vectors");
        node.drops().forEach((reason, packets) -> own("drop:" + reason, packets));
        named(node.own());
        out.append('\n');
    }

    private void worker(WorkerCounters worker) {
        out.append(String.format(
                Locale.ROOT,
                "worker %d: %d packets, %.1f a vector, %.1f %% busy",
                worker.worker(),
                worker.packets(),
                worker.vectorSize(),
                100 * worker.load()));
        own("flows", worker.flows());
        own("handed", worker.handed());
        own("taken", worker.taken());
        out.append('\n');
    }

    private void named(Map<String, Long> values) {
        values.forEach(this::own);
    }

    private void own(String name, long value) {
        if (value != 0) {
            out.append(' ').append(name).append('=').append(value);
        }
    }
}
