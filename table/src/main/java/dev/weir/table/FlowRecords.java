package dev.weir.table;

import dev.weir.table.parts.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A block of {@link FlowRecord}s that a table appends to and its owner empties. The owner gives the table one with room
 * enough, so the data path never waits and never loses a record. One thread at a time; allocates nothing after it was
 * made.
 */
public final class FlowRecords {
    private final MemorySegment segment;
    private final int capacity;
    private int kinds;
    private final int annexBytes;
    private final int stride;
    private int size;

    /**
     * Room for {@code capacity} records in memory that lives as long as {@code arena}.
     *
     * @param kinds the {@link FlowEvent} kinds to be recorded; others are not written at all
     */
    public FlowRecords(int capacity, int kinds, Arena arena) {
        this(capacity, kinds, arena, 0);
    }

    /** The same, where each record is followed by as many octets of the flow's annex. */
    public FlowRecords(int capacity, int kinds, Arena arena, int annexBytes) {
        this.annexBytes = annexBytes;
        this.stride = FlowRecord.SIZE + annexBytes;
        this.segment = OffHeap.allocateSparse((long) capacity * stride, arena);
        this.capacity = capacity;
        this.kinds = kinds;
    }

    public int size() {
        return size;
    }

    /** How many more records fit. */
    public int room() {
        return capacity - size;
    }

    public void clear() {
        size = 0;
    }

    /** From now on these {@link FlowEvent} kinds are recorded. */
    public void want(int eventKinds) {
        kinds = eventKinds;
    }

    /** The memory; record {@code i} begins at {@code i *} {@link FlowRecord#SIZE}, where there is no annex. */
    public MemorySegment segment() {
        return segment;
    }

    /** Points {@code view} at record {@code i}. */
    public FlowRecord get(int i, FlowRecord view) {
        return view.wrap(segment, (long) i * stride);
    }

    /** Records are written by address; that the memory is still there is asked once a call. */
    void requireAlive() {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("records: their memory is closed");
        }
    }

    int annexBytes() {
        return annexBytes;
    }

    boolean wants(int kind) {
        return (kinds & kind) != 0;
    }

    /** Address of the next record, which the caller fills. */
    long claim() {
        if (size == capacity) {
            throw new IllegalStateException("records: no room: capacity=" + capacity);
        }
        return segment.address() + (long) size++ * stride;
    }
}
