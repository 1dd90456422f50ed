package dev.weir.dataplane.nodes.pcapout;

import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the workers' rings bring, on a thread of its own, which opens the file when the first packets come, so that
 * a writer that is never used touches nothing. When the last node has left, the thread writes what was accepted and ends;
 * nobody waits for it but the end of the process, for five seconds at the most.
 */
final class CaptureWriter {
    private static final int VECTOR = 256;
    private static final long IDLE_NANOS = 2_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<CaptureRing> rings = new CopyOnWriteArrayList<>();
    private final AtomicInteger users = new AtomicInteger();
    private final AtomicLong claimed = new AtomicLong();
    private final long packets;
    private final PcapOutConfig config;
    private final Thread thread;
    private final Thread atExit;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final PacketVector vector = new PacketVector(VECTOR);
    private volatile boolean closing;
    private volatile @Nullable String failure;

    CaptureWriter(PcapOutConfig config) {
        this.config = config;
        packets = config.packets() == 0 ? Long.MAX_VALUE : config.packets();
        Path file = config.file().toAbsolutePath();
        Path directory = file.getParent();
        if (!Files.isWritable(Files.exists(file) || directory == null ? file : directory)) {
            throw new IllegalArgumentException("file: cannot write '" + config.file()
                    + "'; give a path in a directory that is there and can be written");
        }
        thread = Thread.ofPlatform().name("weir-pcap-out").unstarted(this::run);
        atExit = Thread.ofPlatform().name("weir-pcap-out-exit").unstarted(this::finish);
    }

    /** Starts the thread, if nobody did. Allocates. */
    void begin() {
        if (!begun.get() && begun.compareAndSet(false, true)) {
            try {
                Runtime.getRuntime().addShutdownHook(atExit);
            } catch (IllegalStateException _) {
                failure = "the process is ending";
            }
            thread.start();
        }
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

    /** A node has published its last. */
    void leave() {
        if (users.decrementAndGet() == 0) {
            closing = true;
            LockSupport.unpark(thread);
        }
    }

    /** Waits until all that was accepted is written, after the last node has left; false where that takes too long. */
    boolean await() throws InterruptedException {
        return !begun.get() || thread.join(PATIENCE);
    }

    private void finish() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (var file = new RotatingFile(config)) {
            write(file);
        } catch (IOException e) {
            failure = e.toString();
        }
        forgetExit();
    }

    private void forgetExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException _) {
            closing = true;
        }
    }

    private void write(RotatingFile file) throws IOException {
        boolean flushed = true;
        while (true) {
            boolean last = closing;
            boolean busy = false;
            for (CaptureRing ring : rings) {
                busy |= drain(file, ring, vector);
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
    }

    private static boolean drain(RotatingFile file, CaptureRing ring, PacketVector vector) throws IOException {
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
