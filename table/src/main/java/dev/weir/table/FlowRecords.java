package dev.weir.table;

import dev.weir.table.parts.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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

    /** Octets that a record takes here, with the annex behind it. */
    public int stride() {
        return stride;
    }

    /** Appends a record of a stride of {@code octets}: what of its annex there is room for, zeros beyond. */
    public void append(FlowRecord record, int octets) {
        requireAlive();
        long o = claim() - segment.address();
        segment.asSlice(o, stride).fill((byte) 0);
        MemorySegment.copy(record.segment(), record.offset(), segment, o, Math.min(octets, stride));
    }

    /** Makes record {@code i} one of no kind, which nobody passes on. */
    public void withdraw(int i) {
        segment.set(ValueLayout.JAVA_BYTE, (long) i * stride + FlowRecord.KIND, (byte) 0);
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
