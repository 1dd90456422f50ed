package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Keeps the N largest records and hands them on when it is closed, the largest first, equals by flow id. A binary heap of copies,
 * the smallest on top; memory grows with what is kept, to N records at the most. One thread; a record that is not among the largest
 * allocates nothing.
 */
public final class TopSink implements RecordSink {
    /** What makes a record large. */
    public enum By {
        /** IP octets, both directions. */
        BYTES,
        /** Packets, both directions. */
        PACKETS,
        /** IP octets of both directions a second of the flow's duration; 0 for a flow that took no time. */
        RATE,
        /** From the first to the last packet. */
        DURATION
    }

    /** The most records that can be kept. */
    public static final int MAX = 1_000_000;

    /** Octets of a record, its annex included; a multiple of 8. */
    private final int stride;

    private final RecordSink next;
    private final int limit;
    private final By by;
    private final FlowRecord kept = new FlowRecord();
    private long[] copies = new long[0];
    /** By heap position: which copy, and its magnitude. */
    private int[] copy = new int[0];

    private double[] magnitude = new double[0];
    private int size;
    private boolean closed;

    /** @param limit how many, 1 to {@link #MAX} */
    public TopSink(RecordSink next, int limit, By by) {
        this(next, limit, by, 0);
    }

    /** The same of records that are followed by an annex of so many octets, a multiple of 8. */
    public TopSink(RecordSink next, int limit, By by, int annexBytes) {
        if (limit < 1 || limit > MAX) {
            throw new IllegalArgumentException("top out of range: top=" + limit + ", limit=" + MAX);
        }
        this.next = next;
        this.limit = limit;
        this.stride = FlowRecord.SIZE + annexBytes;
        this.by = by;
    }

    @Override
    public void accept(FlowRecord record) {
        double value = magnitude(record);
        if (size == limit) {
            if (smaller(value, record.flowId(), record.at(), 0)) {
                return;
            }
            store(copy[0], record);
            magnitude[0] = value;
            sink(0);
            return;
        }
        if (size == copy.length) {
            grow();
        }
        copy[size] = size;
        magnitude[size] = value;
        store(size, record);
        rise(size++);
    }

    /** Hands on what was kept and closes the next sink. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (next) {
            int[] order = new int[size];
            for (int i = size - 1; i >= 0; i--) {
                order[i] = copy[0];
                size--;
                copy[0] = copy[size];
                magnitude[0] = magnitude[size];
                sink(0);
            }
            for (int slot : order) {
                next.accept(view(slot));
            }
        }
    }

    private double magnitude(FlowRecord record) {
        double bytes = (double) record.forwardBytes() + record.reverseBytes();
        double duration = record.endTime() - record.startTime();
        return switch (by) {
            case BYTES -> bytes;
            case PACKETS -> (double) record.forwardPackets() + record.reversePackets();
            case RATE -> duration > 0 ? bytes / duration : 0;
            case DURATION -> duration;
        };
    }

    /** Whether a record comes after the one at that heap position in the order of the result. */
    private boolean smaller(double value, long flowId, long at, int position) {
        if (value != magnitude[position]) {
            return value < magnitude[position];
        }
        FlowRecord other = view(copy[position]);
        return flowId != other.flowId() ? flowId > other.flowId() : at > other.at();
    }

    private boolean smaller(int position, int than) {
        if (magnitude[position] != magnitude[than]) {
            return magnitude[position] < magnitude[than];
        }
        FlowRecord record = view(copy[position]);
        return smaller(magnitude[position], record.flowId(), record.at(), than);
    }

    private void rise(int position) {
        int at = position;
        while (at > 0 && smaller(at, (at - 1) / 2)) {
            swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private void sink(int position) {
        int at = position;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && smaller(child + 1, child)) {
                child++;
            }
            if (!smaller(child, at)) {
                return;
            }
            swap(at, child);
            at = child;
        }
    }

    private void swap(int a, int b) {
        int slot = copy[a];
        copy[a] = copy[b];
        copy[b] = slot;
        double value = magnitude[a];
        magnitude[a] = magnitude[b];
        magnitude[b] = value;
    }

    private void store(int slot, FlowRecord record) {
        MemorySegment.copy(
                record.segment(), record.offset(), MemorySegment.ofArray(copies), (long) slot * stride, stride);
    }

    private FlowRecord view(int slot) {
        return kept.wrap(MemorySegment.ofArray(copies), (long) slot * stride);
    }

    private void grow() {
        int capacity = Math.min(limit, Math.max(16, 2 * copy.length));
        copy = Arrays.copyOf(copy, capacity);
        magnitude = Arrays.copyOf(magnitude, capacity);
        copies = Arrays.copyOf(copies, Math.multiplyExact(capacity, stride / Long.BYTES));
    }
}
