package dev.weir.table;

import dev.weir.table.parts.TimingWheel;
import java.util.Arrays;
import java.util.function.IntToLongFunction;

/**
 * A binary min-heap of slots by deadline that knows where each slot is: the order among the few flows that are nearest
 * their end, which only a full table needs. The wheel's link of a held slot keeps its place here, so taking one out
 * costs no search. The owner calls; grows by doubling, so it allocates a handful of times in its life.
 */
final class DeadlineHeap {
    private final TimingWheel wheel;
    private int[] slots = new int[64];
    private long[] deadlines = new long[64];
    private int size;

    DeadlineHeap(TimingWheel wheel) {
        this.wheel = wheel;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int firstSlot() {
        return slots[0];
    }

    long firstDeadline() {
        return deadlines[0];
    }

    void add(int slot, long deadline) {
        if (size == slots.length) {
            slots = Arrays.copyOf(slots, size * 2);
            deadlines = Arrays.copyOf(deadlines, size * 2);
        }
        up(size++, slot, deadline);
    }

    /** Takes a slot that is held here out. */
    void remove(int slot) {
        int place = wheel.heldNumber(slot);
        wheel.release(slot);
        size--;
        if (place == size) {
            return;
        }
        int moved = slots[size];
        long deadline = deadlines[size];
        if (place > 0 && deadline < deadlines[(place - 1) >>> 1]) {
            up(place, moved, deadline);
        } else {
            down(place, moved, deadline);
        }
    }

    /** Checks what must hold between calls; for tests. */
    void assertValid(IntToLongFunction trueDeadline) {
        for (int place = 0; place < size; place++) {
            int slot = slots[place];
            boolean valid = wheel.isHeld(slot)
                    && wheel.heldNumber(slot) == place
                    && deadlines[Math.max(0, place - 1) >>> 1] <= deadlines[place]
                    && deadlines[place] <= trueDeadline.applyAsLong(slot);
            if (!valid) {
                throw new AssertionError("heap: slot=" + slot + ", place=" + place);
            }
        }
    }

    int size() {
        return size;
    }

    private void up(int from, int slot, long deadline) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (deadlines[parent] <= deadline) {
                break;
            }
            put(place, slots[parent], deadlines[parent]);
            place = parent;
        }
        put(place, slot, deadline);
    }

    private void down(int from, int slot, long deadline) {
        int place = from;
        while (true) {
            int child = 2 * place + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && deadlines[child + 1] < deadlines[child]) {
                child++;
            }
            if (deadline <= deadlines[child]) {
                break;
            }
            put(place, slots[child], deadlines[child]);
            place = child;
        }
        put(place, slot, deadline);
    }

    private void put(int place, int slot, long deadline) {
        slots[place] = slot;
        deadlines[place] = deadline;
        wheel.hold(slot, place);
    }
}
