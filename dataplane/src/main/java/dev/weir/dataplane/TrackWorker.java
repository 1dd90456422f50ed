package dev.weir.dataplane;

import dev.weir.table.FlowTable;
import dev.weir.table.KeyExtractor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One worker: a thread that owns one shard of the table, handles its packets of every chunk, and reads chunks when it
 * is free.
 */
final class TrackWorker implements Runnable {
    /** An idle worker spins, then naps briefly, then, when the source is a pipe that gives nothing, for longer. */
    private static final int SPINS = 200, NAPS = 1000;

    private static final long NAP_NANOS = 20_000, SLEEP_NANOS = 1_000_000;

    private final int number;
    private final Stream stream;
    private final Stream.Progress progress;
    private final FlowTable table;
    private final KeyExtractor extractor;
    private final RecordQueue records;

    private volatile @Nullable Throwable failure;

    TrackWorker(
            int number,
            Stream stream,
            Stream.Progress progress,
            FlowTable table,
            KeyExtractor extractor,
            RecordQueue records) {
        this.number = number;
        this.stream = stream;
        this.progress = progress;
        this.table = table;
        this.extractor = extractor;
        this.records = records;
    }

    @Override
    public void run() {
        try {
            work();
            while (!stream.isAborted() && !table.settle(records.buffer())) {
                records.handOver();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stream.abort();
        } catch (Throwable e) {
            failure = e;
            stream.abort();
        } finally {
            records.finish();
        }
    }

    private void work() throws InterruptedException {
        long next = 0;
        int idle = 0;
        while (!stream.endsBefore(next) && !stream.isAborted()) {
            Chunk chunk = stream.published(next);
            if (chunk != null) {
                track(chunk);
                progress.next = ++next;
                idle = 0;
            } else if (stream.readOne(extractor)) {
                idle = 0;
            } else if (++idle < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(idle < NAPS ? NAP_NANOS : SLEEP_NANOS);
            }
        }
    }

    private void track(Chunk chunk) throws InterruptedException {
        track(chunk, 4);
        track(chunk, 6);
        table.advance(chunk.endTime);
        while (!table.expire(records.buffer())) {
            records.handOver();
        }
        records.chunkDone(table.watermark());
    }

    private void track(Chunk chunk, int family) throws InterruptedException {
        int end = chunk.end(number, family);
        for (int from = chunk.begin(number, family); from < end; from += FlowTable.VECTOR) {
            int n = Math.min(FlowTable.VECTOR, end - from);
            records.ensureRoom(n * FlowTable.RECORDS_PER_PACKET);
            table.track(family, chunk.flows, chunk.picks, from, n, records.buffer());
        }
    }

    /** What made the worker fail, or null. */
    @Nullable
    Throwable failure() {
        return failure;
    }
}
