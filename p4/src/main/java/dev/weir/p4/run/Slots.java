package dev.weir.p4.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the control plane numbers as it likes, in slots from 0 on, and how often each is referred to. One thread. */
final class Slots {
    static final int NONE = -1;

    private final Map<Long, Integer> byId = new LinkedHashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private final long[] ids;
    private final int[] uses;
    private int end;

    Slots(int capacity) {
        ids = new long[capacity];
        uses = new int[capacity];
    }

    /** Gives a new slot, or {@link #NONE} when there is no room. */
    int take(long id) {
        if (free.isEmpty() && end == ids.length) return NONE;
        int slot = free.isEmpty() ? end++ : free.pop();
        byId.put(id, slot);
        ids[slot] = id;
        return slot;
    }

    void release(int slot) {
        byId.remove(ids[slot]);
        free.push(slot);
    }

    /** {@link #NONE} when nothing has that number. */
    int find(long id) {
        return byId.getOrDefault(id, NONE);
    }

    long id(int slot) {
        return ids[slot];
    }

    void use(int slot, int more) {
        uses[slot] += more;
    }

    boolean isUsed(int slot) {
        return uses[slot] > 0;
    }

    /** All slots that were taken are below this. */
    int end() {
        return end;
    }

    boolean isTaken(int slot) {
        return find(ids[slot]) == slot;
    }

    int room() {
        return ids.length - byId.size();
    }

    /** Numbers with their slots, in the order in which they were given. */
    Map<Long, Integer> all() {
        return byId;
    }
}
