package dev.weir.server.api;

import dev.weir.dataplane.graph.FlowBlock;
import dev.weir.dataplane.graph.FlowWalk;
import dev.weir.table.FlowRecord;
import java.util.function.Predicate;

/**
 * The first flows of an order among those that a walk sees: a heap with the last of them on top, which gives way to one
 * that comes before it. One worker's, then who asked reads it. All memory is taken when it is made.
 */
final class TopFlows implements FlowWalk<TopFlows> {
    private final Predicate<FlowRecord> which;
    private final SortOrder order;
    private final PageToken.Sorted after;
    private final int limit;
    private final FlowBlock copies;
    private final FlowRecord view = new FlowRecord();
    /** By heap position: which copy, and what it is compared by. */
    private final int[] copy;

    private final long[] high, low, id;
    private int size;
    private boolean more;

    /**
     * @param after only flows after this place of the order
     * @param limit how many
     */
    TopFlows(Predicate<FlowRecord> which, SortOrder order, PageToken.Sorted after, int limit) {
        this.which = which;
        this.order = order;
        this.after = after;
        this.limit = limit;
        copies = new FlowBlock(limit);
        copy = new int[limit];
        high = new long[limit];
        low = new long[limit];
        id = new long[limit];
    }

    @Override
    public boolean visit(FlowRecord flow) {
        if (!which.test(flow)) {
            return true;
        }
        long h = order.high(flow), l = order.low(flow), number = flow.flowId();
        if (!after.isStart() && order.compare(h, l, number, after.high(), after.low(), after.flowId()) <= 0) {
            return true;
        }
        if (size < limit) {
            copies.add(flow);
            put(size, size, h, l, number);
            rise(size++);
            return true;
        }
        more = true;
        if (order.compare(h, l, number, high[0], low[0], id[0]) < 0) {
            copies.set(copy[0], flow);
            put(0, copy[0], h, l, number);
            sink();
        }
        return true;
    }

    @Override
    public TopFlows result() {
        return this;
    }

    /** Takes in what another one has. */
    void merge(TopFlows other) {
        for (int i = 0; i < other.size; i++) {
            visit(other.copies.get(other.copy[i], view));
        }
        more |= other.more;
    }

    /** Whether there are flows after those that are here. */
    boolean hasMore() {
        return more;
    }

    /** The place of the last one. */
    PageToken.Sorted last() {
        return new PageToken.Sorted(high[0], low[0], id[0]);
    }

    int size() {
        return size;
    }

    /** Takes them out, in their order. */
    FlowBlock drain() {
        int n = size;
        int[] sorted = new int[n];
        for (int i = n - 1; i >= 0; i--) {
            sorted[i] = copy[0];
            size--;
            put(0, copy[size], high[size], low[size], id[size]);
            sink();
        }
        var block = new FlowBlock(Math.max(1, n));
        for (int i : sorted) {
            block.add(copies.get(i, view));
        }
        return block;
    }

    private void put(int position, int ofCopy, long h, long l, long number) {
        copy[position] = ofCopy;
        high[position] = h;
        low[position] = l;
        id[position] = number;
    }

    /** Whether what is at one position comes after what is at the other. */
    private boolean isAfter(int a, int b) {
        return order.compare(high[a], low[a], id[a], high[b], low[b], id[b]) > 0;
    }

    private void rise(int from) {
        int at = from;
        while (at > 0 && isAfter(at, (at - 1) / 2)) {
            swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private void sink() {
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && isAfter(child + 1, child)) {
                child++;
            }
            if (!isAfter(child, at)) {
                return;
            }
            swap(at, child);
            at = child;
        }
    }

    private void swap(int a, int b) {
        int c = copy[a];
        long h = high[a], l = low[a], number = id[a];
        put(a, copy[b], high[b], low[b], id[b]);
        put(b, c, h, l, number);
    }
}
