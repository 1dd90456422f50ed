package dev.weir.table;

import java.util.Arrays;

/** What one owner's tables have counted; plain fields, written by the owner between and during vectors. */
final class Counters {
    long hit, through, created, timerExpire, collision, recycled, late;
    /** By {@link EndReason}. */
    final long[] ended = new long[EndReason.FLUSHED + 1];

    void clear() {
        hit = through = created = timerExpire = collision = recycled = late = 0;
        Arrays.fill(ended, 0);
    }
}
