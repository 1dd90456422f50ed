package dev.weir.cli;

import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureException;
import dev.weir.wire.ForwardingSource;
import dev.weir.wire.PacketSource;
import org.jspecify.annotations.Nullable;

/**
 * A source that ends where another is damaged, and remembers the damage, so that a run over it ends in order. It also ends when it is
 * abandoned while it waits for a pipe.
 */
final class UntilDamage extends ForwardingSource {
    private static final int PATIENCE_MILLIS = 100;

    private volatile @Nullable CaptureException damage;

    /** Guarded by this: who reads, for the how manieth time, and whether that read was given up. */
    private @Nullable Thread reader;

    private long reads;
    private boolean abandoned;

    UntilDamage(PacketSource source) {
        super(source);
    }

    /** What ended the source, if it was not its end. Any thread. */
    @Nullable
    CaptureException damage() {
        return damage;
    }

    /** Ends a read that goes on waiting; blocks for a moment to see. Another thread than the reader's. */
    void abandon() {
        long begun = reads();
        try {
            Thread.sleep(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        interrupt(begun);
    }

    private synchronized long reads() {
        return reads;
    }

    /** Only while that read goes on: what its thread does next may wait for others, and is not meant. */
    private synchronized void interrupt(long read) {
        if (reader != null && reads == read) {
            abandoned = true;
            reader.interrupt();
        }
    }

    private synchronized void begin() {
        reader = Thread.currentThread();
        reads++;
    }

    /** @return whether the read was given up */
    private synchronized boolean end() {
        boolean given = abandoned;
        reader = null;
        abandoned = false;
        if (given) {
            Thread.interrupted(); // meant for the read alone
        }
        return given;
    }

    @Override
    public int read(PacketVector vector) {
        begin();
        try {
            return source.read(vector);
        } catch (CaptureException e) {
            if (!end()) {
                damage = e;
            }
            return 0;
        } finally {
            end();
        }
    }
}
