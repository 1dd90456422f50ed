package dev.weir.wire;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The time of a set of {@link FilePort}s, which the stamps of their packets drive: each gives a packet out when no other
 * has an earlier one, and what is written bears the time of the last packet given out. Any thread.
 */
public final class FileClock {
    private final List<FileQueue> inputs = new CopyOnWriteArrayList<>();
    private volatile long now;

    /** Nanoseconds since 1970 of the last packet that was given out; 0 before the first. */
    public long now() {
        return now;
    }

    void add(FileQueue input) {
        inputs.add(input);
    }

    /** Up to when the others have given out all that they have. */
    long horizon(FileQueue asking) {
        long horizon = Long.MAX_VALUE;
        for (int i = 0; i < inputs.size(); i++) {
            FileQueue each = inputs.get(i);
            if (each != asking) horizon = Math.min(horizon, each.nextTime());
        }
        return horizon;
    }

    synchronized void advance(long time) {
        if (time > now) now = time;
    }
}
