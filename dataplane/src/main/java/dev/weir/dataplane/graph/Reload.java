package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.GraphConfig.Fault;
import dev.weir.dataplane.graph.GraphConfig.NodeEntry;
import dev.weir.wire.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What differs between two configurations, and what of it can change while packets flow. */
final class Reload {
    private Reload() {}

    /** The faults of {@code next} and what in it cannot be changed without loss. */
    static List<Fault> unchangeable(GraphConfig now, GraphConfig next) {
        var faults = new ArrayList<>(next.faults());
        if (now.workers() != next.workers()) {
            faults.add(new Fault(
                    "workers",
                    "cannot change while packets flow: " + now.workers() + " to " + next.workers() + "; start anew"));
        }
        if (now.tenantMode() != next.tenantMode()) {
            faults.add(new Fault("tenants", "what tells them apart cannot change while packets flow; start anew"));
        }
        if (now.tunnels() != next.tunnels()) {
            faults.add(new Fault("tunnels", "whose headers make keys cannot change while packets flow; start anew"));
        }
        if (!now.table().hashSeed().equals(next.table().hashSeed())) {
            faults.add(new Fault("flow-table.hash-seed", "cannot change while packets flow; start anew"));
        }
        if (!now.fragments().equals(next.fragments())) {
            faults.add(new Fault(
                    "flow-table.fragments", "the room for them cannot change while packets flow; start anew"));
        }
        return faults;
    }

    /**
     * A worker's next graph: nodes that are like those of the one before are taken over, the others are made.
     *
     * @param made gets those that were made
     * @throws IllegalArgumentException when a node refuses its configuration
     */
    static Graph graph(Plan plan, Graph before, WorkerPlace place, WorkerPorts ports, List<NodeSlot> made) {
        var slots = new ArrayList<NodeSlot>();
        for (int k = 0; k < plan.nodes(); k++) {
            NodeSlot old = before.slot(plan.config.nodes().get(k).name());
            if (old != null && old.isLike(plan, k)) {
                slots.add(old);
            } else {
                var slot = new NodeSlot(plan, k, place, ports);
                made.add(slot);
                slots.add(slot);
            }
        }
        return new Graph(plan, slots, place, before.output());
    }

    /** What differs, a clause each. */
    static List<String> changes(
            GraphConfig now, GraphConfig next, Map<String, Port> portsNow, Map<String, Port> portsNext) {
        var changes = new ArrayList<String>();
        difference(changes, "node", nodes(now), nodes(next));
        difference(changes, "chain", now.allChains(), next.allChains());
        difference(changes, "port", portsNow, portsNext);
        if (!now.ports().equals(next.ports()) && portsNow.equals(portsNext)) {
            changes.add("settings of ports changed");
        }
        if (!now.tenants().equals(next.tenants())) {
            changes.add("tenants changed");
        }
        if (!now.table().equals(next.table())) {
            changes.add("flow table changed");
        }
        return changes;
    }

    private static Map<String, NodeEntry> nodes(GraphConfig config) {
        var all = new LinkedHashMap<String, NodeEntry>();
        config.nodes().forEach(node -> all.put(node.name(), node));
        return all;
    }

    private static <T> void difference(List<String> changes, String what, Map<String, T> now, Map<String, T> next) {
        Stream.concat(now.keySet().stream(), next.keySet().stream())
                .distinct()
                .filter(name -> !Objects.equals(now.get(name), next.get(name)))
                .map(name -> what + " " + name
                        + (!now.containsKey(name) ? " added" : !next.containsKey(name) ? " removed" : " changed"))
                .forEach(changes::add);
    }
}
