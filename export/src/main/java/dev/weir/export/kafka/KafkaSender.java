package dev.weir.export.kafka;

import dev.weir.export.ExportListener;
import dev.weir.export.ExportRun;
import dev.weir.export.ExportStatus;
import dev.weir.export.kafka.KafkaFault.Kind;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread that sends the messages of an {@link Outbox}, a transaction after the other. A message leaves the box when
 * its transaction is committed; what a session that failed has left open is learned from the brokers by the next one. Brokers that are away are tried
 * again, first after a tenth of a second, then ever later, up to five seconds.
 */
final class KafkaSender {
    /** A transaction has no more records, and is not open for longer while records come. */
    static final int MOST_RECORDS = 1 << 14, LEAST_RECORDS = 64;

    static final long LINGER = 500_000_000L;
    /** One that was committed in that time is followed by a larger one. */
    private static final long QUICK = 2_000_000_000L;

    private static final long MILLI = 1_000_000L,
            PAUSE = 20 * MILLI,
            FIRST_RETRY = 100 * MILLI,
            LAST_RETRY = 5_000 * MILLI,
            TAKEOVER = 3_000 * MILLI;
    /** Not yet known. */
    static final long UNKNOWN = -1;

    private final KafkaTopic topic;
    private final ExportRun run;
    private final ExportListener listener;
    private final String runName, owner;
    private final Outbox outbox;
    private final Thread thread;
    private final int least, most;
    /** Transactions have no more records for now: fewer after one that failed, so that a slow way takes them in time. */
    private int limit;

    private final AtomicLong records = new AtomicLong(), messages = new AtomicLong(), octets = new AtomicLong();
    private final AtomicLong overflow = new AtomicLong();
    private final AtomicLong refused = new AtomicLong(), closing = new AtomicLong(), gaps = new AtomicLong();
    private volatile boolean connected, stopping, complete, aborted;
    private volatile long progressAt = System.nanoTime(), resumeAfter = UNKNOWN;
    private volatile @Nullable KafkaFault failure;

    /** The sending thread's: the last sequence number that is known to be committed; whether a person was told that the brokers are away. */
    private long committed;

    private boolean begun, toldAway, retrying;

    /**
     * @param least messages of a transaction that is made small
     * @param most messages of a transaction
     */
    KafkaSender(
            KafkaTopic topic,
            ExportRun run,
            String runName,
            String owner,
            ExportListener listener,
            Outbox outbox,
            int least,
            int most) {
        this.topic = topic;
        this.run = run;
        this.runName = runName;
        this.owner = owner;
        this.listener = listener;
        this.outbox = outbox;
        this.least = Math.min(least, most);
        this.most = most;
        this.limit = most;
        this.thread = Thread.ofPlatform().daemon().name("weir-export-kafka").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void overflowed(int count) {
        overflow.addAndGet(count);
    }

    void refused(int count) {
        refused.addAndGet(count);
    }

    void wake() {
        outbox.wake();
    }

    /** The records of this run up to there are in the topic since an earlier start; {@link #UNKNOWN} until the brokers have said so. */
    long resumeAfter() {
        return resumeAfter;
    }

    /** Why nothing is sent any more; null while it is. */
    @Nullable
    KafkaFault failure() {
        return failure;
    }

    /** For how long nothing was committed though something waits, in nanoseconds. */
    long stalledNanos() {
        return System.nanoTime() - progressAt;
    }

    /** @param whole whether the run has reached its end */
    void stop(boolean whole) {
        complete = whole;
        progressAt = System.nanoTime();
        stopping = true;
        outbox.wake();
        LockSupport.unpark(thread);
    }

    /**
     * Waits for the end; what is not committed when nothing was for that long is lost.
     *
     * @param patienceNanos asked again and again; 0 for any time
     */
    void awaitEnd(LongSupplier patienceNanos) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            long patience = patienceNanos.getAsLong();
            if (patience != 0 && stalledNanos() > patience) {
                abort();
            }
            try {
                thread.join(50);
            } catch (InterruptedException _) {
                interrupted = true;
                abort();
            }
        }
        giveUp(); // what came while the thread was ending
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void abort() {
        if (!aborted) {
            aborted = true;
            thread.interrupt();
        }
    }

    ExportStatus status() {
        Map<String, Long> lost = new LinkedHashMap<>();
        lost.put("buffer-full", overflow.get());
        lost.put("refused", refused.get());
        lost.put("not-sent", 0L);
        lost.put("closing", closing.get());
        return new ExportStatus(
                topic.place(),
                connected,
                messages.get(),
                records.get(),
                octets.get(),
                lost,
                outbox.waiting(),
                gaps.get());
    }

    private void run() {
        listener.started();
        long retry = FIRST_RETRY;
        while (!aborted && failure == null) {
            try (KafkaSession session = KafkaSession.open(topic, run.name())) {
                settle(session);
                connected = true;
                retry = FIRST_RETRY;
                if (converse(session)) {
                    return;
                }
            } catch (KafkaFault fault) {
                failed(fault);
            } catch (RuntimeException | Error e) {
                failed(KafkaFault.of(e, topic)); // an Error: the library of zstd that cannot be loaded
            } finally {
                connected = false;
            }
            if (!aborted && failure == null) {
                LockSupport.parkNanos(retry);
                retry = Math.min(2 * retry, LAST_RETRY);
            }
        }
        giveUp();
    }

