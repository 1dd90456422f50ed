package dev.weir.dataplane;

import dev.weir.table.EndReason;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FragmentTable;
import dev.weir.table.KeyExtractor;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * What lives as long as one run of a {@link Tracker}: tables, workers and their threads, the chunks of the stream, and the merging of records on the thread
 * that runs it.
 */
final class TrackerRun implements AutoCloseable {
    private static final long POLL_NANOS = 1_000_000;
    private static final int FLUSHED_AT_ONCE = 32;
    private static final String FLUSHED = "ended:" + EndReason.name(EndReason.FLUSHED);

    private final Tracker.Builder options;
    private final int kinds;
    private final Arena arena = Arena.ofShared();
    private final List<FlowTable> tables;
    private final List<KeyExtractor> extractors = new ArrayList<>();
    private final List<RecordQueue> queues = new ArrayList<>();
    private final List<TrackWorker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Stream chunks;

    TrackerRun(Tracker.Builder options, PacketSource source) {
        this.options = options;
        this.kinds = options.sink == null ? 0 : options.kinds;
        this.tables = FlowTable.shards(options.table, options.workers);
        var progress = new Stream.Progress[options.workers];
        for (int i = 0; i < progress.length; i++) {
            progress[i] = new Stream.Progress();
        }
        chunks = new Stream(
                source,
                progress,
                new FragmentTable(tables.getFirst()),
                !options.table.features().isEmpty());
        for (int i = 0; i < options.workers; i++) {
            var extractor = new KeyExtractor(tables.get(i), options.tunnels, options.tenant);
            var queue = new RecordQueue(kinds, arena, options.table.annexBytes());
            var worker = new TrackWorker(i, chunks, progress[i], tables.get(i), extractor, queue);
            extractors.add(extractor);
            queues.add(queue);
            workers.add(worker);
            threads.add(Thread.ofPlatform().name("weir-worker-" + i).unstarted(worker));
        }
    }

    /** The source in chunks, to be asked how far it is and to be stopped. */
    Stream stream() {
        return chunks;
    }

    TrackSummary finish() throws IOException {
        threads.forEach(Thread::start);
        RecordSink sink = options.sink;
        try {
            if (sink != null) {
                merge(sink);
            }
        } catch (IOException | RuntimeException | Error e) {
            chunks.abort();
            threads.forEach(Thread::interrupt);
            throw e;
        } finally {
            join();
        }
        rethrow();
        if (sink != null) {
            flush(sink);
        }
        IOException damage = chunks.damage();
        if (damage != null) {
            throw damage;
        }
        return summary();
    }

    /** Passes records on until all workers have finished. */
    private void merge(RecordSink sink) throws IOException {
        var merger = new RecordMerger(sink, FlowRecord.SIZE + options.table.annexBytes());
        try {
            boolean done = false;
            boolean written = false;
            while (!done) {
                // In this order: who has finished has promised everything, and what was handed over before a
                // promise is in
                // its queue.
                done = queues.stream().allMatch(RecordQueue::isFinished);
                long promise =
                        queues.stream().mapToLong(RecordQueue::watermark).min().orElseThrow();
                boolean idle = true;
                for (RecordQueue queue : queues) {
                    idle &= !drain(queue, merger);
                }
                written |= merger.release(promise);
                if (idle && !done) {
                    if (written) {
                        sink.flush();
                        written = false;
                    }
                    sink.idle();
                    LockSupport.parkNanos(POLL_NANOS);
                }
            }
        } finally {
            merger.close();
        }
    }

    private boolean drain(RecordQueue queue, RecordMerger merger) {
        FlowRecords block = queue.poll();
        boolean any = block != null;
        while (block != null) {
            merger.add(block);
            queue.giveBack(block);
            block = queue.poll();
        }
        return any;
    }

    private void join() {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    chunks.stop();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void rethrow() {
        for (TrackWorker worker : workers) {
            Throwable failure = worker.failure();
            if (failure != null) {
                throw new IllegalStateException("a worker failed", failure);
            }
        }
    }

    /** Ends the flows that are left, merged by flow id. */
    private void flush(RecordSink sink) throws IOException {
        var flushes = new ShardFlush[tables.size()];
        for (int i = 0; i < flushes.length; i++) {
            flushes[i] = new ShardFlush(tables.get(i), kinds, arena);
        }
        while (pass(flushes, sink)) {}
        sink.flush();
    }

    /** Passes some records on; a method of its own, so that it is soon compiled. False at the end. */
    private static boolean pass(ShardFlush[] flushes, RecordSink sink) throws IOException {
        for (int i = 0; i < FLUSHED_AT_ONCE; i++) {
            ShardFlush first = null;
            for (ShardFlush flush : flushes) {
                if (flush.hasNext() && (first == null || flush.id() < first.id())) {
                    first = flush;
                }
            }
            if (first == null) {
                return false;
            }
            sink.accept(first.record());
            first.next();
        }
        return true;
    }

    private TrackSummary summary() {
        var counters = new LinkedHashMap<String, Long>();
        for (FlowTable table : tables) {
            table.counters().forEach((name, count) -> counters.merge(name, count, Long::sum));
            counters.merge(
                    FLUSHED,
                    (long) table.size(),
                    Long::sum); // of those nobody wants a record, and they go with the table
        }
        var malformed = new TreeMap<String, Long>();
        long unhandled = 0;
        for (KeyExtractor extractor : extractors) {
            unhandled += extractor.unhandled();
            extractor.addMalformed(malformed);
        }
        return new TrackSummary(
                chunks.packets(),
                chunks.frameBytes(),
                counters.getOrDefault("CREATED", 0L),
                chunks.late(),
                withUnhandled(counters, unhandled),
                malformed);
    }

    /** Listings have UNHANDLED after CREATED. */
    private Map<String, Long> withUnhandled(Map<String, Long> counters, long unhandled) {
        var all = new LinkedHashMap<String, Long>();
        counters.forEach((name, count) -> {
            all.put(name, count);
            if (name.equals("CREATED")) {
                all.put("UNHANDLED", unhandled);
            }
        });
        return all;
    }

    @Override
    public void close() {
        tables.forEach(FlowTable::close);
        arena.close();
    }
}
