package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Packets of a pipe, read in a thread of their own, so that who asks for them never waits for who writes into the pipe:
 * a worker goes on with its mail, and ends when it is asked to.
 */
final class PipeSupply implements VectorSupply {
    /** One to fill while the other is full; a third is with who takes them. */
    private static final int VECTORS = 2;

    private static final long PATIENCE_MILLIS = 1000;

    private final PacketSource source;
    private final FilePort port;
    private final BlockingQueue<PacketVector> empty = new ArrayBlockingQueue<>(VECTORS + 1);
    private final BlockingQueue<PacketVector> filled = new ArrayBlockingQueue<>(VECTORS + 1);
    private final Thread reader;

    /** Begins to read. */
    PipeSupply(PacketSource source, FilePort port, int capacity) {
        this.source = source;
        this.port = port;
        for (int i = 0; i < VECTORS; i++) {
            empty.add(new PacketVector(capacity));
        }
        reader = Thread.ofPlatform().daemon().name("weir-reader").start(this::run);
    }

    private void run() {
        try {
            boolean more = true;
            while (more) {
                PacketVector vector = empty.take();
                more = fill(vector);
                filled.put(vector);
            }
        } catch (InterruptedException _) {
            // closed
        }
    }

    private boolean fill(PacketVector vector) throws InterruptedException {
        try {
            source.read(vector);
        } catch (CaptureException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException(); // the pipe is not damaged, it was closed here
            }
            port.damaged(e);
            vector.size = 0;
        }
        return vector.size > 0;
    }

    @Override
    public @Nullable PacketVector exchange(PacketVector used) {
        PacketVector next = filled.poll();
        if (next != null) {
            empty.add(used);
        }
        return next;
    }

    /** Waits for the reader; one that does not hear (standard input may not) keeps its source until the process ends. */
    @Override
    public void close() throws IOException {
        reader.interrupt();
        boolean interrupted = false;
        try {
            reader.join(PATIENCE_MILLIS);
        } catch (InterruptedException _) {
            interrupted = true;
        }
        if (!reader.isAlive()) {
            source.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
