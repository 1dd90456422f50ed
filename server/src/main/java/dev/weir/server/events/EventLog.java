package dev.weir.server.events;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A ring of the last events about flows, off the heap, and marks where events are missing. One thread writes, that of the
 * records; any number read, each from a place of its own, and none of them is waited for. Who is overtaken is told so.
 * Memory is taken by {@link #keep}; before, nothing is kept. Allocates nothing after that.
 *
 * <p>Entries have consecutive numbers from 0, their places in the log. Events have sequence numbers from 1; a mark covers
 * as many of them as events are missing, so sequence numbers count all events that there were.
 *
 * <p>A writer that comes to a place takes its stamp away, writes, and sets the stamp to the new number; a reader copies
 * and then finds the stamp unchanged, or has been overtaken: a sequence lock for each place (Lameter, "Effective
 * Synchronization on Linux/NUMA Systems", 2005).
 *
 * <pre>
 * a place, native order:
 * 0 stamp (number of the entry, plus 1; 0: being written) | 8 last sequence number | 16 how many it covers, negative in a mark
 * 24 the event, a {@link FlowRecord}; nothing in a mark
 * </pre>
 */
public final class EventLog implements RecordSink {
    /** Entries of a log that nobody said otherwise of. */
    public static final int DEFAULT_CAPACITY = 131_072;

    private static final long STAMP = 0, SEQUENCE = 8, COVERS = 16, RECORD = 24, SIZE = RECORD + FlowRecord.SIZE;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final String run;
    private final int capacity;
    private final Arena arena = Arena.ofShared();
    private volatile @Nullable MemorySegment memory;
    private volatile int kinds;
    /** How many entries there have been, and the last sequence number; the writer's to change. */
    private volatile long end, sequence;

    /** @param capacity how many entries, a power of two */
    public EventLog(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity is no power of two: capacity=" + capacity);
        }
        this.capacity = capacity;
        byte[] name = new byte[8];
        new SecureRandom().nextBytes(name);
        run = HexFormat.of().formatHex(name);
    }

    /** Names this run of the daemon, whose sequence numbers these are. */
    public String run() {
        return run;
    }

    /** How many events there have been since the start that were kept here or are known to be missing. Any thread. */
    public long sequence() {
        return sequence;
    }

    /** How many entries are kept. */
    public int capacity() {
        return capacity;
    }

    /** Number of the next entry that will be written. Any thread. */
    public long end() {
        return end;
    }

    /** From now on events of these kinds are kept. Any thread. */
    public void keep(int eventKinds) {
        if (eventKinds != 0 && memory == null) {
            open();
        }
        kinds = eventKinds;
    }

    private synchronized void open() {
        if (memory == null) {
            memory = arena.allocate(SIZE * capacity, Long.BYTES);
        }
    }

    /** The writer. */
    @Override
    public void accept(FlowRecord event) {
        MemorySegment to = memory;
        if (to == null || (event.kind() & kinds) == 0) {
            return;
        }
        long at = begin(to, 1, 1);
        MemorySegment.copy(event.segment(), event.offset(), to, at + RECORD, FlowRecord.SIZE);
        finish(to, at);
    }

    /** The writer. */
    @Override
    public void dropped(long events) {
        MemorySegment to = memory;
        if (to != null) {
            finish(to, begin(to, events, -events));
        }
    }

    private long begin(MemorySegment to, long numbers, long covers) {
        long at = (end & (capacity - 1)) * SIZE;
        LONG.setOpaque(to, at + STAMP, 0L);
        VarHandle.storeStoreFence();
        to.set(ValueLayout.JAVA_LONG, at + SEQUENCE, sequence + numbers);
        to.set(ValueLayout.JAVA_LONG, at + COVERS, covers);
        return at;
    }

    private void finish(MemorySegment to, long at) {
        long number = end;
        LONG.setRelease(to, at + STAMP, number + 1);
        sequence = to.get(ValueLayout.JAVA_LONG, at + SEQUENCE);
        end = number + 1;
    }

    /** One thread's view of an entry, copied out of the log. */
    public static final class Entry {
        private final MemorySegment copy = MemorySegment.ofArray(new long[(int) (SIZE / Long.BYTES)]);
        private final FlowRecord record = new FlowRecord().wrap(copy, RECORD);

        /** The last sequence number that it covers. */
        public long sequence() {
            return copy.get(ValueLayout.JAVA_LONG, SEQUENCE);
        }

        /** How many sequence numbers it covers. */
        public long covers() {
            return Math.abs(copy.get(ValueLayout.JAVA_LONG, COVERS));
        }

        /** Whether it says that events are missing. */
        public boolean isMark() {
            return copy.get(ValueLayout.JAVA_LONG, COVERS) < 0;
        }

        /** The event. */
        public FlowRecord event() {
            return record;
        }
    }

    /** Copies an entry that has been written; false when it is no longer there. Any thread. */
    public boolean read(long number, Entry into) {
        MemorySegment from = memory;
        if (from == null) {
            return false;
        }
        long at = (number & (capacity - 1)) * SIZE;
        if ((long) LONG.getAcquire(from, at + STAMP) != number + 1) {
            return false;
        }
        MemorySegment.copy(from, at, into.copy, 0, SIZE);
        VarHandle.loadLoadFence();
        return (long) LONG.getOpaque(from, at + STAMP) == number + 1;
    }

    /** A place from which a reader will not be overtaken at once: a quarter of the log after its oldest entry. */
    public long safe() {
        return Math.max(0, end - capacity + capacity / 4);
    }

    /**
     * The first entry after the one that covers a sequence number; negative when that one is no longer there. Any thread.
     */
    public long after(long wanted, Entry scratch) {
        long high = end;
        if (wanted >= sequence) {
            return high;
        }
        long low = Math.max(0, high - capacity);
        // Of the entries that are there, the first whose last number is beyond the wanted one.
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (!read(middle, scratch) || scratch.sequence() <= wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == end) {
            return low;
        }
        return read(low, scratch) && scratch.sequence() - scratch.covers() <= wanted ? low : -1;
    }

    /** Gives the memory back. Nobody reads or writes any more. */
    @Override
    public void close() {
        memory = null;
        arena.close();
    }
}
