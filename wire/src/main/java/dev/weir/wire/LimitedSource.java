package dev.weir.wire;

import dev.weir.packet.PacketVector;

/** The first packets of another source, which it owns. */
public final class LimitedSource extends ForwardingSource {
    private long left;

    /** @param count how many packets at most */
    public LimitedSource(PacketSource source, long count) {
        super(source);
        this.left = count;
    }

    @Override
    public int read(PacketVector vector) throws CaptureException {
        vector.size = 0;
        if (left <= 0) return 0;
        int read = source.read(vector);
        if (read == IDLE) return IDLE;
        vector.size = (int) Math.min(read, left);
        left = vector.size == 0 ? 0 : left - vector.size;
        return vector.size;
    }
}
