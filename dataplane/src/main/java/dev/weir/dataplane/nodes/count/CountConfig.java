package dev.weir.dataplane.nodes.count;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import java.util.List;

/**
 * A node that counts packets and octets on the wire by the direction in their flow, those without a flow apart, and lets
 * all go on. An ICMP error counts in its own direction along the flow that it quotes.
 */
public record CountConfig() implements NodeConfig {
    static final int FORWARD_PACKETS = 0, FORWARD_BYTES = 1, REVERSE_PACKETS = 2, REVERSE_BYTES = 3;
    static final int UNHANDLED_PACKETS = 4, UNHANDLED_BYTES = 5;

    private static final List<String> COUNTERS = List.of(
            "FORWARD_PACKETS",
            "FORWARD_BYTES",
            "REVERSE_PACKETS",
            "REVERSE_BYTES",
            "UNHANDLED_PACKETS",
            "UNHANDLED_BYTES");

    @Override
    public String type() {
        return "count";
    }

    @Override
    public List<String> counters() {
        return COUNTERS;
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    @Override
    public Node create(NodeContext context) {
        return new CountNode(context);
    }
}
