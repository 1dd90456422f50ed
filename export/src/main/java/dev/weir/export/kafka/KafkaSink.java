package dev.weir.export.kafka;

import dev.weir.export.ExportListener;
import dev.weir.export.ExportRun;
import dev.weir.export.ExportStatus;
import dev.weir.export.Exporter;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Events of flows to a topic, each in one transaction that is committed, in order, numbered from 1. Live, a record that finds the buffer full is lost
 * and leaves a hole in the numbers; offline the caller waits, and fails when the brokers took nothing for as long as its patience lasts. A run with a
 * name passes over what an earlier start of it has committed. One thread calls it; {@link #status} and {@link #cut} are for any. Allocates
 * nothing a record; the sending thread does.
 */
public final class KafkaSink implements Exporter {
    private static final long WAIT_NANOS = 100_000L, LIVE_PATIENCE = TimeUnit.SECONDS.toNanos(5);
    private static final DateTimeFormatter START =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final KafkaTopic topic;
    private final ExportRun run;
    private final KafkaSender sender;
    private final long patience;
    private long sequence, before = KafkaSender.UNKNOWN;
    private volatile boolean hurried, cut;
    private boolean closed;

    KafkaSink(KafkaTopic topic, ExportRun run, ExportListener listener) {
        this.topic = topic;
        this.run = run;
        String token = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        String name = run.name();
        String runName = name == null ? START.format(Instant.now()) + "-" + token : name;
        this.patience = TimeUnit.SECONDS.toNanos(topic.patienceSeconds());
        this.sender = new KafkaSender(topic, run, runName, token, listener);
        sender.start();
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        if (cut || (record.kind() != FlowEvent.ENDED && !topic.events())) {
            return;
        }
        long number = ++sequence;
        if (run.live()) {
            acceptLive(record, number);
            return;
        }
        long since = System.nanoTime();
        while (before == KafkaSender.UNKNOWN) {
            before = sender.resumeAfter();
            if (before == KafkaSender.UNKNOWN && !waited(since)) {
                return;
            }
        }
        while (number > before && !sender.offer(record, number)) {
            sender.wake();
            if (!waited(since)) {
                return;
            }
        }
    }

    private void acceptLive(FlowRecord record, long number) {
        if (sender.failure() != null) {
            sender.refused();
        } else if (!sender.offer(record, number)) {
            sender.wake();
            sender.overflowed();
        }
    }

    /** Waits a moment, of a wait that began then; false where nothing more is taken. */
    private boolean waited(long since) throws IOException {
        KafkaFault failure = sender.failure();
        if (failure != null) {
            throw failed(String.valueOf(failure.getMessage()));
        }
        long stalled = Math.min(sender.stalledNanos(), System.nanoTime() - since);
        if (patience != 0 && stalled > patience) {
            sender.abort();
            throw failed("took nothing for " + topic.patienceSeconds()
                    + " s; see that its brokers run, then start the same command again");
        }
        LockSupport.parkNanos(WAIT_NANOS);
        return !cut;
    }

    private IOException failed(String why) {
        return new IOException("export: " + topic.place() + ": " + why);
    }

    @Override
    public long sentBefore() {
        return before == KafkaSender.UNKNOWN ? 0 : Math.min(before, sequence);
    }

    @Override
    public void cut() {
        hurried = true;
        cut = run.name() != null;
    }

    @Override
    public void flush() {
        sender.wake();
    }

    @Override
    public List<ExportStatus> status() {
        return List.of(sender.status());
    }

    /** Sends what there is, and waits for that: offline as long as its patience lasts without a commit, live five seconds. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        sender.stop(!cut);
        sender.awaitEnd(() -> run.live() || hurried ? LIVE_PATIENCE : patience);
        KafkaFault failure = sender.failure();
        if (failure != null && !run.live()) {
            throw failed(String.valueOf(failure.getMessage()));
        }
    }
}
