package dev.weir.dataplane.graph;

import dev.weir.wire.PortCounters;
import dev.weir.wire.PortState;
import java.util.List;
import java.util.Map;

/**
 * What a data plane has counted since it was started; immutable. Every worker's part is of one moment between two of its
 * vectors, so sums over a graph at rest agree.
 *
 * @param nodes the stages, in the order of packets: the flow table, the nodes, the output
 * @param ports in the order of the configuration
 * @param workers by number
 * @param table the flow table's, of all shards: HIT, THRU, CREATED, UNHANDLED, TIMER_EXPIRE, COLLISION, RECYCLE and others
 * @param malformed packets by kind
 * @param droppedEvents events that nobody took in time; final records are never among them
 */
public record DataplaneCounters(
        List<NodeCounters> nodes,
        List<PortEntry> ports,
        List<WorkerCounters> workers,
        Map<String, Long> table,
        Map<String, Long> malformed,
        long droppedEvents) {

    /** A port's: by {@link PortCounters}, summed over its queues. */
    public record PortEntry(String name, PortState state, List<Long> values) {
        /** One of the counters of {@link PortCounters}. */
        public long get(int counter) {
            return values.get(counter);
        }
    }

    /** Those of a node or stage. */
    public NodeCounters node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("no such node: node=" + name));
    }

    /** Those of a port. */
    public PortEntry port(String name) {
        return ports.stream()
                .filter(port -> port.name().equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("no such port: port=" + name));
    }
}
