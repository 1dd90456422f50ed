package dev.weir.server.api;

import dev.weir.dataplane.graph.FlowCursor;

/** Where a list goes on. */
sealed interface PageToken {
    /** Of a list that is not sorted: a place in the walk. */
    record Unsorted(FlowCursor cursor) implements PageToken {}

    /** Of one that is: after what was told last, by what it is compared by and its id. */
    record Sorted(long high, long low, long flowId) implements PageToken {
        /** Before all flows; no flow has this id. */
        static final Sorted START = new Sorted(0, 0, -1);

        boolean isStart() {
            return flowId < 0;
        }
    }
}
