package dev.weir.dataplane.graph;

import dev.weir.packet.PacketVector;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowVector;
import dev.weir.table.FragmentTable;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TcpState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first stage of every graph: from packets to their flows, and from flows to the nodes that their packets visit. One
 * a worker, and its own; allocates nothing after it was made.
 */
final class FlowStage {
    /** Why packets are dropped here: their flow ended before the nodes that need it saw them; a hand-off ring is full. */
    private static final int FLOW_ENDED = 0;

    private final Plan plan;
    private final FlowTable table;
    private final KeyExtractor extractor;
    private final FragmentTable fragments;
    private final FlowAliases aliases;
    private final FlowContext flow;
    private final StageCounters counters;
    private final FlowVector probe = new FlowVector(new PacketVector(1), true);

    private final int[] picks4 = new int[Batch.CAPACITY], picks6 = new int[Batch.CAPACITY];
    private final int[] through = new int[Batch.CAPACITY];

    private @Nullable Trace trace;

    FlowStage(Plan plan, WorkerPlace place, FragmentTable fragments, StageCounters counters) {
        this.plan = plan;
        this.table = place.table();
        this.aliases = place.aliases();
        this.fragments = fragments;
        this.counters = counters;
        this.flow = table.context();
        this.extractor = new KeyExtractor(table, plan.config.tunnels(), plan.config.tenantMode(), plan.portTenant);
    }

    static StageCounters counters() {
        return new StageCounters(List.of("flow-ended", "hand-off-full"), List.of());
    }

    KeyExtractor extractor() {
        return extractor;
    }

    void trace(@Nullable Trace following) {
        trace = following;
    }

    /**
     * Finds the flows of the vector's packets and says which nodes they visit.
     *
     * @param out has room for {@link FlowTable#RECORDS_PER_PACKET} records a packet
     * @return which packets go on, in {@link #through}: how many
     */
    int run(Batch batch, FlowRecords out) {
        counters.calls++;
        counters.packets += batch.packets.size;
        extractor.extract(batch.flows);
        if (batch.flows.hasFragments()) {
            extractor.joinFragments(batch.flows, fragments);
        }
        aliases.resolve(batch.flows);
        Trace following = trace;
        if (following != null) {
            arriving(batch, following);
        }
        track(batch, out);
        int n = 0;
        for (int i = 0; i < batch.packets.size; i++) {
            if (decide(batch, i)) {
                through[n++] = i;
            }
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
        for (int i = 0; i < batch.packets.size; i++) {
            picks4[i] = i;
        }
        following.entering(batch, Trace.FLOW_TABLE, picks4, batch.packets.size);
    }

    private void track(Batch batch, FlowRecords out) {
        FlowVector v = batch.flows;
        int n4 = 0, n6 = 0;
        for (int i = 0; i < batch.packets.size; i++) {
            int family = plan.portTracked[batch.packets.port[i]] ? v.family(i) : 0;
            if (family == 4) {
                picks4[n4++] = i;
            } else if (family == 6) {
                picks6[n6++] = i;
            } else {
                v.setNoFlow(i);
                batch.flags[i] = UNTRACKED;
                continue;
            }
            batch.flags[i] = 0;
        }
        table.track(4, v, picks4, 0, n4, out);
        table.track(6, v, picks6, 0, n6, out);
        batch.now = table.now();
    }

    /** In {@link Batch#flags}, while packets are here: it is no flow's. */
    private static final int UNTRACKED = 1 << 30;

    /** Says which nodes packet {@code i} visits; false where it goes no further. */
    private boolean decide(Batch batch, int i) {
        batch.egress[i] = Batch.NO_PORT;
        batch.cached[i] = Batch.NO_PORT;
        int port = batch.packets.port[i];
        if (batch.flags[i] == UNTRACKED) {
            batch.flow[i] = FlowVector.NO_FLOW;
            batch.flags[i] = 0;
            batch.chain[i] = plan.unhandled[plan.portChain[port]] & plan.portNodes[port];
            return true;
        }
        FlowVector v = batch.flows;
        if (v.quoted(i) != 0 && isRelated(batch, i)) {
            return true;
        }
        if (!v.hasFlow(i)) {
            return decideWithout(batch, i, port);
        }
        int flags = (v.isReverse(i) ? Batch.REVERSE : 0) | (v.isFirst(i) ? Batch.FIRST : 0);
        decideBy(batch, i, v.flow(i), v.isOffloaded(i) ? flags | Batch.OFFLOADED : flags);
        return true;
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
        if ((flags & Batch.OFFLOADED) != 0) {
            nodes &= egress == Batch.NO_PORT ? ~plan.honours | plan.choosers : ~plan.honours;
            batch.egress[i] = egress;
        }
        batch.flow[i] = number;
        batch.flags[i] = flags;
        batch.chain[i] = nodes;
    }

    /** Chooses the chain of a flow that has none: it is new, or its chain is gone. */
    private long choose(int tenant, int port, long before) {
        int chain = plan.chainOf(tenant, port);
        long decision = FlowLayout.withChains(before, chain, chain);
        flow.setLong(FlowLayout.DECISION, decision);
        if (FlowLayout.chain(before, 0) == 0) {
            flow.setInt(FlowLayout.FIRST_PORT, port + 1);
            long lifetime = plan.lifetimeOf(tenant);
            if (lifetime != Plan.NO_LIFETIME && flow.tcpState() == TcpState.NONE) {
                flow.setLifetime((int) lifetime);
            }
        }
        return decision;
    }

    /**
     * A packet whose flow ended within this vector: recycled, or begun anew on the same ports. A chain that has nodes
     * which cannot do without a flow drops it, since they would have had to judge it.
     */
    private boolean decideWithout(Batch batch, int i, int port) {
        int found = table.find(batch.flows, i);
        if (found != FlowVector.NO_FLOW) {
            boolean reverse = table.isReverse(batch.flows, i, found);
            decideBy(batch, i, found, (reverse ? Batch.REVERSE : 0) | offloaded(found));
            return true;
        }
        long nodes = plan.visits[0][plan.chainOf(batch.flows.tenant(i), port)] & plan.portNodes[port];
        if ((nodes & plan.needFlow) != 0) {
            counters.drops[FLOW_ENDED]++;
            Trace following = trace;
            if (following != null) {
                following.left(i, GraphConfig.FLOW_TABLE, "drop: flow-ended");
            }
            return false;
        }
        batch.flow[i] = FlowVector.NO_FLOW;
        batch.flags[i] = 0;
        batch.chain[i] = nodes;
        return true;
    }

    private int offloaded(int number) {
        return flow.at(number).isOffloaded() ? Batch.OFFLOADED : 0;
    }

    /** An ICMP error takes the way of the flow that it quotes, against the direction of the packet that it quotes. */
    private boolean isRelated(Batch batch, int i) {
        if (!extractor.extractQuoted(batch.flows, i, probe, 0)) {
            return false;
        }
        aliases.resolve(probe, 0);
        int found = table.find(probe, 0);
        if (found == FlowVector.NO_FLOW) {
            return false;
        }
        int reverse = table.isReverse(probe, 0, found) ? 0 : Batch.REVERSE;
        decideBy(batch, i, found, Batch.RELATED | reverse | offloaded(found));
        return true;
    }
}
