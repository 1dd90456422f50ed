package dev.weir.dataplane.graph;

import dev.weir.packet.PacketVector;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowRecord;
import dev.weir.wire.SendFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One worker's graph: takes the packets of a vector through its nodes to the output. What is pending for a node is a set
 * of bits, one a packet, so packets come to every node in order of arrival, whatever ways they took. One pass over the
 * nodes moves all packets, since they only go forward. The worker's own; allocates nothing but while a trace is on.
 */
final class Graph {
    /** With {@code -Dweir.checks=true}: that a node says of each packet where it goes. */
    private static final boolean CHECKS = Boolean.getBoolean("weir.checks");

    private static final int UNSAID = -1;
    /** Words of a set of packets. */
    private static final int WORDS = Batch.CAPACITY / Long.SIZE;

    /** Why the output drops: nobody chose a port, then by {@link SendFault}. */
    private static final int NO_EGRESS = 0;

    final Plan plan;
    private final NodeSlot[] slots;
    private final NodeSlot[] wantEnded;
    private final NodeSlot[] wantTurns;
    private final NodeSlot[] wantReports;
    private final int[][] arcs;
    private final WorkerPorts ports;
    private final FlowContext flow;
    private final FlowOffload offload;
    private final StageCounters output;
    private final int countersSize;
    private final long[] pending = new long[(Plan.OUTPUT + 1) * WORDS];
    private final int[] picks = new int[Batch.CAPACITY];

    private @Nullable Trace trace;

    /** A graph of these nodes, in the plan's order. {@code output} stays over reloads. */
    Graph(Plan plan, List<NodeSlot> nodes, WorkerPlace place, StageCounters output) {
        this.plan = plan;
        this.slots = nodes.toArray(NodeSlot[]::new);
        this.wantEnded = nodes.stream().filter(slot -> slot.wantsEnded).toArray(NodeSlot[]::new);
        this.wantTurns = nodes.stream().filter(slot -> slot.wantsTurns).toArray(NodeSlot[]::new);
        this.wantReports =
                nodes.stream().filter(slot -> slot.config.decidesByPacket()).toArray(NodeSlot[]::new);
        this.arcs = plan.arcs;
        this.ports = place.ports();
        this.flow = place.table().context();
        this.offload = place.offload();
        this.output = output;
        this.countersSize =
                nodes.stream().mapToInt(slot -> slot.counters.size()).sum() + output.size();
    }

    /** What the output counts. */
    static StageCounters outputCounters() {
        var reasons = new ArrayList<String>();
        reasons.add("no-egress");
        for (int fault = SendFault.NONE + 1; fault < SendFault.COUNT; fault++) {
            reasons.add(SendFault.name(fault));
        }
        return new StageCounters(reasons, List.of());
    }

    List<NodeSlot> slots() {
        return List.of(slots);
    }

    /** Has the nodes that are new get ready to take over from those of another graph; whether they are. */
    boolean prepare(Graph before) {
        boolean ready = true;
        for (NodeSlot next : slots) {
            NodeSlot old = before.predecessor(next);
            if (old != null) {
                ready &= next.node.prepare(old.node);
            }
        }
        return ready;
    }

    /** Has the nodes that are new take over from those of another graph in their place, and closes what is no more. */
    void replace(Graph before) {
        for (NodeSlot next : slots) {
            NodeSlot old = before.predecessor(next);
            if (old != null) {
                next.node.replace(old.node);
                next.counters.add(old.counters);
            }
        }
        for (NodeSlot old : before.slots) {
            if (slot(old.name) != old) {
                old.node.close();
            }
        }
    }

    /** The node here whose place another takes; null when there is none. */
    private @Nullable NodeSlot predecessor(NodeSlot next) {
        NodeSlot old = slot(next.name);
        return old == null || old == next || !old.config.type().equals(next.config.type()) ? null : old;
    }

    /** The node of that name; null when there is none. */
    @Nullable
    NodeSlot slot(String name) {
        for (NodeSlot slot : slots) {
            if (slot.name.equals(name)) {
                return slot;
            }
        }
        return null;
    }

    /** The direction of packet {@code i} is to be carried; {@code nodes}, as bits, said so of it, and are told. */
    void carries(long nodes, Batch batch, int i, OffloadedFlow flow) {
        for (long rest = nodes; rest != 0; rest &= rest - 1) {
            slots[Long.numberOfTrailingZeros(rest)].node.carries(batch, i, flow);
        }
    }

