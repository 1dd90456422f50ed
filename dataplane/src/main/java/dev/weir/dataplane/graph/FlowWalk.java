package dev.weir.dataplane.graph;

import dev.weir.table.FlowRecord;

/** Looks at one worker's flows, in that worker's thread, some between two vectors; then tells what it saw. */
public interface FlowWalk<T> {
    /**
     * Looks at a flow; false when it has seen enough. Packets wait meanwhile.
     *
     * @param flow valid during the call only
     */
    boolean visit(FlowRecord flow);

    /** What it saw. */
    T result();
}
