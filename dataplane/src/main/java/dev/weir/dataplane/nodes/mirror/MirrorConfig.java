package dev.weir.dataplane.nodes.mirror;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import java.util.List;

/**
 * A node that sends copies of packets to a port, for an application that looks at them. The originals go on. What the
 * application has seen enough of it marks offloaded; those packets pass the node by, and still the application learns
 * how much there was of each flow, offloaded or not, from the frames of {@link ExpirationFrames}, which leave by the same
 * port. What came by that port is not copied back to it.
 *
 * @param port where the copies go
 * @param firstPackets of each flow so many are copied at the most, of those that {@code direction} chooses; 0 for all
 * @param direction which packets are copied
 * @param expirations whether flows that ended are told
 * @param onlyWithContext whether only flows with a {@code ctx_id} are told, as VPP's flow table had it
 * @param backlog how many expirations a worker keeps while the port does not take them; then they are counted as lost
 */
public record MirrorConfig(
        String port,
        int firstPackets,
        MirrorDirection direction,
        boolean expirations,
        boolean onlyWithContext,
        int backlog)
        implements NodeConfig {
    /** Half a mebibyte a worker. */
    public static final int DEFAULT_BACKLOG = 16_384;

    private static final int BACKLOG_LIMIT = 1 << 24;

    static final int HITS = 0, OFFLOADED = 1, NO_INTF_OUT = 2, TIMEOUT_MSG_SENT = 3, TIMEOUT_MSG_LOST = 4;

    public MirrorConfig {
        if (firstPackets < 0) {
            throw new IllegalArgumentException(
                    "first-packets: " + firstPackets + " is negative; give a number, or 0 for all");
        }
        if (backlog < ExpirationFrames.MESSAGES || backlog > BACKLOG_LIMIT) {
            throw new IllegalArgumentException("backlog: " + backlog + " is out of range; give "
                    + ExpirationFrames.MESSAGES + " to " + BACKLOG_LIMIT);
        }
    }

    /** Copies of all packets, and word of all flows. */
    public static MirrorConfig to(String port) {
        return new MirrorConfig(port, 0, MirrorDirection.BOTH, true, false, DEFAULT_BACKLOG);
    }

    @Override
    public String type() {
        return "mirror";
    }

    @Override
    public List<String> ports() {
        return List.of(port);
    }

    @Override
    public List<String> counters() {
        return List.of("HITS", "OFFLOADED", "NO_INTF_OUT", "TIMEOUT_MSG_SENT", "TIMEOUT_MSG_LOST");
    }

    @Override
    public boolean honoursOffload() {
        return true;
    }

    @Override
    public int offloadedCounter() {
        return OFFLOADED;
    }

    @Override
    public boolean wantsEnded() {
        return expirations;
    }

    @Override
    public int annexBytes() {
        return firstPackets == 0 ? 0 : Long.BYTES;
    }

    @Override
    public Node create(NodeContext context) {
        return new MirrorNode(this, context);
    }
}
