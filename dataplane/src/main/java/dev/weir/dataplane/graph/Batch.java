package dev.weir.dataplane.graph;

import dev.weir.packet.PacketVector;
import dev.weir.packet.Rewrite;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowVector;

/**
 * A vector on its way through the graph: packets, their flows, and per packet where it is to go. One a worker; the
 * columns are public arrays because the loops over them are the innermost. Allocates nothing after it was made.
 */
public final class Batch {
    /** Of {@link #egress}: nobody has chosen a port yet. */
    public static final int NO_PORT = -1;

    /** The most packets. */
    public static final int CAPACITY = FlowTable.VECTOR;

    /** In {@link #flags}: the packet goes from the responder to the initiator. */
    public static final int REVERSE = 1;
    /** It began its flow. */
    public static final int FIRST = 2;
    /** Its flow is offloaded. */
    public static final int OFFLOADED = 4;
    /** It is an ICMP error, and {@link #flow} is the flow of the packet that it quotes. */
    public static final int RELATED = 8;
    /** In {@link #flags}: the node that has it decides so for all that follow in its flow's direction. */
    static final int DECIDED = 16;

    /** The arcs that every node has. Those of {@link NodeConfig#arcs} follow, in their order. */
    static final int NEXT = 0, DROP = 1, FIRST_ARC = 2;

    /** Bytes, lengths, times, ports of entry. */
    public final PacketVector packets;
    /** Keys, places of headers. */
    public final FlowVector flows;
    /**
     * The flow whose verdict is the packet's, as {@link dev.weir.table.FlowContext#at} takes it, or
     * {@link FlowVector#NO_FLOW}: its own, or, of an ICMP error, the one that it quotes.
     */
    public final int[] flow;
    /** {@link #REVERSE} and others, about {@link #flow}. */
    public final int[] flags;
    /** Index of the port by which each packet is to leave; {@link #NO_PORT} until a node says. */
    public final int[] egress;
    /** Nodes that each packet has still to visit, a bit a node in the graph's order. */
    public final long[] chain;
    /** The table's clock, nanoseconds since 1970. */
    public long now;

    /** What the node that has the packets said of each: an arc, and the reason of a drop. */
    final int[] arc = new int[CAPACITY];

    final int[] reason = new int[CAPACITY];

    /** The egress that the flow of each packet has cached for its direction, else {@link #NO_PORT}. */
    final int[] cached = new int[CAPACITY];

    /** An empty one. */
    public Batch() {
        packets = new PacketVector(CAPACITY, true);
        flows = new FlowVector(packets, true);
        flow = new int[CAPACITY];
        flags = new int[CAPACITY];
        egress = new int[CAPACITY];
        chain = new long[CAPACITY];
    }

    /** Packet {@code i} goes on: to the next node of its chain, after the last one to its egress. */
    public void next(int i) {
        arc[i] = NEXT;
    }

    /** Packet {@code i} leaves the graph here; {@code reason} is one of the node's {@link NodeConfig#dropReasons}. */
    public void drop(int i, int reason) {
        arc[i] = DROP;
        this.reason[i] = reason;
    }

    /** Packet {@code i} takes one of the node's own arcs, by its number in {@link NodeConfig#arcs}. */
    public void arc(int i, int arc) {
        this.arc[i] = FIRST_ARC + arc;
    }

    /**
     * Whether what the node does to packet {@code i} is what it does to all that follow in the direction of its flow, as long
     * as the flow stays marked; for nodes that say so packet by packet ({@link NodeConfig#decidesByPacket}).
     */
    public void decidedByFlow(int i, boolean decided) {
        flags[i] = decided ? flags[i] | DECIDED : flags[i] & ~DECIDED;
    }

    /** Has packet {@code i} be the one that {@code rewrite} changes; it has a key. */
    public void place(Rewrite rewrite, int i) {
        rewrite.at(packets, i, flows.network(i), flows.transport(i), flows.protocol(i), flows.quoted(i));
    }

    public boolean hasFlow(int i) {
        return flow[i] != FlowVector.NO_FLOW;
    }

    public boolean isReverse(int i) {
        return (flags[i] & REVERSE) != 0;
    }

    public boolean isFirst(int i) {
        return (flags[i] & FIRST) != 0;
    }

    public boolean isOffloaded(int i) {
        return (flags[i] & OFFLOADED) != 0;
    }

    public boolean isRelated(int i) {
        return (flags[i] & RELATED) != 0;
    }
}
