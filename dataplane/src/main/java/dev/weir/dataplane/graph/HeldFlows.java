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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A worker's flows that something below carries, from when one of their packets was told until the worker has said that
 * they are over and was answered. Only the worker begins and ends that, so that what is under way between the two cannot be
 * mistaken: see {@link OffloadNotice} and {@link OffloadReport}.
 *
 * <p>The worker's thread alone; allocates for what it tells.
 */
final class HeldFlows {
    private static final int GENERATIONS = 256;

    private final int worker;
    private final FlowTable table;
    private final FlowContext flow;
    private final FlowRecord view = new FlowRecord();
    private final LateRecords late = new LateRecords();

    private @Nullable Mailbox<OffloadNotice> notices;
    private int generation;
    /** Whether it is still to be told that nodes decide anew. */
    private boolean decidesAnew;
    /** Flows of which a node decides anew, while that cannot be told. */
    private final List<OffloadedFlow> recalls = new ArrayList<>();
    /** Flows that are held now; those that had ended are not among them. */
    private int size;
    /** How often nobody could be told, for so much was under way already. */
    private long congested;

    HeldFlows(int worker, FlowTable table) {
        this.worker = worker;
        this.table = table;
        flow = table.context();
    }

    /** From now on it is told. */
    void open(Mailbox<OffloadNotice> to) {
        notices = to;
    }

    boolean isOpen() {
        return notices != null;
    }

    int size() {
        return size;
    }

    long congested() {
        return congested;
    }

    /** Refusals of before do not count any more. */
    void nextGeneration() {
        generation = (generation + 1) % GENERATIONS;
    }

    /** What was learned of packets may be otherwise now. */
    void decideAnew() {
        nextGeneration();
        decidesAnew = isOpen();
        retry();
    }

    /** {@link FlowLayout#HELD} and others of a direction, 0 or 1, of the flow of that number. */
    int state(int number, int direction) {
        flow.at(number);
        return state(direction);
    }

    private int state(int direction) {
        return FlowLayout.offload(flow.getInt(FlowLayout.ENTRY), direction, generation);
    }

    private void become(int direction, int state) {
        int entry = flow.getInt(FlowLayout.ENTRY);
        flow.setInt(FlowLayout.ENTRY, FlowLayout.withOffload(entry, direction, state, generation));
    }

    private void replace(int from, int to) {
        for (int direction = 0; direction < 2; direction++) {
            if (state(direction) == from) {
                become(direction, to);
            }
        }
    }

