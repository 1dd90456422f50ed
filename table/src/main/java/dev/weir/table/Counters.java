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

    /** Goes on from what was counted elsewhere, by those names; others are passed over. */
    void add(Map<String, Long> counted) {
        hit += of(counted, "HIT");
        through += of(counted, "THRU");
        created += of(counted, "CREATED");
        timerExpire += of(counted, "TIMER_EXPIRE");
        collision += of(counted, "COLLISION");
        recycled += of(counted, "RECYCLE");
        for (int reason = EndReason.IDLE; reason <= EndReason.FLUSHED; reason++) {
            ended[reason] += of(counted, "ended:" + EndReason.name(reason));
        }
    }

    private static long of(Map<String, Long> counted, String name) {
        return counted.getOrDefault(name, 0L);
    }

    void clear() {
        hit = through = created = timerExpire = collision = recycled = late = 0;
        Arrays.fill(ended, 0);
    }
}
