package dev.weir.offload.loopback;

import dev.weir.offload.netlink.NetlinkFormatException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of a connection: on a thread of its own, or on that of somebody who waits for one and reads meanwhile, which spares two changes of
 * threads in the time that an answer takes. One at a time reads, and what it read is received before another does.
 *
 * <p>Where others read, the thread looks in now and then only, so that it is not woken for what they take. An answer that nobody waits for may be that late.
 */
final class LineReader {
    /** How long the thread leaves the reading to others. */
    private static final long NAP_NANOS = 200_000;

    /** What becomes of a message; called by one thread at a time. */
    interface Receiver {
        void receive(byte[] octets) throws IOException, NetlinkFormatException;
    }

    private final SocketLine line;
    private final MessageReader in;
    private final Receiver receiver;
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile @Nullable Thread thread;
    /** How many messages others read. */
    private final AtomicLong helped = new AtomicLong();
    /** Whether the stream is at its end. */
    private volatile boolean ended;

    private volatile @Nullable IOException broken;
    private volatile @Nullable NetlinkFormatException senseless;

    /** @param limit the most octets of a message with all its parts */
    LineReader(SocketLine line, long limit, Receiver receiver) {
        this.line = line;
        this.in = new MessageReader(line, limit);
        this.receiver = receiver;
    }

    /** Reads until the stream ends; throws where it breaks, whoever met with that. */
    void run() throws IOException, NetlinkFormatException {
        thread = Thread.currentThread();
        long before = helped.get();
        while (true) {
            boolean mine = read() >= 0;
            throwWhatBroke();
            if (ended) return;
            long now = helped.get();
            if (!mine || now != before) LockSupport.parkNanos(this, NAP_NANOS);
            else line.awaitReadable();
            before = now;
        }
    }

    private void throwWhatBroke() throws IOException, NetlinkFormatException {
        IOException io = broken;
        if (io != null) throw io;
        NetlinkFormatException format = senseless;
        if (format != null) throw format;
    }

    /** Reads what there is, without waiting; returns whether that was something. Any thread. */
    boolean help() {
        int count = read();
        if (count > 0) helped.addAndGet(count);
        return count > 0;
    }

    /** Who helped does so no more, and still waits: the thread is to read. */
    void leave() {
        LockSupport.unpark(thread);
    }

    /** Receives the messages that there are; returns how many, or -1 where another is at it. */
    private int read() {
        if (ended || !reading.compareAndSet(false, true)) return -1;
        int count = 0;
        try {
            int octets = in.fill();
            if (octets < 0) ended = true;
            for (byte[] message = in.poll(); message != null; message = in.poll()) {
                count++;
                receiver.receive(message);
            }
        } catch (IOException e) {
            broken = e;
            ended = true;
        } catch (NetlinkFormatException e) {
            senseless = e;
            ended = true;
        } finally {
            reading.set(false);
        }
        if (ended) line.wake();
        return count;
    }
}
