package dev.weir.p4.node;

import dev.weir.dataplane.graph.NodeContext;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableRun;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program's tables count, as counters of its node: for each table its hits and misses, and, where packets add entries, how many they added, and how
 * often there was no room or no right to; where the table is a cache, how many went for others. One worker's; allocates nothing after it was made.
 */
final class TableCounters {
    private static final List<String> ALL = List.of("HIT", "MISS"), ADDING = List.of("ADDED", "NOT_ADDED");
    private static final List<String> CACHING = List.of("EVICTED");
    private static final int MOST = 5;

    private final NodeContext context;
    private final List<TableRun> tables = new ArrayList<>();
    private final boolean[] adds;
    private final boolean[] caches;
    /** Of each table what the node was told so far. */
    private final long[] told;

    private final int first;

    /** @param first the number of the first of these among the node's counters */
    TableCounters(Pipeline pipeline, ProgramState state, NodeContext context, int first) {
        this.context = context;
        this.first = first;
        for (Table table : pipeline.tables()) tables.add(state.table(table.name()));
        adds = new boolean[tables.size()];
        caches = new boolean[tables.size()];
        for (int i = 0; i < adds.length; i++) {
            adds[i] = pipeline.tables().get(i).addOnMiss();
            caches[i] = isCache(pipeline.tables().get(i));
        }
        told = new long[MOST * adds.length];
    }

    private static boolean isCache(Table table) {
        return table.addOnMiss() && table.cache() != null;
    }

    /** The counters' names: {@code Main.flows.HIT}. */
    static List<String> names(Pipeline pipeline) {
        List<String> names = new ArrayList<>();
        for (Table table : pipeline.tables()) {
            ALL.forEach(what -> names.add(table.name() + "." + what));
            if (table.addOnMiss()) ADDING.forEach(what -> names.add(table.name() + "." + what));
            if (isCache(table)) CACHING.forEach(what -> names.add(table.name() + "." + what));
        }
        return names;
    }

    /** Tells the node what has been counted since the last time. */
    void tell() {
        int counter = first;
        for (int i = 0; i < adds.length; i++) {
            TableRun table = tables.get(i);
            counter = tell(counter, MOST * i, table.hits());
            counter = tell(counter, MOST * i + 1, table.misses());
            if (adds[i]) {
                counter = tell(counter, MOST * i + 2, table.entriesAdded());
                counter = tell(counter, MOST * i + 3, table.entriesNotAdded());
            }
            if (caches[i]) counter = tell(counter, MOST * i + 4, table.entriesEvicted());
        }
    }

    private int tell(int counter, int place, long counted) {
        context.count(counter, counted - told[place]);
        told[place] = counted;
        return counter + 1;
    }
}
