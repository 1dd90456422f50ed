package dev.weir.dataplane.nodes.pcapout;

import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the workers' rings bring, on a thread of its own that lives until the last node has left. What was accepted
 * by then is written, unless the disk takes longer than five seconds for it.
 */
final class CaptureWriter {
    private static final int VECTOR = 256;
    private static final long IDLE_NANOS = 2_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<CaptureRing> rings = new CopyOnWriteArrayList<>();
    private final AtomicInteger users = new AtomicInteger();
    private final AtomicLong claimed = new AtomicLong();
    private final long packets;
    private final RotatingFile file;
    private final Thread thread;
    private final PacketVector vector = new PacketVector(VECTOR);
    private volatile boolean closing;
    private volatile @Nullable String failure;

    CaptureWriter(PcapOutConfig config) {
        packets = config.packets() == 0 ? Long.MAX_VALUE : config.packets();
        try {
            file = new RotatingFile(config);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "file: cannot write '" + config.file() + "': " + e
                            + "; give a path in a directory that can be written",
                    e);
        }
        thread = Thread.ofPlatform().daemon().name("weir-pcap-out").start(this::run);
    }

    /** A ring for one more node, which must {@link #leave}. */
    CaptureRing join(int ringBytes) {
        users.incrementAndGet();
        var ring = new CaptureRing(ringBytes);
        rings.add(ring);
        return ring;
    }

    /** How many of {@code wanted} packets the bound on all of them still allows. */
    int claim(int wanted) {
        if (packets == Long.MAX_VALUE) {
            return wanted;
        }
        long before = claimed.getAndAdd(wanted);
        return Math.clamp(packets - before, 0, wanted);
    }

    /** Why nothing is written any more, null while it is. */
    @Nullable
    String failure() {
        return failure;
    }

    /** A node has published its last; the last node waits for the file to be complete. */
    void leave() {
        if (users.decrementAndGet() > 0) {
            return;
        }
        closing = true;
        LockSupport.unpark(thread);
        try {
            if (!thread.join(PATIENCE)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (file) {
            boolean flushed = true;
            while (true) {
                boolean last = closing;
                boolean busy = false;
                for (CaptureRing ring : rings) {
                    busy |= drain(ring);
                }
                if (busy) {
                    flushed = false;
                } else if (last) {
                    return;
                } else {
                    if (!flushed) {
                        file.flush();
                        flushed = true;
                    }
                    LockSupport.parkNanos(IDLE_NANOS);
                }
            }
        } catch (IOException e) {
            failure = e.toString();
        }
    }

    private boolean drain(CaptureRing ring) throws IOException {
        int n = ring.poll(vector, file.room(), file.isEmpty());
        if (n < 0) {
            file.next();
            n = ring.poll(vector, file.room(), file.isEmpty());
        }
        if (n > 0) {
            file.write(vector);
        }
        ring.release();
        return n > 0;
    }
}
