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
    private volatile @Nullable Thread reader;
    private volatile boolean abandoned;

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
        Thread waiting = reader;
        try {
            Thread.sleep(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (waiting != null && waiting.equals(reader)) {
            abandoned = true;
            waiting.interrupt();
        }
    }

    @Override
    public int read(PacketVector vector) {
        reader = Thread.currentThread();
        try {
            return source.read(vector);
        } catch (CaptureException e) {
            if (!abandoned) {
                damage = e;
            }
            return 0;
        } finally {
            reader = null;
            if (abandoned) {
                Thread.interrupted(); // meant for the read alone
            }
        }
    }
}
