package dev.weir.export;

import dev.weir.table.FlowRecord;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Copies of records on their way from the thread of a sink to the thread of a place: a ring of fixed size. One thread puts, one takes; neither
 * waits for the other in here. Allocates nothing after construction.
 */
public final class RecordBuffer {
    private final MemorySegment memory;
    private final int mask;
    private final int octets;
    private final long[] tags;
    private final int capacity;
    private final FlowRecord view = new FlowRecord();
    /** Positions that only grow: records that were put, records that were given back. */
    private final AtomicLong put = new AtomicLong(), taken = new AtomicLong();

    private volatile @Nullable Thread sleeper;

    public RecordBuffer(int capacity) {
        this(capacity, 0, false);
    }

    /**
     * @param annexOctets of each record, a multiple of 8
     * @param tagged whether a number is kept with each record, 8 octets more
     */
    public RecordBuffer(int capacity, int annexOctets, boolean tagged) {
        this.capacity = capacity;
        this.octets = FlowRecord.SIZE + annexOctets;
        int slots = Integer.highestOneBit(Math.max(1, capacity - 1)) << 1;
        this.mask = slots - 1;
        this.memory = MemorySegment.ofArray(new long[Math.multiplyExact(slots, octets / Long.BYTES)]);
        this.tags = new long[tagged ? slots : 1];
    }

    /** Copies the record, where there is room. */
    public boolean offer(FlowRecord record) {
        return offer(record, 0);
    }

    /** The same, with its number where they are kept. */
    public boolean offer(FlowRecord record, long tag) {
        long at = put.getPlain();
        if (at - taken.getAcquire() >= capacity) {
            return false;
        }
        MemorySegment.copy(record.segment(), record.offset(), memory, (at & mask) * octets, octets);
        tags[(int) at & (tags.length - 1)] = tag;
        put.setRelease(at + 1);
        return true;
    }

    /** Wakes who waits in {@link #await}. */
    public void wake() {
        Thread waiting = sleeper;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    /** How many are there, of those that were not given back. */
    public int size() {
        return (int) (put.getAcquire() - taken.getAcquire());
    }

    /** The record that is {@code ahead} behind the first; valid until {@link #release}. The taking thread. */
    public FlowRecord peek(int ahead) {
        return view.wrap(memory, ((taken.getPlain() + ahead) & mask) * octets);
    }

    /** The number of that record. The taking thread. */
    public long tag(int ahead) {
        return tags[(int) (taken.getPlain() + ahead) & (tags.length - 1)];
    }

    /** Gives the first records back. */
    public void release(int count) {
        taken.setRelease(taken.getPlain() + count);
    }

    /** Waits until there are more than {@code ahead}, somebody calls {@link #wake}, or the time is over. The taking thread. */
    public void await(int ahead, long nanos) {
        sleeper = Thread.currentThread();
        if (size() <= ahead) {
            LockSupport.parkNanos(this, nanos);
        }
        sleeper = null;
    }
}
