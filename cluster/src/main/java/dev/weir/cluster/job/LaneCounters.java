package dev.weir.cluster.job;

import dev.weir.export.message.NamedCounters;
import dev.weir.table.FlowTable;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a lane and those before it have counted, by name. Names come from messages of sensors, too: beyond {@link #MOST} of them more counts under
 * {@link #OTHERS}. One thread.
 */
final class LaneCounters {
    static final int MOST = 8192;
    /** As many as a checkpoint can number, and a table's beside them. */
    private static final int MOST_RESTORED = NamedCounters.MOST / 2;

    /** Sums what names counted for which there was no room. */
    static final String OTHERS = "counters-of-other-names";

    private final Map<String, Long> counts = new TreeMap<>();

    /** What the job itself counts: its names are few, and there is always room for them. */
    void add(String name, long count) {
        counts.merge(name, count, Long::sum);
    }

    /** The same for several. */
    void add(Map<String, Long> more) {
        more.forEach(this::add);
    }

    /** What a sensor says that it has counted. */
    void addFromOutside(Map<String, Long> more) {
        more.forEach((name, count) -> add(name, count, MOST));
    }

    /** Takes up what a checkpoint has: of lanes that were more, and with the counters of their tables. */
    void restore(Map<String, Long> before) {
        before.forEach((name, count) -> add(name, count, MOST_RESTORED));
    }

    private void add(String name, long count, int most) {
        boolean room = counts.size() < most || counts.containsKey(name);
        counts.merge(room ? name : OTHERS, count, Long::sum);
    }

    /** With those of a table, which are few. */
    Map<String, Long> with(FlowTable table) {
        var sum = new TreeMap<>(counts);
        table.counters().forEach((name, count) -> sum.merge(name, count, Long::sum));
        return sum;
    }
}
