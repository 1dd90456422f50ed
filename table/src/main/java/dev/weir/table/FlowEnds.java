package dev.weir.table;

import dev.weir.table.parts.Memory;
import dev.weir.table.parts.TimingWheel;

/**
 * How the flows of one {@link FlowStore} end: when their time has run out, to make room, or for another's reason. Every
 * end has its record and its counter. The owner calls; allocates nothing.
 */
final class FlowEnds {
    /** How many flows one round of {@link #expire} handles. */
    private static final int ROUND = 64;

    private final int[] due = new int[ROUND];
    private final long[] dueHash = new long[ROUND];

    private final FlowStore flows;
    private final Counters counters;

    /** Never read: it keeps reading ahead from being optimized away. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    FlowEnds(FlowStore flows, Counters counters) {
        this.flows = flows;
        this.counters = counters;
    }

    /** Makes room by ending the flow that is nearest its deadline. */
    void recycle(long time, int author, FlowRecords out) {
        int victim = flows.timers.nearest();
        long hash = flows.hash(victim);
        long deadline = flows.deadline(victim);
        if (deadline <= time) {
            expired(victim, hash, deadline, out);
        } else {
            counters.recycled++;
            end(victim, hash, time, EndReason.RECYCLED, author, out);
        }
    }

    /** Ends a flow whose time had run out: at its deadline, whoever notices. */
    void expired(int slot, long hash, long deadline, FlowRecords out) {
        counters.timerExpire++;
        end(slot, hash, deadline, idleReason(flows.state(slot)), FlowEvent.BY_TIMER, out);
    }

    /** Ends a flow: the record, the counter, and its slot is free. */
    void end(int slot, long hash, long when, int reason, int author, FlowRecords out) {
        flows.record(slot, FlowEvent.ENDED, author, reason, when, out);
        counters.ended[reason]++;
        flows.remove(slot, hash);
    }

    /** The record and the counter of a flow that ends for that reason now, or had ended by itself; it stays where it is. */
    void tellEnd(int slot, int reason, long now, FlowRecords out) {
        long deadline = flows.deadline(slot);
        boolean isExpired = deadline <= now;
        int why = isExpired ? idleReason(flows.state(slot)) : reason;
        counters.timerExpire += isExpired ? 1 : 0;
        counters.ended[why]++;
        int author = isExpired ? FlowEvent.BY_TIMER : FlowEvent.BY_CONTROL;
        flows.record(slot, FlowEvent.ENDED, author, why, Math.min(deadline, now), out);
    }

    static int idleReason(int state) {
        return TcpState.closing(state & FlowStore.TCP_STATE_MASK) ? EndReason.CLOSED : EndReason.IDLE;
    }

    /**
     * Ends flows whose deadline is in a tick before that of {@code now}. Goes by rounds, so that the lines of many flows are on their way at once.
     *
     * @param most how many flows it may look at, those that turn out to have more time included
     * @return how many it looked at: fewer than {@code most}, and with room left in {@code out}, when it got through
     */
    int expire(long now, FlowRecords out, int most) {
        long target = TimingWheel.tick(now);
        int looked = 0;
        while (true) {
            int round = Math.min(Math.min(ROUND, out.room()), most - looked);
            int polled = 0;
            long sum = 0;
            while (polled < round) {
                int slot = flows.timers.poll(target);
                if (slot == FlowStore.NONE) {
                    break;
                }
                sum += Memory.getLong(flows.at(slot));
                due[polled++] = slot;
            }
            if (polled == 0) {
                return looked;
            }
            looked += polled;
            touched += sum + endDue(polled, target, out);
        }
    }

    private long endDue(int polled, long target, FlowRecords out) {
        long sum = 0;
        int n = 0;
        for (int j = 0; j < polled; j++) {
            int slot = due[j];
            long deadline = flows.deadline(slot);
            if (TimingWheel.tick(deadline) < target) {
                long hash = flows.hash(slot);
                sum += flows.index.touch(hash);
                due[n] = slot;
                dueHash[n++] = hash;
            } else {
                flows.timers.arm(slot, deadline);
            }
        }
        for (int j = 0; j < n; j++) {
            int slot = due[j];
            expired(slot, dueHash[j], flows.deadline(slot), out);
        }
        return sum;
    }
}