    /** Tells nodes that decide by packet what became of a flow that is carried. */
    void reported(OffloadReport report) {
        for (NodeSlot slot : wantReports) {
            slot.node.reported(report);
        }
    }

    /** Adds to one of a node's own counters. */
    void count(int node, int counter, long n) {
        slots[node].count(counter, n);
    }

    StageCounters output() {
        return output;
    }

    /** How many numbers its nodes and the output count. Any thread. */
    int countersSize() {
        return countersSize;
    }

    /** Copies those numbers to an array from a place on. */
    void copyCounters(long[] to, int from) {
        int at = from;
        for (NodeSlot slot : slots) {
            slot.counters.copyTo(to, at);
            at += slot.counters.size();
        }
        output.copyTo(to, at);
    }

    /** Such a copy with names. Any thread. Allocates. */
    List<NodeCounters> named(long[] copy, int from) {
        var all = new ArrayList<NodeCounters>();
        int at = from;
        for (NodeSlot slot : slots) {
            all.add(slot.counters.named(slot.name, slot.config.type(), copy, at));
            at += slot.counters.size();
        }
        all.add(output.named(GraphConfig.OUTPUT, GraphConfig.OUTPUT, copy, at));
        return all;
    }

    /** Follows packets from now on; null for none. */
    void trace(@Nullable Trace following) {
        trace = following;
    }

    /** Takes the packets {@code entering[0]} to {@code entering[n - 1]}, ascending, through; their chains are set. */
    void run(Batch batch, int[] entering, int n) {
        for (int j = 0; j < n; j++) {
            int i = entering[j];
            put(next(batch.chain[i], -1), i);
        }
        long before = System.nanoTime();
        for (int k = 0; k < slots.length; k++) {
            int picked = take(k);
            if (picked != 0) {
                process(batch, k, picked);
                long after = System.nanoTime();
                slots[k].counters.nanos += after - before;
                before = after;
            }
        }
        int leaving = take(Plan.OUTPUT);
        if (leaving != 0) {
            output(batch, leaving);
            output.nanos += System.nanoTime() - before;
        }
    }

    /** The lowest node of a chain after {@code node}, else the output. */
    private static int next(long chain, int node) {
        long rest = chain & (-1L << (node + 1));
        return rest == 0 ? Plan.OUTPUT : Long.numberOfTrailingZeros(rest);
    }

    private void put(int stage, int i) {
        pending[stage * WORDS + (i >>> 6)] |= 1L << i;
    }

    /** Empties what is pending for a stage into {@link #picks}, ascending; returns how many. */
    private int take(int stage) {
        int n = 0;
        for (int w = 0; w < WORDS; w++) {
            long bits = pending[stage * WORDS + w];
            if (bits != 0) {
                pending[stage * WORDS + w] = 0;
                while (bits != 0) {
                    picks[n++] = (w << 6) + Long.numberOfTrailingZeros(bits);
                    bits &= bits - 1;
                }
            }
        }
        return n;
    }

    private void process(Batch batch, int k, int n) {
        NodeSlot slot = slots[k];
        slot.counters.calls++;
        slot.counters.packets += n;
        Trace following = trace;
        if (following != null) {
            following.entering(batch, k, picks, n);
        }
        if (CHECKS) {
            forget(batch, n);
        }
        boolean follows = offload.isFollowing();
        slot.sends = false;
        slot.node.process(batch, picks, n);
        if (follows) {
            offload.visited(batch, k, slot.sends, picks, n);
        }
        if (CHECKS) {
            check(batch, slot, n);
        }
        if (following != null) {
            following.visited(batch, slot, picks, n);
        }
        dispatch(batch, k, n);
    }

    private void forget(Batch batch, int n) {
        for (int j = 0; j < n; j++) {
            batch.arc[picks[j]] = UNSAID;
        }
    }

    private void check(Batch batch, NodeSlot slot, int n) {
        for (int j = 0; j < n; j++) {
            int arc = batch.arc[picks[j]];
            if (arc < 0 || arc >= Batch.FIRST_ARC + slot.config.arcs().size()) {
                throw new IllegalStateException("node " + slot.name + " does not say where packet " + picks[j]
                        + " goes: arc=" + arc + "; it must call next, drop or arc");
            }
        }
    }

