package dev.weir.export.ipfix;

import dev.weir.export.ExportListener;
import dev.weir.export.ExportStatus;
import dev.weir.export.Exporter;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Flow records to IPFIX and NetFlow collectors. Each has a buffer of its own and a thread that sends, so that none waits for another. Live, a
 * record that finds a buffer full is lost for that collector, and counted; offline the caller waits, but for no collector that took nothing for
 * half a minute. One thread calls it, and is never interrupted by a collector's failure; allocates nothing a record. {@link #status} may be asked
 * by any thread.
 */
public final class ExportSink implements Exporter {
    private static final long WAIT_NANOS = 100_000L, OFFLINE_PATIENCE = TimeUnit.SECONDS.toNanos(30);
    private static final long LIVE_PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private final CollectorSender[] collectors;
    private final boolean live;
    private boolean closed;

    private ExportSink(List<CollectorAddress> collectors, boolean live, ExportListener listener) {
        LongSupplier clock = () -> {
            java.time.Instant now = java.time.Instant.now();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        };
        this.live = live;
        this.collectors = collectors.stream()
                .map(each -> new CollectorSender(each, clock, listener))
                .toArray(CollectorSender[]::new);
        for (CollectorSender each : this.collectors) {
            each.start();
        }
    }

    /** Of a source that waits: none is lost while its collector takes messages. */
    public static ExportSink offline(List<CollectorAddress> collectors, ExportListener listener) {
        return new ExportSink(collectors, false, listener);
    }

    /** Of a source that does not wait. */
    public static ExportSink live(List<CollectorAddress> collectors, ExportListener listener) {
        return new ExportSink(collectors, true, listener);
    }

    /** Where the number of packets comes from that are in no flow; told to the collectors with the counters. */
    @Override
    public void ignoredPackets(LongSupplier source) {
        for (CollectorSender each : collectors) {
            each.ignoredPackets(source);
        }
    }

    /** Takes final records; passes other events over. */
    @Override
    public void accept(FlowRecord record) {
        if (record.kind() != FlowEvent.ENDED) {
            return;
        }
        for (CollectorSender each : collectors) {
            if (!each.offer(record)) {
                offerAgain(each, record);
            }
        }
    }

    private void offerAgain(CollectorSender collector, FlowRecord record) {
        collector.wake();
        while (!live && collector.stalledNanos() < OFFLINE_PATIENCE) {
            LockSupport.parkNanos(WAIT_NANOS);
            if (collector.offer(record)) {
                return;
            }
        }
        collector.overflowed();
    }

    @Override
    public void flush() {
        for (CollectorSender each : collectors) {
            each.wake();
        }
    }

    /** What became of the records, a collector each. */
    @Override
    public List<ExportStatus> status() {
        return java.util.Arrays.stream(collectors).map(CollectorSender::status).toList();
    }

    /** Sends what there is, and waits for that: offline as long as something moves, half a minute without; live five seconds without. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        for (CollectorSender each : collectors) {
            each.stop();
        }
        for (CollectorSender each : collectors) {
            each.awaitEnd(live ? LIVE_PATIENCE : OFFLINE_PATIENCE);
        }
    }
}
