package dev.weir.dataplane;

import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Puts the records of all workers into one order that does not depend on their number: by the instant at which they
 * happened, then by flow id, then as its worker wrote them. Holds back what is not older than every worker's promise;
 * that is what ended within about a tick and a chunk. One thread.
 */
final class RecordMerger {
    private final RecordSink sink;
    /** Octets of a record, its annex included. */
    private final int stride;

    private final FlowRecord view = new FlowRecord();

    private Arena arena = Arena.ofConfined();
    private MemorySegment held;
    private long[] at = new long[1024];
    private long[] id = new long[1024];
    private int size;

    /** Positions of the records to be released, and room to sort them. */
    private long[] order = new long[1024];

    private long[] sorted = new long[1024];

    RecordMerger(RecordSink sink, int stride) {
        this.sink = sink;
        this.stride = stride;
        held = arena.allocate((long) at.length * stride, 8);
    }

    /** Takes copies of a block's records. */
    void add(FlowRecords block) {
        int n = block.size();
        reserve(size + n);
        MemorySegment.copy(block.segment(), 0, held, (long) size * stride, (long) n * stride);
        for (int i = 0; i < n; i++) {
            block.get(i, view);
            at[size + i] = view.at();
            id[size + i] = view.flowId();
        }
        size += n;
    }

    private void reserve(int needed) {
        if (needed <= at.length) {
            return;
        }
        int capacity = Math.max(needed, at.length * 2);
        Arena larger = Arena.ofConfined();
        MemorySegment moved = larger.allocate((long) capacity * stride, 8);
        MemorySegment.copy(held, 0, moved, 0, (long) size * stride);
        arena.close();
        arena = larger;
        held = moved;
        at = Arrays.copyOf(at, capacity);
        id = Arrays.copyOf(id, capacity);
        order = new long[capacity];
        sorted = new long[capacity];
    }

    /** Passes on, in order, all that happened before {@code promise}; returns whether there was any. */
    boolean release(long promise) throws IOException {
        int n = select(promise);
        if (n == 0) {
            return false;
        }
        sort(n);
        for (int i = 0; i < n; i++) {
            sink.accept(view.wrap(held, order[i] * stride));
        }
        drop(promise);
        return true;
    }

    /** Collects the positions of those to be released. */
    private int select(long promise) {
        int n = 0;
        for (int i = 0; i < size; i++) {
            if (at[i] < promise) {
                order[n++] = i;
            }
        }
        return n;
    }

    /**
     * Sorts the first {@code n} of {@link #order}; they come nearly sorted by time, in runs, which is what a merge sort
     * likes.
     */
    private void sort(int n) {
        for (int width = 1; width < n; width *= 2) {
            for (int low = 0; low < n; low += 2 * width) {
                merge(order, sorted, low, Math.min(low + width, n), Math.min(low + 2 * width, n));
            }
            long[] swap = order;
            order = sorted;
            sorted = swap;
        }
    }

    private void merge(long[] from, long[] to, int low, int middle, int high) {
        if (middle >= high || !precedes((int) from[middle], (int) from[middle - 1])) {
            System.arraycopy(from, low, to, low, high - low);
            return;
        }
        int left = low;
        int right = middle;
        for (int i = low; i < high; i++) {
            if (left < middle && (right >= high || !precedes((int) from[right], (int) from[left]))) {
                to[i] = from[left++];
            } else {
                to[i] = from[right++];
            }
        }
    }

    private boolean precedes(int a, int b) {
        return at[a] != at[b] ? at[a] < at[b] : id[a] < id[b];
    }

    /** Closes the gaps that the released ones left. */
    private void drop(long promise) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (at[i] >= promise) {
                if (kept != i) {
                    MemorySegment.copy(held, (long) i * stride, held, (long) kept * stride, stride);
                    at[kept] = at[i];
                    id[kept] = id[i];
                }
                kept++;
            }
        }
        size = kept;
    }

    void close() {
        arena.close();
    }
}