    /** Sends the picks where the node said. When all go the same way, that is one look at each and no more. */
    private void dispatch(Batch batch, int k, int n) {
        int arc = batch.arc[picks[0]];
        long chain = batch.chain[picks[0]];
        int otherArc = 0;
        long otherChain = 0;
        for (int j = 0; j < n; j++) {
            int i = picks[j];
            otherArc |= batch.arc[i] ^ arc;
            otherChain |= batch.chain[i] ^ chain;
        }
        if ((otherArc | otherChain) == 0 && arc == Batch.NEXT) {
            putAll(next(chain, k), n);
            return;
        }
        for (int j = 0; j < n; j++) {
            int i = picks[j];
            int target = target(k, batch.arc[i], batch.chain[i]);
            if (target == Plan.DROP) {
                slots[k].countDrop(batch.arc[i], batch.reason[i]);
            } else {
                put(target, i);
            }
        }
    }

    private int target(int k, int arc, long chain) {
        return switch (arc) {
            case Batch.NEXT -> next(chain, k);
            case Batch.DROP -> Plan.DROP;
            default -> arcs[k][arc - Batch.FIRST_ARC];
        };
    }

    private void putAll(int stage, int n) {
        for (int j = 0; j < n; j++) {
            put(stage, picks[j]);
        }
    }

    private void output(Batch batch, int n) {
        output.calls++;
        output.packets += n;
        if (offload.isFollowing()) {
            offload.leaving(batch, picks, n);
        }
        PacketVector p = batch.packets;
        for (int j = 0; j < n; j++) {
            int i = picks[j];
            int port = batch.egress[i];
            if (port == Batch.NO_PORT) {
                output.drops[NO_EGRESS]++;
                continue;
            }
            int fault = ports.send(port, p.data, p.offset[i], p.captured[i], p.offload[i]);
            if (fault != SendFault.NONE) {
                output.drops[fault]++;
            }
            if (port != batch.cached[i]) {
                remember(batch, i, port);
            }
        }
        Trace following = trace;
        if (following != null) {
            following.output(batch, picks, n);
        }
    }

    /** Caches with a flow by which port it leaves in that direction, for when it is offloaded. */
    private void remember(Batch batch, int i, int port) {
        if (batch.hasFlow(i) && !batch.isRelated(i)) {
            flow.at(batch.flow[i]);
            long decision = flow.getLong(FlowLayout.DECISION);
            flow.setLong(FlowLayout.DECISION, FlowLayout.withEgress(decision, batch.isReverse(i) ? 1 : 0, port));
        }
    }

    /** The name of the first of these nodes that has to see every packet, empty where none has. */
    String needsPackets(long nodes) {
        long which = nodes & plan.needPackets;
        return which == 0 ? "" : slots[Long.numberOfTrailingZeros(which)].name;
    }

    /** Whether all of the nodes that were visited decide by flow; {@code decided} are those that said so of the packet. */
    boolean isDecidedByFlow(long visited, long decided) {
        return (visited & plan.decideByPacket & ~decided) == 0;
    }

    /** Whether packet {@code i}, which the last of these nodes dropped, was dropped by its flow. */
    boolean isDroppedByFlow(Batch batch, int i, long nodes) {
        if (nodes == 0) {
            return false;
        }
        NodeConfig last = slots[Long.SIZE - 1 - Long.numberOfLeadingZeros(nodes)].config;
        return batch.arc[i] == Batch.DROP && last.dropsByFlow(batch.reason[i]);
    }

    /** Tells the nodes that want to know of a flow that ended. */
    void ended(FlowRecord record) {
        for (NodeSlot slot : wantEnded) {
            slot.node.ended(record);
        }
    }

    boolean wantsEnded() {
        return wantEnded.length != 0;
    }

    void turn(long now) {
        for (NodeSlot slot : wantTurns) {
            slot.node.turn(now);
        }
    }

    void tick(long now) {
        for (NodeSlot slot : slots) {
            slot.node.tick(now);
        }
    }

    /** Forgets what is under way; for after a node failed. */
    void clear() {
        Arrays.fill(pending, 0);
    }
}
