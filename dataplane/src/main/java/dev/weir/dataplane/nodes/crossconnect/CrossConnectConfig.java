package dev.weir.dataplane.nodes.crossconnect;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A node that wires ports in pairs: a packet that came by one port of a pair leaves by the other. A packet whose egress an
 * earlier node chose keeps it; one that came by a port of no pair goes on without an egress of ours.
 *
 * @param pairs at least one; a port is in one pair at the most
 */
public record CrossConnectConfig(List<Pair> pairs) implements NodeConfig {
    /** Two ports, by name. */
    public record Pair(String one, String other) {
        public Pair {
            if (one.equals(other)) {
                throw new IllegalArgumentException(
                        "pair: port '" + one + "' is wired to itself; name two different ports");
            }
        }
    }

    public CrossConnectConfig {
        pairs = List.copyOf(pairs);
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("pairs: there is none; name at least two ports");
        }
        Set<String> seen = new HashSet<>();
        for (Pair pair : pairs) {
            for (String port : List.of(pair.one, pair.other)) {
                if (!seen.add(port)) {
                    throw new IllegalArgumentException(
                            "pairs: port '" + port + "' is in two pairs; a bridge connects more than two ports");
                }
            }
        }
    }

    @Override
    public String type() {
        return "cross-connect";
    }

    @Override
    public List<String> ports() {
        List<String> ports = new ArrayList<>();
        for (Pair pair : pairs) {
            ports.add(pair.one);
            ports.add(pair.other);
        }
        return ports;
    }

    @Override
    public boolean choosesEgress() {
        return true;
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    @Override
    public boolean decidesByFlow() {
        return true;
    }

    @Override
    public Node create(NodeContext context) {
        return new CrossConnectNode(this, context);
    }
}
