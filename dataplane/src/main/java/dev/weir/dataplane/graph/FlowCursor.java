package dev.weir.dataplane.graph;

import dev.weir.table.FlowTable;

/**
 * A place in a walk over all flows; immutable.
 *
 * @param worker whose flows come next
 * @param place in its table, as {@link FlowTable#forEach(long, int, java.util.function.Predicate)} goes on
 */
public record FlowCursor(int worker, long place) {
    /** Before all flows. */
    public static final FlowCursor START = new FlowCursor(0, 0);
    /** After all flows. */
    public static final FlowCursor END = new FlowCursor(Integer.MAX_VALUE, 0);

    public boolean isEnd() {
        return worker == END.worker;
    }
}
