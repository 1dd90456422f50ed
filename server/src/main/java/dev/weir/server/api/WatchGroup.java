package dev.weir.server.api;

import dev.weir.export.message.FlowEncoder;
import dev.weir.server.events.EventLog;
import dev.weir.table.FlowRecord;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The watchers that want the same: what is encoded for one is there for all. Ranges end where entry numbers are multiples
 * of {@link #RANGE}, so watchers that are behind meet in the same ones. The thread that tells watchers; others may only
 * make it.
 */
final class WatchGroup {
    /** The most entries of a range. */
    static final int RANGE = 512;
    /** Ranges that are kept for others. */
    private static final int KEPT = 32;

    /** What its watchers want: the normal form of a filter, kinds of events. */
    record Want(String filter, int kinds) {}

    private final EventLog log;
    private final Predicate<FlowRecord> which;
    private final int kinds;
    private final EventLog.Entry entry = new EventLog.Entry();
    private final FlowEncoder encoder = new FlowEncoder();
    private final int[] ends = new int[RANGE];
    private final Map<Long, WatchRange> kept = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, WatchRange> eldest) {
            return size() > KEPT;
        }
    };

    /** How many watchers there are. */
    int watchers;

    WatchGroup(EventLog log, Predicate<FlowRecord> which, int kinds) {
        this.log = log;
        this.which = which;
        this.kinds = kinds;
    }

    /** The range that begins at an entry, or null where that entry is no longer in the log. */
    @Nullable
    WatchRange range(long from, long end) {
        WatchRange range = kept.get(from);
        if (range == null) {
            range = encode(from, Math.min(end, (from | (RANGE - 1)) + 1));
            if (range != null && watchers > 1) {
                kept.put(from, range);
            }
        }
        return range;
    }

    private @Nullable WatchRange encode(long from, long limit) {
        encoder.clear();
        int count = 0;
        long missed = 0, sequence = 0;
        long number = from;
        for (boolean gap = true; number < limit && log.read(number, entry); number++) {
            gap &= entry.isMark();
            if (gap) {
                missed += entry.covers();
            } else if (entry.isMark()) {
                break;
            } else if (wants(entry.event())) {
                encoder.event(entry.sequence(), entry.event());
                ends[count++] = encoder.size();
            }
            sequence = entry.sequence();
        }
        if (number == from) {
            return null;
        }
        byte[] octets = Arrays.copyOf(encoder.array(), encoder.size());
        return new WatchRange(log.run(), number, sequence, missed, octets, Arrays.copyOf(ends, count));
    }

    private boolean wants(FlowRecord event) {
        return (event.kind() & kinds) != 0 && which.test(event);
    }
}
