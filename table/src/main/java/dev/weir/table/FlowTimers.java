package dev.weir.table;

import dev.weir.table.parts.TimingWheel;
import java.lang.foreign.Arena;

/**
 * When the flows of a {@link FlowStore} are to be looked at: each has a timer at or before its deadline, in a
 * {@link TimingWheel}, or, while a full table seeks the flow that is nearest its end, in a {@link DeadlineHeap}. The
 * owner calls; allocates nothing but the rare growth of the heap.
 */
final class FlowTimers {
    private final FlowStore flows;
    private final TimingWheel wheel;
    private final DeadlineHeap heap;

    /** While the heap has flows, it has all whose deadline is before this tick. */
    private long heapEnd;

    FlowTimers(FlowStore flows, int slots, long now, Arena arena) {
        this.flows = flows;
        wheel = new TimingWheel(slots, now, arena);
        heap = new DeadlineHeap(wheel);
    }

    /** Moves timers that none is armed of to a first time. */
    void startAt(long now) {
        wheel.startAt(now);
    }

    /** No armed flow has its deadline before this instant, once {@link #poll} has none left. */
    long current() {
        return wheel.current() << TimingWheel.TICK_SHIFT;
    }

    /** Says that a slot that was never used has no timer. */
    void release(int slot) {
        wheel.release(slot);
    }

    /** Arms the flow's timer, which must not be armed. */
    void arm(int slot, long deadline) {
        if (heap.isEmpty()) {
            wheel.arm(slot, deadline);
        } else {
            armInto(slot, deadline);
        }
    }

    /** Stops the flow's timer, if it runs. */
    void disarm(int slot) {
        if (wheel.isHeld(slot)) {
            heap.remove(slot);
        } else if (wheel.isArmed(slot)) {
            wheel.disarm(slot);
        }
    }

    /** After the deadline may have come nearer. */
    void rearm(int slot) {
        disarm(slot);
        arm(slot, flows.deadline(slot));
    }

    /**
     * The flow that is nearest its deadline, of those that have one; there must be a flow. Exact, at an amortized
     * logarithmic cost: the earliest lists of the wheel are ordered in a heap, from which victims then come until it is
     * empty.
     */
    int nearest() {
        while (true) {
            while (!heap.isEmpty()) {
                int slot = heap.firstSlot();
                long deadline = flows.deadline(slot);
                if (deadline == heap.firstDeadline()) {
                    return slot;
                }
                heap.remove(slot);
                armInto(slot, deadline);
            }
            heapEnd = wheel.drainEarliest();
            if (heapEnd == TimingWheel.NONE) {
                return wheel.oldestNever();
            }
            int slot = wheel.pollDrained();
            while (slot != TimingWheel.NONE) {
                armInto(slot, flows.deadline(slot));
                slot = wheel.pollDrained();
            }
        }
    }

    private void armInto(int slot, long deadline) {
        if (isBeforeHeapEnd(deadline)) {
            heap.add(slot, deadline);
        } else {
            wheel.arm(slot, deadline);
        }
    }

    private boolean isBeforeHeapEnd(long deadline) {
        return deadline != Long.MAX_VALUE && TimingWheel.tick(deadline) < heapEnd;
    }

    /**
     * Takes the next slot whose timer may have run out before tick {@code target}; {@link FlowStore#NONE} when there is
     * none.
     */
    int poll(long target) {
        if (!heap.isEmpty() && TimingWheel.tick(heap.firstDeadline()) < target) {
            int slot = heap.firstSlot();
            heap.remove(slot);
            return slot;
        }
        return wheel.poll(target);
    }

    /** Checks that the flow has the timer that it should have; for tests. */
    void assertTimed(int slot) {
        FlowStore.check(wheel.isHeld(slot) || wheel.isArmed(slot), "has no timer", slot);
        boolean inHeap = heap.isEmpty() || wheel.isHeld(slot) || !isBeforeHeapEnd(flows.deadline(slot));
        FlowStore.check(inHeap, "is not in the heap", slot);
    }

    /** Checks what must hold between calls, of timers of {@code live} flows; for tests. */
    void assertValid(int live) {
        wheel.assertValid(flows::deadline);
        heap.assertValid(flows::deadline);
        int timed = wheel.armed() + heap.size();
        FlowStore.check(timed == live, "timers differ: live=" + live + ", timed=" + timed, FlowStore.NONE);
    }
}
