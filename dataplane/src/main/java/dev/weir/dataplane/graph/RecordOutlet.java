package dev.weir.dataplane.graph;

import dev.weir.table.FlowRecords;

/** Where a worker's records and events go. The worker calls; it neither waits nor allocates in the ordinary case. */
interface RecordOutlet {
    /** Which {@link dev.weir.table.FlowEvent} kinds are wanted from now on; asked once a cycle. */
    int kinds();

    /** Takes copies of all records of the block. */
    void accept(FlowRecords block);

    /** Moves records that had to wait on; called every cycle. */
    default void advance() {}

    /** Whether final records wait for room. */
    default boolean isWaiting() {
        return false;
    }

    /** Whether so much waits that flows had better stay in the table a while longer. */
    boolean isCongested();
}
