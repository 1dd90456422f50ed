package dev.weir.offload.dataplane;

import dev.weir.offload.memory.FlowEngine.Counts;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a flow has seen: a cache line for each worker, which alone writes it. Other threads may read, and see a slightly old value. Times are
 * nanoseconds of the data plane's clock.
 */
final class FlowCounts {
    private static final VarHandle CELL =
            MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();
    private static final int PACKETS = 0, BYTES = 1, LAST = 2, LINE = 8;

    private final long[] cells;

    FlowCounts(int workers) {
        cells = new long[workers * LINE];
    }

    /** A packet; the worker's thread. */
    void add(int worker, long bytes, long now) {
        int line = worker * LINE;
        CELL.setOpaque(cells, line + PACKETS, cells[line + PACKETS] + 1);
        CELL.setOpaque(cells, line + BYTES, cells[line + BYTES] + bytes);
        CELL.setOpaque(cells, line + LAST, now);
    }

    /** Of all workers. */
    Counts counts() {
        return new Counts(sum(PACKETS), sum(BYTES), lastSeen());
    }

    /** When the last packet came; as long ago as can be where none did. */
    private long lastSeen() {
        long last = Long.MIN_VALUE;
        for (int line = 0; line < cells.length; line += LINE) {
            if (get(line + PACKETS) > 0) last = Math.max(last, get(line + LAST));
        }
        return last;
    }

    private long sum(int cell) {
        long sum = 0;
        for (int line = 0; line < cells.length; line += LINE) sum += get(line + cell);
        return sum;
    }

    private long get(int index) {
        return (long) CELL.getOpaque(cells, index);
    }
}
