package dev.weir.wire;

import java.io.IOException;
import java.util.List;

/** A source that stands in front of another, which it owns: all but the reading is the other's. */
public abstract class ForwardingSource implements PacketSource {
    /** The one behind. */
    protected final PacketSource source;

    protected ForwardingSource(PacketSource source) {
        this.source = source;
    }

    @Override
    public long clock() {
        return source.clock();
    }

    @Override
    public final boolean isPrompt() {
        return source.isPrompt();
    }

    @Override
    public final int timeDigits() {
        return source.timeDigits();
    }

    @Override
    public final long bytesRead() {
        return source.bytesRead();
    }

    @Override
    public final long bytesTotal() {
        return source.bytesTotal();
    }

    @Override
    public final long stampedLate() {
        return source.stampedLate();
    }

    @Override
    public final long dropped() {
        return source.dropped();
    }

    @Override
    public final List<String> notes() {
        return source.notes();
    }

    @Override
    public final void close() throws IOException {
        source.close();
    }
}
