package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** One walk over the records of a part of a file, window by window. One thread; used once. */
final class PartWalk {
    private static final int LEAST = 1 << 13;

    private final FileChannel channel;
    private final Framing framing;
    private final PacketVector vector;
    private final long to;

    private ByteBuffer room;
    private long at;
    private long packets;
    private long firstTime = Long.MAX_VALUE;
    private long clock = Long.MIN_VALUE;
    private boolean damaged;

    /**
     * @param vector where packets go while they are counted; one without room ends the walk before the first packet
     * @param from where a record begins
     * @param to records that begin at or behind it are not walked
     */
    PartWalk(FileChannel channel, Framing framing, PacketVector vector, long from, long to) {
        this.channel = channel;
        this.framing = framing;
        this.vector = vector;
        this.at = from;
        this.to = to;
        room = ByteBuffer.allocateDirect(Math.clamp(to - from, LEAST, CaptureParts.window()));
    }

    /** Walks; returns where the first record begins that does not belong to the part. */
    long run() throws IOException {
        long needed = 0; // by the record at which the walk stopped, though more octets were there
        while (at < to) {
            int have = read((int) Math.min(needed, Integer.MAX_VALUE - 8));
            long limit = Math.min(have, Math.max(to - at, needed));
            long stop = walk(limit);
            at += stop;
            if (framing.fault() != null) {
                damaged = true;
                return at;
            }
            if (framing.wanted() == 0 && vector.capacity() == 0) {
                return at;
            }
            if (at < to && framing.wanted() > have - stop && have < room.capacity()) {
                damaged = have > stop; // the file ends within a record
                return at;
            }
            needed = framing.wanted();
        }
        return at;
    }

    /** Walks what is in the window up to {@code limit}; returns where it stopped, which is no full vector. */
    private long walk(long limit) {
        MemorySegment data = MemorySegment.ofBuffer(room);
        long stop = 0;
        do {
            vector.size = 0;
            stop = framing.walk(data, stop, limit, vector);
            for (int i = 0; i < vector.size; i++) {
                clock = Math.max(clock, vector.time[i]);
            }
            if (vector.size > 0 && packets == 0) {
                firstTime = vector.time[0];
            }
            packets += vector.size;
        } while (framing.wanted() == 0 && vector.capacity() > 0);
        return stop;
    }

    private int read(int octets) throws IOException {
        if (room.capacity() < octets) {
            room = ByteBuffer.allocateDirect(octets);
        }
        room.clear();
        CaptureParts.fill(channel, at, room);
        room.flip();
        return room.limit();
    }

    long packets() {
        return packets;
    }

    long firstTime() {
        return firstTime;
    }

    long clock() {
        return clock;
    }

    /** Whether it met what is no whole record. */
    boolean damaged() {
        return damaged;
    }
}