    private void giveUp() {
        int left = outbox.size();
        closing.addAndGet(release(left));
    }

    /** Gives messages back; returns how many records they had. */
    private long release(int count) {
        long there = 0;
        for (int i = 0; i < count; i++) {
            there += outbox.records(i);
        }
        outbox.release(count);
        return there;
    }

    private void failed(KafkaFault fault) {
        if (aborted) {
            return;
        }
        if (fault.kind() == Kind.FENCED && isTakenOver()) {
            failure = new KafkaFault(
                    Kind.FENCED,
                    "another producer of sensor " + topic.sensor()
                            + " has taken over; give each a name of its own (sensor=NAME), or end the other");
            listener.changed(topic.place(), String.valueOf(failure.getMessage()));
            return;
        }
        if (fault.kind() == Kind.LASTING && !run.live()) {
            failure = fault;
            return;
        }
        if (!retrying) {
            retrying = true;
            progressAt = System.nanoTime();
        }
        if (!toldAway) {
            toldAway = true;
            listener.changed(topic.place(), "is away: " + fault.getMessage() + "; it is tried again");
        }
    }

    /**
     * The brokers fence a producer whose transaction took too long, too; then the place is still ours. Who takes it over fences first and says so some moments later,
     * and would be fenced by us if we went on at once.
     */
    private boolean isTakenOver() {
        long end = System.nanoTime() + TAKEOVER;
        try {
            while (true) {
                Progress now = KafkaSession.owner(topic);
                if (now != null && !now.owner().equals(owner)) {
                    return true;
                }
                if (aborted || System.nanoTime() > end) {
                    return false;
                }
                LockSupport.parkNanos(FIRST_RETRY);
            }
        } catch (KafkaFault _) {
            return false;
        }
    }

    /** What the brokers know of this run, and of the one before. */
    private void settle(KafkaSession session) throws KafkaFault {
        Progress sensor = session.ofSensor();
        boolean ours = sensor != null && sensor.owner().equals(owner);
        if (begun && sensor != null && !ours) {
            throw new KafkaFault(Kind.FENCED, "run " + sensor.run() + " goes on in its place");
        }
        Progress known = run.name() == null ? (ours ? sensor : null) : session.ofRun();
        long sequence = known == null ? 0 : known.sequence();
        if (!begun) {
            if (run.live() && sensor != null && sensor.live() && !sensor.closed()) {
                gaps.incrementAndGet();
                listener.changed(
                        topic.place(),
                        "run " + sensor.run() + " of sensor " + topic.sensor()
                                + " ended without saying so: what it had not sent is lost; the last that it sent is number "
                                + sensor.sequence() + ", at " + Instant.ofEpochMilli(sensor.atMillis()));
            }
            committed = sequence;
        }
        if (!ours) {
            session.begin();
            session.commit(progress(sequence, false));
        }
        begun = true;
        resumeAfter = committed;
        settled(sequence);
        if (toldAway) {
            toldAway = false;
            long lost = status().lostRecords();
            listener.changed(
                    topic.place(),
                    "is there again; " + (lost == 0 ? "no record is lost" : lost + " records are lost so far"));
        }
    }

    /** Everything up to there is in the topic. */
    private void settled(long sequence) {
        int count = 0;
        for (int there = outbox.size(); count < there && outbox.number(count) <= sequence; ) {
            count++;
        }
        if (sequence > committed) {
            committed = sequence;
            progressAt = System.nanoTime();
        }
        messages.addAndGet(count);
        records.addAndGet(release(count));
    }

    private Progress progress(long sequence, boolean closed) {
        return new Progress(owner, runName, sequence, System.currentTimeMillis(), run.live(), closed);
    }

    /** Sends until all is over (true) or it was given up (false). */
    private boolean converse(KafkaSession session) throws KafkaFault {
        while (!aborted) {
            if (outbox.size() == 0) {
                retrying = false;
                if (stopping) {
                    session.begin();
                    session.commit(progress(committed, complete));
                    return true;
                }
                outbox.await(0, PAUSE);
                continue;
            }
            if (!retrying) {
                progressAt = System.nanoTime();
            }
            int whole = limit;
            limit = Math.clamp(whole / 4, least, most);
            session.begin();
            long sent = 0;
            int count = 0;
            long begunAt = System.nanoTime();
            while (!aborted) {
                for (int there = Math.min(outbox.size(), whole); count < there; count++) {
                    byte[] message = outbox.message(count);
                    session.send(outbox.key(count), message);
                    sent += message.length;
                }
                if (count == whole || stopping || System.nanoTime() - begunAt > LINGER) {
                    break;
                }
                outbox.await(count, PAUSE);
            }
            if (aborted) {
                return false;
            }
            session.commit(progress(outbox.number(count - 1), false));
            limit = System.nanoTime() - begunAt < QUICK ? Math.min(2 * whole, most) : whole;
            octets.addAndGet(sent);
            settled(outbox.number(count - 1));
            retrying = false;
            progressAt = System.nanoTime();
        }
        return false;
    }
}
