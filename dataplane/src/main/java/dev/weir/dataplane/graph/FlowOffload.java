package dev.weir.dataplane.graph;

import dev.weir.table.EndReason;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTraffic;
import dev.weir.table.FlowVector;
import dev.weir.table.TcpState;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A worker's side of what carries flows below the data plane. The next packet of each direction of an offloaded flow is
 * followed through the graph, and what became of it is told; from then on the flow is held, until the worker says that it
 * is over and is answered. Only the worker begins and ends that, so that what is under way between the two cannot be
 * mistaken: see {@link OffloadNotice} and {@link OffloadReport}.
 *
 * <p>The worker's thread alone. Packets of flows that are carried, or are none of its business, cost a branch and allocate
 * nothing.
 */
final class FlowOffload {
    private static final int TCP = 6, FIN_SYN_RST = 0x07, GENERATIONS = 256;

    private final int worker;
    private final FlowTable table;
    private final FlowContext flow;
    private final FlowRecord view = new FlowRecord();
    private final Passages passages = new Passages();
    private final LateRecords late = new LateRecords();
    /** By IP protocol, whether flows of it can be elephants. */
    private final boolean[] elephantine = new boolean[256];

    private @Nullable Mailbox<OffloadNotice> notices;
    private OffloadPolicy policy = OffloadPolicy.NONE;
    private boolean seeksElephants;
    private boolean learns;
    private int generation;
    /** Flows that are held now; those that had ended are not among them. */
    private int held;
    /** How often nobody could be told, for so much was under way already. */
    private long congested;

    FlowOffload(int worker, FlowTable table) {
        this.worker = worker;
        this.table = table;
        flow = table.context();
    }

