package dev.weir.dataplane;

import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FragmentTable;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TenantMode;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Turns a stream of packets into flow records with any number of workers; the records and their order are the same for every number of them, as
 * long as none is recycled. Use: {@code Tracker.builder().sink(mySink).build().run(source)}, once.
 *
 * <p>{@link #run} starts the workers and passes the records to the sink on the thread that called it. The data path allocates nothing per packet.
 */
public final class Tracker {
    private static final long POLL_NANOS = 1_000_000;
    private static final int FLUSH_RECORDS = 1024;

    private final Builder options;
    private volatile @Nullable Stream stream;
    private volatile boolean stopped;

    private Tracker(Builder options) {
        this.options = options;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Options of a run; every one has a default. */
    public static final class Builder {
        private FlowTableConfig table = FlowTableConfig.defaults();
        private int workers = 1;
        private TunnelMode tunnels = TunnelMode.OUTER;
        private TenantMode tenant = TenantMode.NONE;
        private int kinds = FlowEvent.ENDED;
        private @Nullable RecordSink sink;

        private Builder() {}

        /** How the flow table is made; all shards together hold its {@code maxFlows} of each family. */
        public Builder table(FlowTableConfig config) {
            this.table = config;
            return this;
        }

        /** How many threads track; 1 by default, at most 256. */
        public Builder workers(int count) {
            if (count < 1 || count > 256) {
                throw new IllegalArgumentException("workers out of range: workers=" + count + ", limit=256");
            }
            this.workers = count;
            return this;
        }

        public Builder tunnels(TunnelMode mode) {
            this.tunnels = mode;
            return this;
        }

        public Builder tenant(TenantMode mode) {
            this.tenant = mode;
            return this;
        }

        /** Which {@link FlowEvent} kinds reach the sink; by default only how flows ended. */
        public Builder events(int eventKinds) {
            this.kinds = eventKinds;
            return this;
        }

        /** Where records go; without one they are only counted. */
        public Builder sink(RecordSink records) {
            this.sink = records;
            return this;
        }

        public Tracker build() {
            return new Tracker(this);
        }
    }

    /**
     * Reads the source to its end, ends all flows, and passes the last records on. Does not close the source or the sink.
     *
     * @throws dev.weir.wire.CaptureException when the source is damaged; the flows up to the damage have reached the sink
     * @throws IOException when the sink fails; tracking stops
     */
    public TrackSummary run(PacketSource source) throws IOException {
        try (var run = new Run(source)) {
            return run.finish();
        }
    }

    /** Ends the run after the packets read so far; their flows are flushed to the sink. Any thread, any time, also before the run. */
    public void stop() {
        stopped = true;
        Stream running = stream;
        if (running != null) {
            running.stop();
        }
    }

    /** How many packets were read so far; any thread. */
    public long packets() {
        Stream running = stream;
        return running == null ? 0 : running.packets();
    }

    /** What lives as long as one run. */
    private final class Run implements AutoCloseable {
        private final int kinds = options.sink == null ? 0 : options.kinds;
        private final Arena arena = Arena.ofShared();
        private final List<FlowTable> tables = FlowTable.shards(options.table, options.workers);
        private final List<KeyExtractor> extractors = new ArrayList<>();
        private final List<RecordQueue> queues = new ArrayList<>();
        private final List<TrackWorker> workers = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();
        private final Stream chunks;

        Run(PacketSource source) {
            var progress = new Stream.Progress[options.workers];
            for (int i = 0; i < progress.length; i++) {
                progress[i] = new Stream.Progress();
            }
            chunks = new Stream(source, progress, new FragmentTable(tables.getFirst()));
            for (int i = 0; i < options.workers; i++) {
                var extractor = new KeyExtractor(tables.get(i), options.tunnels, options.tenant);
                var queue = new RecordQueue(kinds, arena);
                var worker = new TrackWorker(i, chunks, progress[i], tables.get(i), extractor, queue);
                extractors.add(extractor);
                queues.add(queue);
                workers.add(worker);
                threads.add(Thread.ofPlatform().name("weir-worker-" + i).unstarted(worker));
            }
            stream = chunks;
            if (stopped) {
                chunks.stop();
            }
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
            flush(sink);
            IOException damage = chunks.damage();
            if (damage != null) {
                throw damage;
            }
            return summary();
        }

        /** Passes records on until all workers have finished. */
        private void merge(RecordSink sink) throws IOException {
            var merger = new RecordMerger(sink);
            try {
                boolean done = false;
                boolean written = false;
                while (!done) {
                    // In this order: who has finished has promised everything, and what was handed over before a
                    // promise is in
                    // its queue.
                    done = queues.stream().allMatch(RecordQueue::isFinished);
                    long promise = queues.stream()
                            .mapToLong(RecordQueue::watermark)
                            .min()
                            .orElseThrow();
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
        private void flush(@Nullable RecordSink sink) throws IOException {
            var flushes = new ArrayList<Flush>();
            for (FlowTable table : tables) {
                flushes.add(new Flush(table, new FlowRecords(FLUSH_RECORDS, kinds, arena)));
            }
            while (true) {
                Flush first = null;
                for (Flush flush : flushes) {
                    if (flush.hasNext() && (first == null || flush.id() < first.id())) {
                        first = flush;
                    }
                }
                if (first == null) {
                    break;
                }
                if (sink != null) {
                    sink.accept(first.record());
                }
                first.next();
            }
            if (sink != null) {
                sink.flush();
            }
        }

        private TrackSummary summary() {
            var counters = new LinkedHashMap<String, Long>();
            for (FlowTable table : tables) {
                table.counters().forEach((name, count) -> counters.merge(name, count, Long::sum));
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

    /** The flows of one shard as they are flushed, one at a time. */
    private static final class Flush {
        private final FlowTable table;
        private final FlowRecords block;
        private final FlowRecord view = new FlowRecord();
        private int next;
        private boolean through;

        Flush(FlowTable table, FlowRecords block) {
            this.table = table;
            this.block = block;
            refill();
        }

        private void refill() {
            block.clear();
            next = 0;
            through = table.flush(block);
        }

        boolean hasNext() {
            return next < block.size();
        }

        FlowRecord record() {
            return block.get(next, view);
        }

        long id() {
            return record().flowId();
        }

        void next() {
            next++;
            if (next == block.size() && !through) {
                refill();
            }
        }
    }
}
