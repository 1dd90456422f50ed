package dev.weir.table;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What one owner's tables have counted; plain fields, written by the owner between and during vectors. */
final class Counters {
    private static final List<String> FIGURES =
            List.of("HIT", "THRU", "CREATED", "TIMER_EXPIRE", "COLLISION", "RECYCLE");
    private static final int REASONS = EndReason.FLUSHED + 1 - EndReason.IDLE;

    /** Their names in listings. */
    static final List<String> NAMES = Stream.concat(
                    FIGURES.stream(),
                    IntStream.rangeClosed(EndReason.IDLE, EndReason.FLUSHED)
                            .mapToObj(reason -> "ended:" + EndReason.name(reason)))
            .toList();

    long hit, through, created, timerExpire, collision, recycled, late;
    /** By {@link EndReason}. */
    final long[] ended = new long[EndReason.FLUSHED + 1];

    /** By their names in listings; those of {@link EndReason} as {@code ended:reason}. */
    Map<String, Long> byName() {
        var values = new long[NAMES.size()];
        copyTo(values, 0);
        var all = new LinkedHashMap<String, Long>();
        for (int i = 0; i < values.length; i++) {
            all.put(NAMES.get(i), values[i]);
        }
        return all;
    }

    /** Copies them, in the order of {@link #NAMES}. Allocates nothing. */
    void copyTo(long[] to, int at) {
        to[at] = hit;
        to[at + 1] = through;
        to[at + 2] = created;
        to[at + 3] = timerExpire;
        to[at + 4] = collision;
        to[at + 5] = recycled;
        System.arraycopy(ended, EndReason.IDLE, to, at + FIGURES.size(), REASONS);
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
