package dev.weir.table;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one owner's tables have counted; plain fields, written by the owner between and during vectors. */
final class Counters {
    long hit, through, created, timerExpire, collision, recycled, late;
    /** By {@link EndReason}. */
    final long[] ended = new long[EndReason.FLUSHED + 1];

    /** By their names in listings; those of {@link EndReason} as {@code ended:reason}. */
    Map<String, Long> byName() {
        var all = new LinkedHashMap<String, Long>();
        all.put("HIT", hit);
        all.put("THRU", through);
        all.put("CREATED", created);
        all.put("TIMER_EXPIRE", timerExpire);
        all.put("COLLISION", collision);
        all.put("RECYCLE", recycled);
        for (int reason = EndReason.IDLE; reason <= EndReason.FLUSHED; reason++) {
            all.put("ended:" + EndReason.name(reason), ended[reason]);
        }
        return all;
    }

    void clear() {
        hit = through = created = timerExpire = collision = recycled = late = 0;
        Arrays.fill(ended, 0);
    }
}
