package dev.weir.offload.memory;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Which flows may have timed out. A hit costs nothing here: an entry is looked at when its deadline was once thought to be, and put back if it moved
 * on meanwhile. Entries that are no more stay until then, or until they are half of all. Guarded by its device.
 */
final class Deadlines {
    private static final int FEW = 64;

    private final PriorityQueue<MemoryEntry> queue =
            new PriorityQueue<>(Comparator.comparingLong((MemoryEntry entry) -> entry.wakeAt));
    private int gone;

    int size() {
        return queue.size();
    }

    /** An entry was put in. */
    void add(MemoryEntry entry) {
        if (entry.queued) {
            gone--;
            return;
        }
        if (entry.deadline() == MemoryEntry.NEVER) return;
        entry.wakeAt = entry.deadline();
        entry.queued = true;
        queue.add(entry);
    }

    /** An entry was taken out. */
    void remove(MemoryEntry entry) {
        if (!entry.queued) return;
        gone++;
        if (gone < FEW || gone * 2 < queue.size()) return;
        queue.removeIf(Deadlines::isGone);
        gone = 0;
    }

    private static boolean isGone(MemoryEntry entry) {
        if (!entry.live) entry.queued = false;
        return !entry.live;
    }

    /** A flow that has timed out, no longer in here; null where there is none. */
    @Nullable
    MemoryEntry poll(long now, EngineSide engine) {
        while (true) {
            MemoryEntry entry = queue.peek();
            if (entry == null || entry.wakeAt > now) return null;
            queue.poll();
            entry.queued = false;
            engine.look(entry);
            if (!entry.live) gone--;
            else if (entry.deadline() <= now) return entry;
            else add(entry);
        }
    }
}
