package dev.weir.export.ipfix;

import dev.weir.table.FlowRecord;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Copies of records on their way from the thread of a sink to the thread of a place: a ring of fixed size. One thread puts, one takes; neither
 * waits for the other in here. Allocates nothing after construction.
 */
final class RecordBuffer {
    private static final int LONGS = FlowRecord.SIZE / Long.BYTES;

    private final MemorySegment memory;
    private final int mask;
    private final int capacity;
    private final FlowRecord view = new FlowRecord();
    /** Positions that only grow: records that were put, records that were given back. */
    private final AtomicLong put = new AtomicLong(), taken = new AtomicLong();

    private volatile @Nullable Thread sleeper;

    RecordBuffer(int capacity) {
        this.capacity = capacity;
        int slots = Integer.highestOneBit(Math.max(1, capacity - 1)) << 1;
        this.mask = slots - 1;
        this.memory = MemorySegment.ofArray(new long[slots * LONGS]);
    }

    /** Copies the record, where there is room. */
    boolean offer(FlowRecord record) {
        long at = put.getPlain();
        if (at - taken.getAcquire() >= capacity) {
            return false;
        }
        MemorySegment.copy(record.segment(), record.offset(), memory, (at & mask) * FlowRecord.SIZE, FlowRecord.SIZE);
        put.setRelease(at + 1);
        return true;
    }

    /** Wakes who waits in {@link #await}. */
    void wake() {
        Thread waiting = sleeper;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    /** How many are there, of those that were not given back. */
    int size() {
        return (int) (put.getAcquire() - taken.getAcquire());
    }

    /** The record that is {@code ahead} behind the first; valid until {@link #release}. The taking thread. */
    FlowRecord peek(int ahead) {
        return view.wrap(memory, ((taken.getPlain() + ahead) & mask) * FlowRecord.SIZE);
    }

    /** Gives the first records back. */
    void release(int count) {
        taken.setRelease(taken.getPlain() + count);
    }

    /** Waits until there are more than {@code ahead}, somebody calls {@link #wake}, or the time is over. The taking thread. */
    void await(int ahead, long nanos) {
        sleeper = Thread.currentThread();
        if (size() <= ahead) {
            LockSupport.parkNanos(this, nanos);
        }
        sleeper = null;
    }
}
