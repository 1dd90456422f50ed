package dev.weir.dataplane;

import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import java.lang.foreign.Arena;

/** The flows of one shard as they are flushed, in the order of their ids, one at a time. One thread. */
final class ShardFlush {
    private static final int RECORDS = 1024;

    private final FlowTable table;
    private final FlowRecords block;
    private final FlowRecord view = new FlowRecord();
    private int next;
    private boolean through;

    ShardFlush(FlowTable table, int kinds, Arena arena) {
        this.table = table;
        this.block = new FlowRecords(RECORDS, kinds, arena, table.config().annexBytes());
        refill();
    }

    private void refill() {
        block.clear();
        next = 0;
        through = table.flush(block);
    }

    boolean hasNext() {
        return next < block.size();
    }

    FlowRecord record() {
        return block.get(next, view);
    }

    long id() {
        return record().flowId();
    }

    void next() {
        next++;
        if (next == block.size() && !through) {
            refill();
        }
    }
}
