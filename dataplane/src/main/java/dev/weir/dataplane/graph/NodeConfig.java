package dev.weir.dataplane.graph;

import java.util.List;

/**
 * What a node is to be: an immutable record, whose components are its options. Two that are equal make nodes that behave
 * the same, so that a reload leaves those alone. Its constructor refuses what cannot be with an
 * {@link IllegalArgumentException} that says {@code what: why; what to do}.
 */
public interface NodeConfig {
    /** The name of the kind of node, as configuration says it: {@code firewall}. */
    String type();

    /** Names of the arcs that it has beside the next node of the chain and the drop; configuration says where they lead. */
    default List<String> arcs() {
        return List.of();
    }

    /** Why its nodes drop packets: names in listings, by the codes that they give {@link Batch#drop}. */
    default List<String> dropReasons() {
        return List.of();
    }

    /** What its nodes count beside: names in listings, by the numbers that they give {@link NodeContext#count}. */
    default List<String> counters() {
        return List.of();
    }

    /** Those of {@link #counters} that say how many there are now, and go down again. */
    default List<String> gauges() {
        return List.of();
    }

    /** The ports that it names; a graph without them is refused. */
    default List<String> ports() {
        return List.of();
    }

    /** Whether packets of offloaded flows pass it by. */
    default boolean honoursOffload() {
        return false;
    }

    /**
     * Of a node that {@link #honoursOffload}: which of {@link #counters} counts the packets of offloaded flows that
     * passed it by although their chain had it; -1 for none.
     */
    default int offloadedCounter() {
        return -1;
    }

    /**
     * Whether its nodes say by which port packets leave ({@link Batch#egress}). One that {@link #honoursOffload} too is
     * still visited by packets of an offloaded flow, as long as the flow has not left in their direction before.
     */
    default boolean choosesEgress() {
        return false;
    }

    /**
     * Whether what its nodes did to one packet of a flow they do to all that follow in its direction, as long as the graph
     * stays: those after it may then be carried below the data plane, where the node does not see them.
     */
    default boolean decidesByFlow() {
        return false;
    }

    /**
     * Whether its nodes say packet by packet that what they did to it they do to all that follow in its direction
     * ({@link Batch#decidedByFlow}), instead of {@link #decidesByFlow}. A packet of which they did not say it tells nothing
     * of those after it, and the next one of its flow is looked at.
     */
    default boolean decidesByPacket() {
        return false;
    }

    /** Of a node that decides by flow, always or by packet: whether a drop for that one of {@link #dropReasons} is such a decision. */
    default boolean dropsByFlow(int reason) {
        return false;
    }

    /** Whether packets that have no flow (ARP, say) visit it when their chain has it. */
    default boolean takesUnhandled() {
        return false;
    }

    /** Whether {@link Node#ended} is to be called. */
    default boolean wantsEnded() {
        return false;
    }

    /** Whether {@link Node#turn} is to be called. */
    default boolean wantsTurns() {
        return false;
    }

    /** Octets that its nodes keep with each flow, at {@link NodeContext#annex}; a multiple of 8. */
    default int annexBytes() {
        return 0;
    }

    /** Makes a worker's node. */
    Node create(NodeContext context);
}
