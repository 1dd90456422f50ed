package dev.weir.offload.dataplane;

import dev.weir.offload.model.FlowStats;
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
    private static final long NANOS = 1_000_000;

    private final long[] cells;
    private final long setAt;

    FlowCounts(int workers, long now) {
        cells = new long[workers * LINE];
        setAt = now;
    }

    /** A packet; the worker's thread. */
    void add(int worker, long bytes, long now) {
        int line = worker * LINE;
        CELL.setOpaque(cells, line + PACKETS, cells[line + PACKETS] + 1);
        CELL.setOpaque(cells, line + BYTES, cells[line + BYTES] + bytes);
        CELL.setOpaque(cells, line + LAST, now);
    }

    long setAt() {
        return setAt;
    }

    /** When the last packet came, or the flow was set. */
    long lastSeen() {
        long last = setAt;
        for (int line = 0; line < cells.length; line += LINE) {
            if (get(line + PACKETS) > 0) last = Math.max(last, get(line + LAST));
        }
        return last;
    }

    FlowStats stats(long now) {
        return new FlowStats(
                sum(PACKETS), sum(BYTES), Math.max(0, now - setAt) / NANOS, Math.max(0, now - lastSeen()) / NANOS);
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
