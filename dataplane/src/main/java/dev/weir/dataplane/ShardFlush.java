package dev.weir.dataplane;

import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import java.lang.foreign.Arena;

/** The flows of one shard, which nothing comes to any more, as they end in the order of their ids, one at a time. One thread. */
final class ShardFlush {
    private static final int RECORDS = 1024;

    private final FlowTable table;
    private final FlowRecords block;
    private final FlowRecord view = new FlowRecord();
    private int next;
    private long id;
    private boolean through;

    ShardFlush(FlowTable table, int kinds, Arena arena) {
        this.table = table;
        this.block = new FlowRecords(RECORDS, kinds, arena, table.config().annexBytes());
        refill();
    }

    private void refill() {
        block.clear();
        next = 0;
        through = table.finish(block);
        turn();
    }

    private void turn() {
        if (hasNext()) {
            id = block.get(next, view).flowId();
        }
    }

    boolean hasNext() {
        return next < block.size();
    }

    FlowRecord record() {
        return view;
    }

    long id() {
        return id;
    }

    void next() {
        next++;
        if (next == block.size() && !through) {
            refill();
        } else {
            turn();
        }
    }
}
