package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A capture file that lies in memory as a whole, mapped: packets are handed out where they are, nothing is copied, and
 * every vector's {@link PacketVector#data} is the file.
 */
final class MappedCapture implements PacketSource {
    private final String name;
    private final Arena arena;
    private final MemorySegment file;
    private final long size;
    private final Framing framing;
    private long packets;
    private boolean ended;
    private volatile long at;

    /**
     * @param arena owns the mapping and is closed with this source
     * @param at where the first record begins
     */
    MappedCapture(String name, Arena arena, MemorySegment file, Framing framing, long at) {
        this.name = name;
        this.arena = arena;
        this.file = file;
        this.size = file.byteSize();
        this.framing = framing;
        this.at = at;
    }

    @Override
    public int read(PacketVector vector) throws CaptureException {
        vector.data = file;
        vector.size = 0;
        vector.first = packets + 1;
        if (ended) return 0;
        long next = framing.walk(file, at, size, vector);
        at = next;
        packets += vector.size;
        if (vector.size == 0) end(next);
        return vector.size;
    }

    private void end(long where) throws CaptureException {
        ended = true;
        @Nullable String why = framing.fault();
        if (why == null && where < size) why = framing.shortfall(size - where);
        if (why != null) throw new CaptureException(name, where, packets, why);
    }

    @Override
    public int timeDigits() {
        return framing.timeDigits();
    }

    @Override
    public long bytesRead() {
        return at;
    }

    @Override
    public long bytesTotal() {
        return size;
    }

    @Override
    public void close() {
        ended = true;
        arena.close();
    }
}
