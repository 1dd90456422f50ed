package dev.weir.export.kafka;

import dev.weir.export.ExportListener;
import dev.weir.export.ExportRun;
import dev.weir.export.ExportStatus;
import java.io.Closeable;
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
 * What all senders to a topic do with their messages, which are numbered from 1: each goes into one transaction that is committed, in order. Live, one that finds
 * no room is lost and leaves a hole in the numbers; offline the caller waits, and fails when the brokers took nothing for as long as its patience lasts. A run
 * with a name passes over what an earlier start of it has committed. One thread calls it; {@link #status} and {@link #cut} are for any.
 */
abstract class Delivery implements Closeable {
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

    /**
     * @param least messages of a transaction that is made small, since a larger one failed
     * @param most messages of a transaction
     */
    Delivery(
            KafkaTopic topic,
            ExportRun run,
            String runName,
            ExportListener listener,
            Outbox outbox,
            int least,
            int most) {
        this.topic = topic;
        this.run = run;
        this.patience = TimeUnit.SECONDS.toNanos(topic.patienceSeconds());
        String token = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        this.sender = new KafkaSender(topic, run, runName, token, listener, outbox, least, most);
        sender.start();
    }

    /** What a run is called: its own name, or its start and a number. */
    static String runName(ExportRun run) {
        String name = run.name();
        return name == null
                ? START.format(Instant.now()) + "-"
                        + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt())
                : name;
    }

    /** Puts the message that is to be delivered, if there is room. */
    abstract boolean offer(long number);

    /** Whether nothing more is taken, since the same source will be read again from its beginning. */
    final boolean isCut() {
        return cut;
    }

    /** Delivers the next message, which stands for so many records. */
    final void deliver(int records) throws IOException {
        long number = ++sequence;
        if (run.live()) {
            deliverLive(number, records);
            return;
        }
        long since = System.nanoTime();
        while (before == KafkaSender.UNKNOWN) {
            before = sender.resumeAfter();
            if (before == KafkaSender.UNKNOWN && !waited(since)) {
                return;
            }
        }
        while (number > before && !offer(number)) {
            sender.wake();
            if (!waited(since)) {
                return;
            }
        }
    }

    private void deliverLive(long number, int records) {
        if (sender.failure() != null) {
            sender.refused(records);
        } else if (!offer(number)) {
            sender.wake();
            sender.overflowed(records);
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

    /** How many messages an earlier start of the same run had sent. */
    public long sentBefore() {
        return before == KafkaSender.UNKNOWN ? 0 : Math.min(before, sequence);
    }

    /** The source is stopped before its end. Any thread. */
    public void cut() {
        hurried = true;
        cut = run.name() != null;
    }

    /** Has what there is sent soon. */
    public void flush() throws IOException {
        sender.wake();
    }

    /** What became of the messages. Any thread. */
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
