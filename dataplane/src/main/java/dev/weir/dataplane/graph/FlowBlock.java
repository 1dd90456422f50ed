package dev.weir.dataplane.graph;

import dev.weir.table.FlowRecord;
import java.lang.foreign.MemorySegment;

/**
 * Copies of flows, as they were when a worker came by. Made once and filled again; one thread at a time, a worker while
 * {@link Dataplane#read} fills it. On the heap.
 */
public final class FlowBlock {
    private static final int LONGS = FlowRecord.SIZE / Long.BYTES;

    private final int capacity;
    private final MemorySegment copies;
    private int size;

    /** Room for so many flows. */
    public FlowBlock(int capacity) {
        this.capacity = capacity;
        copies = MemorySegment.ofArray(new long[Math.multiplyExact(capacity, LONGS)]);
    }

    public int size() {
        return size;
    }

    /** How many more flows fit. */
    public int room() {
        return capacity - size;
    }

    public void clear() {
        size = 0;
    }

    /** Points {@code view} at flow {@code i}. */
    public FlowRecord get(int i, FlowRecord view) {
        return view.wrap(copies, (long) i * FlowRecord.SIZE);
    }

    /** Appends a copy. */
    public void add(FlowRecord flow) {
        MemorySegment.copy(flow.segment(), flow.offset(), copies, (long) size++ * FlowRecord.SIZE, FlowRecord.SIZE);
    }

    /** Puts a copy in the place of flow {@code i}. */
    public void set(int i, FlowRecord flow) {
        MemorySegment.copy(flow.segment(), flow.offset(), copies, (long) i * FlowRecord.SIZE, FlowRecord.SIZE);
    }
}
