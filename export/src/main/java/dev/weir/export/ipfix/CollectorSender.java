package dev.weir.export.ipfix;

import dev.weir.export.ExportListener;
import dev.weir.export.ExportStatus;
import dev.weir.export.RecordBuffer;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One collector: a buffer of records, and a thread that makes messages of them and sends them. A record stays in the buffer until its message
 * was sent, so a connection that breaks loses none of those that were not written yet. A collector that is away is tried again, first after a
 * tenth of a second, then ever later, up to half a minute.
 */
final class CollectorSender {
    private static final long MILLI = 1_000_000L, LINGER = 1000 * MILLI, PAUSE = 20 * MILLI;
    private static final long FIRST_RETRY = 100 * MILLI, LAST_RETRY = 30_000 * MILLI, BURST = 10 * MILLI;

    private final CollectorAddress collector;
    private final ExportListener listener;
    private final RecordBuffer buffer;
    private final MessageWriter writer;
    private final ByteBuffer message;
    private final Thread thread;
    private final AtomicLong messages = new AtomicLong(), records = new AtomicLong(), octets = new AtomicLong();
    private final AtomicLong overflow = new AtomicLong(), refused = new AtomicLong();
    private final AtomicLong unsent = new AtomicLong(), closing = new AtomicLong();
    private volatile boolean connected, stopping, aborted;
    private volatile long progressAt = System.nanoTime();
    private volatile @Nullable CollectorPath path;
    private volatile LongSupplier ignoredPackets = () -> 0;

    /** The sending thread's: records in the message, and since when; what is due next. */
    private int begun;

    private long begunAt, sendAt;
    private int flowsBefore;
    private boolean toldAway, toldRefused;

