package dev.weir.dataplane.graph;

import dev.weir.table.FlowContext;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.TcpState;
import java.util.Arrays;

/**
 * A worker's flows that are marked as offloaded: marks them, as nodes and the policy say, and follows their next packet in
 * each direction through the graph, so that what became of it can be told. {@link HeldFlows} has those of which something
 * was told.
 *
 * <p>The worker's thread alone. Packets of flows that are carried, or are none of its business, cost a branch and allocate
 * nothing.
 */
final class FlowOffload {
    private static final int TCP = 6, FIN_SYN_RST = 0x07, WORDS = Batch.CAPACITY / Long.SIZE;

    private final FlowTable table;
    private final FlowContext flow;
    private final HeldFlows held;
    private final Passages passages = new Passages();
    /** By IP protocol, whether flows of it can be elephants. */
    private final boolean[] elephantine = new boolean[256];
    /** Packets of the vector whose flow has got another mark, as bits. */
    private final long[] remarked = new long[WORDS];

    private boolean isRemarked;

    private OffloadPolicy policy = OffloadPolicy.NONE;
    private boolean seeksElephants;
    private boolean learns;

    FlowOffload(int worker, FlowTable table) {
        this.table = table;
        flow = table.context();
        held = new HeldFlows(worker, table);
    }

    /** From now on offloaded flows are told of. */
    void open(Mailbox<OffloadNotice> to, OffloadPolicy elephants) {
        held.open(to);
        policy = elephants;
        learns = true;
        seeksElephants = elephants.packets() != OffloadPolicy.NEVER;
        Arrays.fill(elephantine, false);
        elephants.protocols().forEach(protocol -> elephantine[protocol] = true);
    }

    /** From now on no flow begins to be carried. */
    void stopLearning() {
        seeksElephants = false;
        learns = false;
    }

    boolean seeksElephants() {
        return seeksElephants;
    }

    /** Those of which something was told. */
    HeldFlows held() {
        return held;
    }

    /** Packet {@code i}, which is of an offloaded flow, begins its way. */
    void meets(Batch batch, int i) {
        if (!held.isOpen() || batch.isRelated(i)) {
            return;
        }
        int number = batch.flow[i], state = held.state(number, batch.flags[i] & Batch.REVERSE);
        int tcpState = flow.at(number).tcpState();
        if (state == FlowLayout.NOT_ASKED) {
            follow(batch, i, tcpState);
        } else if (state == FlowLayout.HELD && HeldFlows.isOver(tcpState)) {
            held.closed(number);
        }
    }

    /** The same for one of a flow that is not offloaded, and may be an elephant. */
    void weighs(Batch batch, int i) {
        flow.at(batch.flow[i]);
        if (flow.packets(0) + flow.packets(1) > policy.packets() && !batch.isRelated(i)) {
            int state = held.state(batch.flow[i], batch.flags[i] & Batch.REVERSE);
            boolean isElephant = elephantine[batch.flows.protocol(i)] && (!policy.established() || isConversation());
            if (state == FlowLayout.NOT_ASKED && isElephant) {
                follow(batch, i, flow.tcpState());
            }
        }
    }

    private boolean isConversation() {
        int state = flow.tcpState();
        return state == TcpState.NONE ? flow.packets(0) != 0 && flow.packets(1) != 0 : state == TcpState.ESTABLISHED;
    }

    /** Beginnings and ends of TCP come up whatever is said below, and look like no packet in between. */
    private void follow(Batch batch, int i, int tcpState) {
        int flags = batch.flows.tcpFlags(i);
        boolean isTcp = batch.flows.protocol(i) == TCP;
        boolean isOrdinary = !isTcp || (tcpState == TcpState.ESTABLISHED && flags >= 0 && (flags & FIN_SYN_RST) == 0);
        if (isOrdinary && learns) {
            passages.begin(batch, i);
        }
    }

    /** Whether some packet of the vector is followed. */
    boolean isFollowing() {
        return passages.size() != 0;
    }

    /** See {@link Passages#visited}. */
    void visited(Batch batch, int node, boolean sent, int[] picks, int n) {
        passages.visited(batch, node, sent, picks, n);
    }

    /** See {@link Passages#leaving}. */
    void leaving(Batch batch, int[] picks, int n) {
        passages.leaving(batch, picks, n);
    }

    /** A node marks the flow of packet {@code i}, or takes its mark off; see {@link NodeContext#markOffloaded}. */
    void mark(Batch batch, int i, boolean offloaded) {
        if (!batch.hasFlow(i) || batch.isRelated(i)) {
            return;
        }
        int number = batch.flow[i];
        if (flow.at(number).isOffloaded() == offloaded) {
            return;
        }
        flow.setOffloaded(offloaded);
        remarked(i);
        if (!offloaded) {
            held.unmarked(number);
        }
    }

    private void remarked(int i) {
        remarked[i >>> 6] |= 1L << i;
        isRemarked = true;
    }

    /** The vector is through; {@code out} has room for a record a packet. */
    void conclude(Batch batch, Graph graph, FlowRecords out) {
        if (passages.size() != 0) {
            for (int f = 0; f < passages.size(); f++) {
                if (!passages.isCopied(f)) {
                    conclude(f, batch, graph);
                }
            }
            passages.clear();
        }
        if (isRemarked) {
            tellMarks(batch, out);
        }
    }

    private void conclude(int f, Batch batch, Graph graph) {
        int i = passages.packet(f), direction = batch.flags[i] & Batch.REVERSE, number = batch.flow[i];
        long visited = passages.visited(f);
        String obstacle = graph.needsPackets(visited);
        if (!obstacle.isEmpty()) {
            held.withhold(number, direction, obstacle);
            return;
        }
        boolean isDropped = passages.to(f) == Batch.NO_PORT;
        boolean isUnmarked = batch.isOffloaded(i) && !flow.at(number).isOffloaded();
        if (isUnmarked
                || !graph.isDecidedByFlow(visited, passages.decided(f))
                || (isDropped && !graph.isDroppedByFlow(batch, i, visited))) {
            return;
        }
        OffloadedFlow named = held.named(number);
        boolean isHeld = held.hold(
                number,
                direction,
                new OffloadNotice.Passed(
                        named,
                        direction != 0,
                        batch.flows.tenant(i),
                        batch.flows.network(i),
                        passages.came(f),
                        batch.packets.port[i],
                        passages.left(f),
                        passages.to(f),
                        graph.plan.config));
        if (isHeld) {
            graph.carries(visited & passages.decided(f), batch, i, named);
        }
        if (isHeld && !flow.at(number).isOffloaded()) {
            flow.setOffloaded(true);
            remarked(i);
        }
    }

    private void tellMarks(Batch batch, FlowRecords out) {
        isRemarked = false;
        for (int w = 0; w < WORDS; w++) {
            for (long rest = remarked[w]; rest != 0; rest &= rest - 1) {
                int i = (w << 6) + Long.numberOfTrailingZeros(rest);
                table.tellUpdated(batch.flow[i], FlowEvent.BY_DATA_PATH, out);
            }
            remarked[w] = 0;
        }
    }

    /** A node failed. */
    void abandonVector() {
        passages.clear();
        Arrays.fill(remarked, 0);
        isRemarked = false;
    }
}