    /** The flow of that number, as notices and reports name it. */
    OffloadedFlow named(int number) {
        flow.at(number);
        return named();
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

    /** A direction of the flow has to come up, for a node needs its packets. */
    void withhold(int number, int direction, String node) {
        if (tell(new OffloadNotice.Withheld(named(number), node))) {
            become(direction, FlowLayout.REFUSED);
        }
    }

    /** A packet of a direction tells what becomes of those after it; whether the flow is held from now on. */
    boolean hold(int number, int direction, OffloadNotice.Passed packet) {
        if (!tell(packet)) {
            return false;
        }
        flow.at(number);
        if (!flow.isHeld()) {
            size++;
            flow.hold(true);
        }
        become(direction, FlowLayout.HELD);
        boolean isDropped = packet.to() == Batch.NO_PORT;
        flow.setInt(FlowLayout.ENTRY, FlowLayout.withDropped(flow.getInt(FlowLayout.ENTRY), isDropped));
        return true;
    }

    /** Has a flow given back whose TCP is over. */
    void closed(int number) {
        flow.at(number);
        release(ReleaseReason.CLOSED);
    }

    /** Has a flow given back, if it is held, whose mark a node took off. */
    void unmarked(int number) {
        if (flow.at(number).isHeld()) {
            release(ReleaseReason.UNMARKED);
        }
    }

    /** Has a flow given back of which a node decides anew, if it is held. */
    void recall(OffloadedFlow wanted) {
        if (!isRecalled(wanted)) {
            recalls.add(wanted);
        }
    }

    private boolean isRecalled(OffloadedFlow wanted) {
        return find(wanted) == FlowVector.NO_FLOW || !flow.isHeld() || release(ReleaseReason.DECISION);
    }

    /**
     * Has the flow given back, which is held; where that cannot be told now, its next packet or count tries again.
     *
     * @return whether it is told
     */
    private boolean release(ReleaseReason reason) {
        boolean isTold = state(0) == FlowLayout.RELEASING || state(1) == FlowLayout.RELEASING;
        if (!isTold && tell(new OffloadNotice.Over(named(), reason))) {
            replace(FlowLayout.HELD, FlowLayout.RELEASING);
            replace(FlowLayout.NOT_ASKED, FlowLayout.RELEASING);
            return true;
        }
        return isTold;
    }

    /** Control has changed a flow; {@code isRouted} says whether its chains. */
    void edited(FlowKey key, boolean isRouted) {
        int number = isOpen() ? table.flow(key) : FlowVector.NO_FLOW;
        if (number == FlowVector.NO_FLOW) {
            return;
        }
        flow.at(number);
        if (flow.isHeld() && (isRouted || !flow.isOffloaded())) {
            release(isRouted ? ReleaseReason.REROUTED : ReleaseReason.UNMARKED);
        } else if (isRouted) {
            flow.setInt(FlowLayout.ENTRY, FlowLayout.withoutOffload(flow.getInt(FlowLayout.ENTRY)));
        }
    }

    /** Takes the final records of held flows out of a block: they are not final yet. */
    void keepLate(FlowRecords block) {
        if (size == 0) {
            return;
        }
        for (int r = 0; r < block.size(); r++) {
            block.get(r, view);
            boolean hasEnded = view.kind() == FlowEvent.ENDED && view.reason() != EndReason.ACTIVE;
            if (hasEnded && FlowLayout.isHeld(view.annexInt(FlowLayout.ENTRY))) {
                late.keep(worker, view, block.stride());
                block.withdraw(r);
                size--;
            }
        }
        retry();
    }

    /** Tells what could not be told before. */
    void retry() {
        if (decidesAnew) {
            decidesAnew = !tell(new OffloadNotice.DecidedAnew(worker));
        }
        if (!recalls.isEmpty()) {
            recalls.removeIf(this::isRecalled);
        }
        if (late.untold().isEmpty()) {
            return;
        }
        for (Iterator<OffloadedFlow> ends = late.untold().iterator(); ends.hasNext(); ) {
            if (!tell(new OffloadNotice.Over(ends.next(), ReleaseReason.ENDED))) {
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
                look();
            }
            case OffloadReport.Released(OffloadedFlow _, FlowTraffic forward, FlowTraffic reverse) -> {
                table.carried(number, forward, reverse, out);
                replace(FlowLayout.RELEASING, FlowLayout.NOT_ASKED);
                letGo();
            }
            case OffloadReport.Refused(OffloadedFlow _, boolean reverse, boolean again) -> {
                become(reverse ? 1 : 0, again ? FlowLayout.NOT_ASKED : FlowLayout.REFUSED);
                letGo();
            }
            case OffloadReport.Recalled(OffloadedFlow _, ReleaseReason reason) -> {
                if (flow.isHeld()) {
                    release(reason);
                }
            }
        }
    }

    /** Whether the flow is to be carried on, after what was carried has been added. */
    private void look() {
        if (!flow.isHeld()) {
            return;
        }
        if (flow.idleDeadline() <= table.now()) {
            release(ReleaseReason.IDLE);
        } else if (!flow.isOffloaded()) {
            release(ReleaseReason.UNMARKED);
        } else if (isOver(flow.tcpState())) {
            release(ReleaseReason.CLOSED);
        }
    }

    /** Whether TCP has ended on both sides, or by force. */
    static boolean isOver(int tcpState) {
        return tcpState == TcpState.FIN_ACK || tcpState == TcpState.RST;
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
            size--;
        }
    }

    /** Hands out all records that wait: nobody answers any more. */
    boolean endAll(FlowRecords out) {
        size = 0;
        return late.finishAll(out);
    }
}
