package dev.weir.cli;

import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureException;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A source that ends where another is damaged, and remembers the damage, so that a run over it ends in order. It also ends when it is
 * abandoned while it waits for a pipe.
 */
final class UntilDamage implements PacketSource {
    private static final int PATIENCE_MILLIS = 100;

    private final PacketSource source;
    private volatile @Nullable CaptureException damage;
    private volatile @Nullable Thread reader;
    private volatile boolean abandoned;

    UntilDamage(PacketSource source) {
        this.source = source;
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

    @Override
    public int timeDigits() {
        return source.timeDigits();
    }

    @Override
    public long bytesRead() {
        return source.bytesRead();
    }

    @Override
    public long bytesTotal() {
        return source.bytesTotal();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