    /** From now on offloaded flows are told of. */
    void open(Mailbox<OffloadNotice> to, OffloadPolicy elephants) {
        notices = to;
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

    int held() {
        return held;
    }

    long congested() {
        return congested;
    }

    /** Refusals of before do not count any more. */
    void nextGeneration() {
        generation = (generation + 1) % GENERATIONS;
    }

    /** Packet {@code i}, which is of an offloaded flow, begins its way. */
    void meets(Batch batch, int i) {
        if (notices == null || batch.isRelated(i)) {
            return;
        }
        int entry = flow.at(batch.flow[i]).getInt(FlowLayout.ENTRY);
        int state = FlowLayout.offload(entry, batch.flags[i] & Batch.REVERSE, generation);
        if (state == FlowLayout.NOT_ASKED) {
            follow(batch, i);
        } else if (state == FlowLayout.HELD && isOver(flow.tcpState())) {
            release();
        }
    }

    /** The same for one of a flow that is not offloaded, and may be an elephant. */
    void weighs(Batch batch, int i) {
        flow.at(batch.flow[i]);
        if (flow.packets(0) + flow.packets(1) > policy.packets() && !batch.isRelated(i)) {
            int entry = flow.getInt(FlowLayout.ENTRY);
            boolean isAsked = FlowLayout.offload(entry, batch.flags[i] & Batch.REVERSE, generation) != 0;
            if (!isAsked && elephantine[batch.flows.protocol(i)] && (!policy.established() || isConversation())) {
                follow(batch, i);
            }
        }
    }

    private boolean isConversation() {
        int state = flow.tcpState();
        return state == TcpState.NONE ? flow.packets(0) != 0 && flow.packets(1) != 0 : state == TcpState.ESTABLISHED;
    }

    /** Beginnings and ends of TCP come up whatever is said below, and look like no packet in between. */
    private void follow(Batch batch, int i) {
        int state = flow.tcpState(), flags = batch.flows.tcpFlags(i);
        boolean isTcp = batch.flows.protocol(i) == TCP;
        boolean isOrdinary = !isTcp || (state == TcpState.ESTABLISHED && flags >= 0 && (flags & FIN_SYN_RST) == 0);
        if (isOrdinary && learns) {
            passages.begin(batch, i);
        }
    }

    private static boolean isOver(int tcpState) {
        return tcpState == TcpState.FIN_ACK || tcpState == TcpState.RST;
    }

    /** Whether some packet of the vector is followed. */
    boolean isFollowing() {
        return passages.size() != 0;
    }

    /** See {@link Passages#visited}. */
    void visited(int node, boolean sent, int[] picks, int n) {
        passages.visited(node, sent, picks, n);
    }

    /** See {@link Passages#leaving}. */
    void leaving(Batch batch, int[] picks, int n) {
        passages.leaving(batch, picks, n);
    }

    /** The vector is through. */
    void conclude(Batch batch, Graph graph) {
        if (passages.size() == 0) {
            return;
        }
        for (int f = 0; f < passages.size(); f++) {
            if (!passages.isCopied(f)) {
                conclude(f, batch, graph);
            }
        }
        passages.clear();
    }

    private void conclude(int f, Batch batch, Graph graph) {
        int i = passages.packet(f), direction = batch.flags[i] & Batch.REVERSE;
        flow.at(batch.flow[i]);
        String obstacle = graph.needsPackets(passages.visited(f));
        boolean isDropped = passages.to(f) == Batch.NO_PORT;
        if (!obstacle.isEmpty()) {
            if (tell(new OffloadNotice.Withheld(named(), obstacle))) {
                state(direction, FlowLayout.REFUSED);
            }
        } else if (!isDropped || graph.isDroppedByFlow(batch, i, passages.visited(f))) {
            OffloadNotice passed = new OffloadNotice.Passed(
                    named(),
                    direction != 0,
                    batch.flows.tenant(i),
                    batch.flows.network(i),
                    passages.came(f),
                    batch.packets.port[i],
                    passages.left(f),
                    passages.to(f),
                    graph.plan.config);
            if (tell(passed)) {
                hold(direction, isDropped);
            }
        }
    }

    private OffloadedFlow named() {
        return new OffloadedFlow(worker, flow.flowId(), flow.record(view).key());
    }

    private boolean tell(OffloadNotice notice) {
        Mailbox<OffloadNotice> to = notices;
        boolean told = to != null && to.offer(notice);
        congested += told ? 0 : 1;
        return told;
    }

    private void hold(int direction, boolean isDropped) {
        if (!flow.isHeld()) {
            held++;
            flow.hold(true);
        }
        flow.setOffloaded(true);
        state(direction, FlowLayout.HELD);
        flow.setInt(FlowLayout.ENTRY, FlowLayout.withDropped(flow.getInt(FlowLayout.ENTRY), isDropped));
    }

    private void state(int direction, int state) {
        int entry = flow.getInt(FlowLayout.ENTRY);
        flow.setInt(FlowLayout.ENTRY, FlowLayout.withOffload(entry, direction, state, generation));
    }

    private int state(int direction) {
        return FlowLayout.offload(flow.getInt(FlowLayout.ENTRY), direction, generation);
    }

    /** Has the flow given back, which is held; where that cannot be told now, its next packet or count tries again. */
    private void release() {
        boolean isTold = state(0) == FlowLayout.RELEASING || state(1) == FlowLayout.RELEASING;
        if (!isTold && tell(new OffloadNotice.Over(named()))) {
            replace(FlowLayout.HELD, FlowLayout.RELEASING);
            replace(FlowLayout.NOT_ASKED, FlowLayout.RELEASING);
        }
    }

    private void replace(int from, int to) {
        for (int direction = 0; direction < 2; direction++) {
            if (state(direction) == from) {
                state(direction, to);
            }
        }
    }

    /** Control has changed a flow; {@code isRouted} says whether its chains. */
    void edited(FlowKey key, boolean isRouted) {
        int number = notices == null ? FlowVector.NO_FLOW : table.flow(key);
        if (number == FlowVector.NO_FLOW) {
            return;
        }
        flow.at(number);
        if (flow.isHeld() && (isRouted || !flow.isOffloaded())) {
            release();
        } else if (isRouted) {
            flow.setInt(FlowLayout.ENTRY, FlowLayout.withoutOffload(flow.getInt(FlowLayout.ENTRY)));
        }
    }

    /** Takes the final records of held flows out of a block: they are not final yet. */
    void keepLate(FlowRecords block) {
        if (held == 0) {
            return;
        }
        for (int r = 0; r < block.size(); r++) {
            block.get(r, view);
            boolean hasEnded = view.kind() == FlowEvent.ENDED && view.reason() != EndReason.ACTIVE;
            if (hasEnded && FlowLayout.isHeld(view.annexInt(FlowLayout.ENTRY))) {
                late.keep(worker, view, block.stride());
                block.withdraw(r);
                held--;
            }
        }
        retry();
    }

    /** Tells of ends that could not be told before. */
    void retry() {
        if (late.untold().isEmpty()) {
            return;
        }
        for (Iterator<OffloadedFlow> ends = late.untold().iterator(); ends.hasNext(); ) {
            if (!tell(new OffloadNotice.Over(ends.next()))) {
                return;
            }
            ends.remove();
        }
    }

    /** Takes note of a report; {@code out} has room for three records. */
    void take(OffloadReport report, FlowRecords out) {
        int number = find(report.flow());
        if (number == FlowVector.NO_FLOW) {
            takeLate(report, out);
            return;
        }
        switch (report) {
            case OffloadReport.Carried(OffloadedFlow _, FlowTraffic forward, FlowTraffic reverse) -> {
                table.carried(number, forward, reverse, out);
                if (flow.isHeld() && (flow.idleDeadline() <= table.now() || !flow.isOffloaded())) {
                    release();
                }
            }
            case OffloadReport.Released(OffloadedFlow _, FlowTraffic forward, FlowTraffic reverse) -> {
                table.carried(number, forward, reverse, out);
                replace(FlowLayout.RELEASING, FlowLayout.NOT_ASKED);
                letGo();
            }
            case OffloadReport.Refused(OffloadedFlow _, boolean reverse, boolean again) -> {
                state(reverse ? 1 : 0, again ? FlowLayout.NOT_ASKED : FlowLayout.REFUSED);
                letGo();
            }
            case OffloadReport.Recalled _ -> {
                if (flow.isHeld()) {
                    release();
                }
            }
        }
    }

    /** The same where the flow has ended. */
    private void takeLate(OffloadReport report, FlowRecords out) {
        switch (report) {
            case OffloadReport.Carried(OffloadedFlow ended, FlowTraffic forward, FlowTraffic reverse) ->
                late.add(ended, forward, reverse);
            case OffloadReport.Released(OffloadedFlow ended, FlowTraffic forward, FlowTraffic reverse) -> {
                late.add(ended, forward, reverse);
                late.finish(ended, out);
            }
            case OffloadReport.Refused _, OffloadReport.Recalled _ -> {}
        }
    }

    /** Its number, and {@link #flow} moved to it; {@link FlowVector#NO_FLOW} where it has ended. */
    private int find(OffloadedFlow wanted) {
        int number = table.flow(wanted.key());
        boolean isIt = number != FlowVector.NO_FLOW && flow.at(number).flowId() == wanted.id();
        return isIt ? number : FlowVector.NO_FLOW;
    }

    private void letGo() {
        int entry = flow.getInt(FlowLayout.ENTRY);
        if (flow.isHeld() && !FlowLayout.isHeld(entry)) {
            flow.setInt(FlowLayout.ENTRY, FlowLayout.withDropped(entry, false));
            flow.hold(false);
            held--;
        }
    }

    /** Hands out all records that wait: nobody answers any more. */
    boolean endAll(FlowRecords out) {
        held = 0;
        return late.finishAll(out);
    }

    /** A node failed. */
    void abandonVector() {
        passages.clear();
    }
}
