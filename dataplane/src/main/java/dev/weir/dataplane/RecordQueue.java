package dev.weir.dataplane;

import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import java.lang.foreign.Arena;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * From one worker to the merger: blocks of records, in order, and how far the worker has come. The worker waits when
 * all blocks are under way, so nothing is lost and memory stays bounded. Two threads, one at each end.
 */
final class RecordQueue {
    private static final int BLOCKS = 8;
    /** A block holds what a vector can cause, and while records are small four times that. */
    private static final int VECTOR_RECORDS = FlowTable.VECTOR * FlowTable.RECORDS_PER_PACKET, SMALL_VECTORS = 4;

    private final ArrayBlockingQueue<FlowRecords> full = new ArrayBlockingQueue<>(BLOCKS);
    private final ArrayBlockingQueue<FlowRecords> empty = new ArrayBlockingQueue<>(BLOCKS);

    /** The worker's. */
    private FlowRecords buffer;

    /** No record that happened before this will follow those already handed over. */
    private volatile long watermark = Long.MIN_VALUE;

    private volatile boolean finished;

    RecordQueue(int kinds, Arena arena, int annexBytes) {
        int records = annexBytes == 0 ? SMALL_VECTORS * VECTOR_RECORDS : VECTOR_RECORDS;
        for (int i = 0; i < BLOCKS; i++) {
            empty.add(new FlowRecords(records, kinds, arena, annexBytes));
        }
        buffer = empty.remove();
    }

    /** Where the worker writes now. */
    FlowRecords buffer() {
        return buffer;
    }

    void ensureRoom(int records) throws InterruptedException {
        if (buffer.room() < records) {
            handOver();
        }
    }

    /** Gives what was written to the merger. */
    void handOver() throws InterruptedException {
        if (buffer.size() != 0) {
            full.put(buffer);
            buffer = empty.take();
        }
    }

    void chunkDone(long promise) throws InterruptedException {
        handOver();
        watermark = promise;
    }

    /** The worker's last word, whatever happened to it. */
    void finish() {
        if (buffer.size() != 0 && !full.contains(buffer)) {
            full.add(buffer);
        }
        watermark = Long.MAX_VALUE;
        finished = true;
    }

    long watermark() {
        return watermark;
    }

    boolean isFinished() {
        return finished && full.isEmpty();
    }

    /** The next block for the merger, which gives it back with {@link #giveBack}; null when there is none now. */
    @Nullable
    FlowRecords poll() {
        return full.poll();
    }

    void giveBack(FlowRecords block) {
        block.clear();
        empty.add(block);
    }
}
