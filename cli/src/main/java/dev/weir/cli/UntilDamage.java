package dev.weir.cli;

import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureException;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A source that ends where another is damaged, and remembers the damage, so that a run over it ends in order. */
final class UntilDamage implements PacketSource {
    private final PacketSource source;
    private volatile @Nullable CaptureException damage;

    UntilDamage(PacketSource source) {
        this.source = source;
    }

    /** What ended the source, if it was not its end. Any thread. */
    @Nullable
    CaptureException damage() {
        return damage;
    }

    @Override
    public int read(PacketVector vector) {
        try {
            return source.read(vector);
        } catch (CaptureException e) {
            damage = e;
            return 0;
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
