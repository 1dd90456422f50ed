package dev.weir.dataplane.graph;

import dev.weir.dataplane.nodes.reassemble.FragmentHold;
import dev.weir.packet.PacketVector;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowVector;
import dev.weir.table.FragmentTable;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TcpState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first stage of every graph: from packets to their flows, and from flows to the nodes that their packets visit.
 * Packets of flows that other workers own are handed to them. One a worker, and its own; allocates nothing after it was
 * made.
 *
 * <p>A packet is in one of these states when it comes here, and goes to the worker that can bring it further:
 *
 * <ul>
 *   <li>{@link #TRACK}: its flow is to be found or made, and to count it. To the owner of its key.
 *   <li>{@link #QUOTED}: an ICMP error that its own flow has counted; the flow that it quotes is to be found. To the owner
 *       of the quoted key. Where there is none, back to its own flow:
 *   <li>{@link #COUNTED}: its flow, which has counted it, is to be found. To the owner of its key.
 * </ul>
 */
final class FlowStage {
    private static final int TRACK = 0, QUOTED = 1, COUNTED = 2, STATE_MASK = 3;
    /** With a state: the key that it is about is a flow's first, and no alias. The packet began its own flow. */
    private static final int RESOLVED = 4, FIRST = 8;
    /**
     * With a state, here only: it is no flow's. It went to another worker, or was dropped for want of room there. It is
     * kept until its first fragment comes.
     */
    private static final int UNTRACKED = 16, GONE = 32, HELD = 64;

    /** Why packets are dropped here: their flow ended before the nodes that need it saw them; a hand-off ring is full. */
    private static final int FLOW_ENDED = 0, RING_FULL = 1;

    /** The stage's own counters are those of {@link FragmentHold}, then how many aliases there are, and how many clashed. */
    static final int ALIASES = FragmentHold.COUNTERS.size(), ALIAS_CLASHES = ALIASES + 1;

    /** Those of its counters that say how many there are now. */
    static final List<String> GAUGES = List.of("ALIASES");

    private static final List<String> DROPS = List.of("flow-ended", "hand-off-full");

    private final Plan plan;
    private final FlowTable table;
    private final KeyExtractor extractor;
    private final FragmentTable fragments;
    private final FragmentHold hold;
    private final HandOff handOff;
    private final Aliases aliases;
    private final FlowOffload offload;
    private final FlowContext flow;
    private final StageCounters counters;
    private final int worker, workers;

    /** The keys of the flows that packets quote, beside the packets. */
    private final FlowVector quoted = new FlowVector(new PacketVector(Batch.CAPACITY), true);

    private final int[] states = new int[Batch.CAPACITY];
    private final int[] picks4 = new int[Batch.CAPACITY], picks6 = new int[Batch.CAPACITY];
    private final int[] through = new int[Batch.CAPACITY];

    /** By node: packets of offloaded flows that bypassed it, since they were last counted; and which nodes those are. */
    private final long[] bypassed = new long[GraphConfig.MAX_NODES];

    private long bypassedNodes;

    private @Nullable Trace trace;

    FlowStage(
            Plan plan,
            WorkerPlace place,
            KeyExtractor extractor,
            FragmentTable fragments,
            FragmentHold hold,
            HandOff handOff,
            Aliases aliases,
            StageCounters counters) {
        this.plan = plan;
        this.table = place.table();
        this.extractor = extractor;
        this.fragments = fragments;
        this.hold = hold;
        this.handOff = handOff;
        this.aliases = aliases;
        this.counters = counters;
        this.offload = place.offload();
        this.flow = table.context();
        this.worker = place.worker();
        this.workers = place.workers();
    }

    static StageCounters counters() {
        List<String> names = new ArrayList<>(FragmentHold.COUNTERS);
        names.add("ALIASES");
        names.add("ALIAS_CLASHES");
        return new StageCounters(DROPS, names);
    }

    void trace(@Nullable Trace following) {
        trace = following;
    }

    /** Fills the vector with packets from another worker; returns how many. {@link HandOffRing#release} must follow. */
    int poll(HandOffRing from, Batch batch) {
        return from.poll(batch, states, quoted, QUOTED);
    }

    /**
     * Finds the flows of packets that came in by a port, and says which nodes they visit.
     *
     * @param out has room for {@link FlowTable#RECORDS_PER_PACKET} records a packet
     * @return how many packets go on; {@link #through} says which
     */
    int run(Batch batch, FlowRecords out) {
        extractor.extract(batch.flows);
        if (batch.flows.hasFragments()) {
            extractor.joinFragments(batch.flows, fragments);
            hold.hold(batch.flows, plan.portTracked);
            for (int i = 0; i < batch.packets.size; i++) {
                states[i] = hold.isTaken(i) ? HELD : TRACK;
            }
        } else {
            Arrays.fill(states, 0, batch.packets.size, TRACK);
        }
        return resume(batch, out);
    }

    /** The same for the packets that {@link #poll} filled in. */
    int resume(Batch batch, FlowRecords out) {
        int size = batch.packets.size;
        counters.calls++;
        counters.packets += size;
        Trace following = trace;
        if (following != null) {
            arriving(batch, following);
        }
        aliases.refresh();
        track(batch, out);
        int n = 0;
        for (int i = 0; i < size; i++) {
            if (decide(batch, i)) {
                through[n++] = i;
            }
        }
        if (workers > 1) {
            handOff.publish();
        }
        if (following != null) {
            following.tracked(batch, through, n);
        }
        return n;
    }

    /** The packets that go on. */
    int[] through() {
        return through;
    }

    private void arriving(Batch batch, Trace following) {
        int size = batch.packets.size;
        for (int i = 0; i < size; i++) {
            picks4[i] = i;
        }
        following.entering(batch, Trace.FLOW_TABLE, picks4, size);
    }

    private void track(Batch batch, FlowRecords out) {
        FlowVector v = batch.flows;
        int n4 = 0, n6 = 0;
        for (int i = 0; i < batch.packets.size; i++) {
            if (states[i] == HELD) {
                held(i);
                continue;
            }
            if ((states[i] & STATE_MASK) != TRACK) {
                continue;
            }
            int family = plan.portTracked[batch.packets.port[i]] ? v.family(i) : 0;
            if (family == 0) {
                states[i] |= UNTRACKED;
            } else if (!isOurs(batch, v, i, TRACK)) {
                states[i] = GONE;
            } else if (family == 4) {
                picks4[n4++] = i;
            } else {
                picks6[n6++] = i;
            }
        }
        table.track(4, v, picks4, 0, n4, out);
        table.track(6, v, picks6, 0, n6, out);
        batch.now = table.now();
    }

    private void held(int i) {
        states[i] = GONE;
        Trace following = trace;
        if (following != null) {
            following.left(i, GraphConfig.FLOW_TABLE, "held until its first fragment comes");
        }
    }

    /** Says which nodes packet {@code i} visits; false where it goes no further here. */
    private boolean decide(Batch batch, int i) {
        int state = states[i];
        if (state == GONE) {
            return false;
        }
        batch.egress[i] = Batch.NO_PORT;
        batch.cached[i] = Batch.NO_PORT;
        if ((state & UNTRACKED) != 0) {
            return decideUntracked(batch, i);
        }
        return switch (state & STATE_MASK) {
            case TRACK -> decideTracked(batch, i);
            case QUOTED -> decideQuoted(batch, i);
            default -> decideCounted(batch, i, state & FIRST);
        };
    }

    private boolean decideUntracked(Batch batch, int i) {
        int port = batch.packets.port[i];
        batch.flow[i] = FlowVector.NO_FLOW;
        batch.flags[i] = 0;
        batch.chain[i] = plan.unhandled[plan.portChain[port]] & plan.portNodes[port];
        return true;
    }

    private boolean decideTracked(Batch batch, int i) {
        FlowVector v = batch.flows;
        if (v.quoted(i) != 0 && extractor.extractQuoted(v, i, quoted, i)) {
            states[i] = QUOTED | (v.isFirst(i) ? FIRST : 0);
            return decideQuoted(batch, i);
        }
        if (!v.hasFlow(i)) {
            return decideCounted(batch, i, v.isFirst(i) ? FIRST : 0);
        }
        int flags = (v.isReverse(i) ? Batch.REVERSE : 0) | (v.isFirst(i) ? Batch.FIRST : 0);
        decideBy(batch, i, v.flow(i), v.isOffloaded(i) ? flags | Batch.OFFLOADED : flags);
        return true;
    }

    /** An ICMP error takes the way of the flow that it quotes, against the direction of the packet that it quotes. */
    private boolean decideQuoted(Batch batch, int i) {
        if (!isOurs(batch, quoted, i, QUOTED)) {
            return false;
        }
        int found = table.find(quoted, i);
        if (found != FlowVector.NO_FLOW) {
            int reverse = table.isReverse(quoted, i, found) ? 0 : Batch.REVERSE;
            decideBy(batch, i, found, Batch.RELATED | reverse | offloaded(found));
            return true;
        }
        states[i] = COUNTED | (states[i] & FIRST) | RESOLVED;
        return isOurs(batch, batch.flows, i, COUNTED) && decideCounted(batch, i, states[i] & FIRST);
    }

    /**
     * A packet that its flow has counted before: at another worker, or the flow ended within this vector, recycled or
     * begun anew on the same ports. Where there is no flow, a chain that has nodes which cannot do without one drops it,
     * since they would have had to judge it.
     */
    private boolean decideCounted(Batch batch, int i, int first) {
        int port = batch.packets.port[i];
        int found = table.find(batch.flows, i);
        if (found != FlowVector.NO_FLOW) {
            int reverse = table.isReverse(batch.flows, i, found) ? Batch.REVERSE : 0;
            decideBy(batch, i, found, reverse | offloaded(found) | (first != 0 ? Batch.FIRST : 0));
            return true;
        }
        long nodes = plan.visits[0][plan.chainOf(batch.flows.tenant(i), port)] & plan.portNodes[port];
        if ((nodes & plan.needFlow) != 0) {
            drop(i, FLOW_ENDED);
            return false;
        }
        batch.flow[i] = FlowVector.NO_FLOW;
        batch.flags[i] = 0;
        batch.chain[i] = nodes;
        return true;
    }

    /**
     * Whether we own the key that {@code keys} has of packet {@code i}, after its alias was resolved. If not, the packet
     * is handed to who does.
     */
    private boolean isOurs(Batch batch, FlowVector keys, int i, int state) {
        int owner = owner(keys, i);
        if (owner == worker) {
            if ((states[i] & RESOLVED) != 0 || !aliases.replace(keys, i)) {
                return true;
            }
            states[i] |= RESOLVED;
            owner = owner(keys, i);
            if (owner == worker) {
                return true;
            }
        }
        int marks = states[i] & (RESOLVED | FIRST);
        Trace following = trace;
        if (!handOff.put(owner, batch, i, state | marks, quoted, state == QUOTED)) {
            drop(i, RING_FULL);
        } else if (following != null) {
            following.left(i, GraphConfig.FLOW_TABLE, "handed to worker " + owner);
        }
        return false;
    }

    private int owner(FlowVector keys, int i) {
        return FlowAliases.owner(keys, i, workers);
    }

    private void drop(int i, int reason) {
        counters.drops[reason]++;
        Trace following = trace;
        if (following != null) {
            following.left(i, GraphConfig.FLOW_TABLE, "drop: " + DROPS.get(reason));
        }
    }

    private int offloaded(int number) {
        return flow.at(number).isOffloaded() ? Batch.OFFLOADED : 0;
    }

    /** The flow's chain, and what it has cached, say. */
    private void decideBy(Batch batch, int i, int number, int flags) {
        int port = batch.packets.port[i];
        int direction = flags & Batch.REVERSE;
        flow.at(number);
        long decision = flow.getLong(FlowLayout.DECISION);
        int chain = FlowLayout.chain(decision, direction);
        if (chain == 0 || chain >= plan.chainExists.length || !plan.chainExists[chain]) {
            decision = choose(batch.flows.tenant(i), port, decision);
            chain = FlowLayout.chain(decision, direction);
        }
        int egress = FlowLayout.egress(decision, direction);
        if (egress != Batch.NO_PORT && (egress >= plan.portExists.length || !plan.portExists[egress])) {
            egress = Batch.NO_PORT;
        }
        batch.cached[i] = egress;
        long nodes = plan.visits[direction][chain] & plan.portNodes[port];
        batch.flow[i] = number;
        batch.flags[i] = flags;
        if ((flags & Batch.OFFLOADED) != 0) {
            if (!FlowLayout.isDropped(flow.getInt(FlowLayout.ENTRY))) {
                nodes = bypass(batch, i, nodes, egress);
            }
            offload.meets(batch, i);
        } else if (offload.seeksElephants()) {
            offload.weighs(batch, i);
        }
        batch.chain[i] = nodes;
    }

    /**
     * What is left of a chain for a packet of an offloaded flow. What the flow has cached stands for the choice of a node
     * that is bypassed, so it counts only where there is one: all other nodes choose as ever.
     */
    private long bypass(Batch batch, int i, long nodes, int egress) {
        long bypassed = nodes & plan.honours;
        if (egress == Batch.NO_PORT) {
            bypassed &= ~plan.choosers;
        } else if ((bypassed & plan.choosers) != 0) {
            batch.egress[i] = egress;
        }
        if ((bypassed & plan.countBypass) != 0) {
            countBypassed(bypassed & plan.countBypass);
        }
        return nodes & ~bypassed;
    }

    private void countBypassed(long nodes) {
        bypassedNodes |= nodes;
        for (long rest = nodes; rest != 0; rest &= rest - 1) {
            bypassed[Long.numberOfTrailingZeros(rest)]++;
        }
    }

    /** Has the nodes' own counters count those that bypassed them. */
    void countBypassed(Graph graph) {
        for (long rest = bypassedNodes; rest != 0; rest &= rest - 1) {
            int node = Long.numberOfTrailingZeros(rest);
            graph.count(node, plan.bypassCounter[node], bypassed[node]);
            bypassed[node] = 0;
        }
        bypassedNodes = 0;
    }

    /** Chooses the chain of a flow that has none: it is new, or its chain is gone. */
    private long choose(int tenant, int port, long before) {
        int chain = plan.chainOf(tenant, port);
        long decision = FlowLayout.withChains(before, chain, chain);
        flow.setLong(FlowLayout.DECISION, decision);
        if (FlowLayout.chain(before, 0) == 0) {
            flow.setInt(FlowLayout.ENTRY, port + 1);
            long lifetime = plan.lifetimeOf(tenant);
            if (lifetime != Plan.NO_LIFETIME && flow.tcpState() == TcpState.NONE) {
                flow.setLifetime((int) lifetime);
            }
        }
        return decision;
    }
}
