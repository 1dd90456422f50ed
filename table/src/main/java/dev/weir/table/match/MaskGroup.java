package dev.weir.table.match;

import dev.weir.table.parts.Memory;
import java.util.Arrays;

/**
 * The entries of a {@link TernaryTable} that have one mask, and which of them has the largest priority: a binary heap that
 * each entry knows its place in. The owner calls; grows by doubling.
 */
final class MaskGroup {
    /** Entries keep their priority and their place in the heap here. */
    static final int PRIORITY = 0, PLACE = 4;

    final int number;
    final long[] mask;

    private int[] heap = new int[8];
    private int size;
    /** The largest priority; what it was when the group is empty. */
    private int best;

    MaskGroup(int number, long[] mask) {
        this.number = number;
        this.mask = mask;
    }

    int size() {
        return size;
    }

    int best() {
        return best;
    }

    void add(Entries entries, int entry) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        up(entries, size++, entry);
        best = priority(entries, heap[0]);
    }

    void remove(Entries entries, int entry) {
        int place = Memory.getInt(entries.besidesAt(entry) + PLACE);
        int moved = heap[--size];
        if (place != size) {
            boolean rises = place > 0 && priority(entries, moved) > priority(entries, heap[(place - 1) >>> 1]);
            if (rises) {
                up(entries, place, moved);
            } else {
                down(entries, place, moved);
            }
        }
        best = size == 0 ? best : priority(entries, heap[0]);
    }

    /** Forgets all entries, which got other numbers. */
    void clear() {
        size = 0;
    }

    private void up(Entries entries, int from, int entry) {
        int place = from;
        int priority = priority(entries, entry);
        while (place > 0 && priority > priority(entries, heap[(place - 1) >>> 1])) {
            put(entries, place, heap[(place - 1) >>> 1]);
            place = (place - 1) >>> 1;
        }
        put(entries, place, entry);
    }

    private void down(Entries entries, int from, int entry) {
        int place = from;
        int priority = priority(entries, entry);
        for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
            boolean second = child + 1 < size && priority(entries, heap[child + 1]) > priority(entries, heap[child]);
            child += second ? 1 : 0;
            if (priority >= priority(entries, heap[child])) {
                break;
            }
            put(entries, place, heap[child]);
            place = child;
        }
        put(entries, place, entry);
    }

    private void put(Entries entries, int place, int entry) {
        heap[place] = entry;
        Memory.setInt(entries.besidesAt(entry) + PLACE, place);
    }

    static int priority(Entries entries, int entry) {
        return Memory.getInt(entries.besidesAt(entry) + PRIORITY);
    }

    /** Checks what must hold between calls; for tests. */
    void assertValid(Entries entries) {
        for (int place = 0; place < size; place++) {
            int entry = heap[place];
            boolean inPlace = Memory.getInt(entries.besidesAt(entry) + PLACE) == place;
            int above = heap[Math.max(0, place - 1) >>> 1];
            Entries.check(inPlace && priority(entries, above) >= priority(entries, entry), "heap", entry);
        }
        Entries.check(size == 0 || best == priority(entries, heap[0]), "best priority", best);
    }
}
