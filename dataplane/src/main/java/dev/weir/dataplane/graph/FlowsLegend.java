package dev.weir.dataplane.graph;

import dev.weir.packet.TunnelMode;
import dev.weir.table.TenantMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What the numbers mean that copies of flows ({@link FlowCopies}) have in them, in names that another run of the data plane understands, which may have another
 * configuration. Immutable.
 *
 * @param tenantMode what tells tenants apart: with another, keys mean something else
 * @param tunnels whose headers make keys
 * @param annexBytes octets of a flow's annex
 * @param ports by the number that flows know them by, from 0
 * @param chains by number, from 1; the first of the list is that of 1
 * @param workers by number
 */
public record FlowsLegend(
        TenantMode tenantMode,
        TunnelMode tunnels,
        int annexBytes,
        List<String> ports,
        List<String> chains,
        List<OfWorker> workers) {
    public FlowsLegend {
        ports = List.copyOf(ports);
        chains = List.copyOf(chains);
        workers = List.copyOf(workers);
    }

    /**
     * A worker's.
     *
     * @param now its table's clock, nanoseconds since 1970
     * @param nextNumber what its next packet is numbered
     * @param nodes that keep something with flows
     */
    public record OfWorker(long now, long nextNumber, List<OfNode> nodes) {
        public OfWorker {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * A node's part of a flow's annex.
     *
     * @param at where it begins
     * @param octets how long it is, a multiple of 8
     * @param config SHA-256 of the node's configuration as text: of two that are equal it is
     * @param words what the node says of the numbers in it, see {@link Node#legend}
     */
    public record OfNode(String name, String type, int at, int octets, String config, List<String> words) {
        public OfNode {
            words = List.copyOf(words);
        }

        static OfNode of(NodeSlot slot, List<String> words) {
            return new OfNode(
                    slot.name, slot.config.type(), slot.annex(), slot.config.annexBytes(), digest(slot.config), words);
        }

        /** Whether the octets are those of such a node; its configuration may be another. */
        boolean isOf(NodeSlot slot) {
            return name.equals(slot.name) && type.equals(slot.config.type()) && octets == slot.config.annexBytes();
        }

        /** The same for a node in its place. */
        Before before(NodeSlot slot) {
            return new Before(config.equals(digest(slot.config)), words);
        }

        private static String digest(NodeConfig config) {
            try {
                byte[] text = config.toString().getBytes(StandardCharsets.UTF_8);
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(text));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }
    }

    /**
     * What the node that had a flow before was.
     *
     * @param same whether it was configured as its successor is
     * @param words see {@link Node#legend}
     */
    public record Before(boolean same, List<String> words) {}

    /**
     * What was counted so far.
     *
     * @param table the flow table's counters by name
     * @param malformed packets by kind
     */
    public record Counted(Map<String, Long> table, Map<String, Long> malformed, List<NodeCounters> nodes) {
        public Counted {
            table = Map.copyOf(table);
            malformed = Map.copyOf(malformed);
            nodes = List.copyOf(nodes);
        }
    }
}