    /** @param wallClock nanoseconds since 1970 for the time of export; null for that of the newest record */
    CollectorSender(CollectorAddress collector, @Nullable LongSupplier wallClock, ExportListener listener) {
        this.collector = collector;
        this.listener = listener;
        this.buffer = new RecordBuffer(collector.bufferRecords());
        this.writer = new MessageWriter(collector.format(), wallClock, System::nanoTime);
        this.writer.totals.ignoredPackets = () -> ignoredPackets.getAsLong();
        this.message = ByteBuffer.wrap(writer.octets());
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("weir-export-" + collector.port())
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    CollectorAddress collector() {
        return collector;
    }

    void ignoredPackets(LongSupplier source) {
        ignoredPackets = source;
    }

    /** Copies the record into the buffer, if there is room. The sink's thread. */
    boolean offer(FlowRecord record) {
        return buffer.offer(record);
    }

    /** There was no room for a record, and it was given up. The sink's thread. */
    void overflowed() {
        overflow.incrementAndGet();
    }

    void wake() {
        buffer.wake();
    }

    /** For how long nothing was sent though something waits, in nanoseconds. */
    long stalledNanos() {
        return System.nanoTime() - progressAt;
    }

    /** Send what there is, then end. */
    void stop() {
        stopping = true;
        progressAt = System.nanoTime();
        buffer.wake();
        LockSupport.unpark(thread);
    }

    /** Waits for the end; what is not sent when nothing was sent for that long is lost. */
    void awaitEnd(long patienceNanos) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            if (stalledNanos() > patienceNanos && !aborted) {
                abort();
            }
            try {
                thread.join(50);
            } catch (InterruptedException _) {
                interrupted = true;
                abort();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void abort() {
        aborted = true;
        CollectorPath open = path;
        if (open != null) {
            open.abort();
        }
        LockSupport.unpark(thread);
    }

    ExportStatus status() {
        Map<String, Long> lost = new LinkedHashMap<>();
        lost.put("buffer-full", overflow.get());
        lost.put("refused", refused.get());
        lost.put("not-sent", unsent.get());
        lost.put("closing", closing.get());
        return new ExportStatus(
                collector.place(), connected, messages.get(), records.get(), octets.get(), lost, buffer.size(), 0);
    }

    private void run() {
        listener.started();
        long retry = FIRST_RETRY;
        while (!aborted) {
            try (CollectorPath open = CollectorPath.open(collector)) {
                path = open;
                connected = true;
                retry = FIRST_RETRY;
                if (toldAway) {
                    listener.changed(collector.place(), "is there again; " + lostText());
                    toldAway = false;
                }
                writer.beginSession();
                begun = 0;
                if (converse(open)) {
                    return;
                }
                away(open.reason());
            } catch (IOException e) {
                away(String.valueOf(e.getMessage()));
            } finally {
                connected = false;
                path = null;
            }
            if (stopping && buffer.size() == 0) {
                return;
            }
            if (!aborted) {
                LockSupport.parkNanos(retry);
                retry = Math.min(2 * retry, LAST_RETRY);
            }
        }
        closing.addAndGet(buffer.size());
        buffer.release(buffer.size());
    }

    private void away(String why) {
        if (!toldAway && !aborted) {
            toldAway = true;
            listener.changed(collector.place(), "is away: " + why + "; it is tried again");
        }
    }

    private String lostText() {
        long lost = status().lostRecords();
        return lost == 0 ? "no record is lost" : lost + " records are lost so far";
    }

    /** Sends until all is over (true) or the way is gone (false). */
    private boolean converse(CollectorPath open) {
        while (!aborted) {
            boolean full = fill();
            boolean old = begun > 0 && System.nanoTime() - begunAt > LINGER;
            boolean last = stopping && buffer.size() == begun;
            if (!full && !old && !last) {
                if (begun == 0 && writer.isRefreshDue()) {
                    writer.addCounters();
                } else {
                    buffer.await(begun, PAUSE);
                    continue;
                }
            }
            if (last) {
                tellTotals();
                writer.addCounters();
            }
            if (!deliver(open)) {
                return false;
            }
            if (last && buffer.size() == 0) {
                if (open.wasRefused()) {
                    refused(flowsBefore);
                }
                return true;
            }
        }
        return false;
    }

    /** Adds what is there to the message; whether it is full. */
    private boolean fill() {
        int there = buffer.size();
        if (begun == 0) {
            if (there == 0) {
                return false;
            }
            tellTotals();
            begunAt = System.nanoTime();
            progressAt = begunAt;
        }
        while (begun < there) {
            if (!writer.add(buffer.peek(begun))) {
                return true;
            }
            begun++;
        }
        return false;
    }

    private void tellTotals() {
        writer.totals.notSentFlows = overflow.get() + unsent.get();
    }

    private boolean deliver(CollectorPath open) {
        int length = writer.finish();
        pace();
        CollectorPath.Outcome outcome = open.send(message.clear().limit(length));
        if (outcome == CollectorPath.Outcome.GONE) {
            return false;
        }
        if (outcome == CollectorPath.Outcome.SENT_AFTER_REFUSAL) {
            refused(flowsBefore);
        }
        if (outcome == CollectorPath.Outcome.LOST) {
            unsent.addAndGet(begun);
            writer.clear();
            flowsBefore = 0;
            away(open.reason());
        } else {
            messages.incrementAndGet();
            octets.addAndGet(length);
            records.addAndGet(begun);
            flowsBefore = begun;
            writer.sent();
        }
        buffer.release(begun);
        begun = 0;
        progressAt = System.nanoTime();
        return true;
    }

    /** Nobody listened to the message before this one; whoever will has no templates. */
    private void refused(int flows) {
        refused.addAndGet(flows);
        writer.resendTemplates();
        if (!toldRefused) {
            toldRefused = true;
            listener.changed(collector.place(), "nobody listens there; records are lost until somebody does");
        }
    }

    private void pace() {
        int rate = collector.messagesPerSecond();
        if (rate == 0) {
            return;
        }
        long now = System.nanoTime();
        if (sendAt - (now - BURST) < 0) {
            sendAt = now - BURST;
        }
        sendAt += TimeUnit.SECONDS.toNanos(1) / rate;
        while (sendAt - now > 0 && !aborted) {
            LockSupport.parkNanos(sendAt - now);
            now = System.nanoTime();
        }
    }
}
