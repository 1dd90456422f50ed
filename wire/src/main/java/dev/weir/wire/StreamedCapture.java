package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One capture, read piece by piece into the memory of the vectors: packets lie where the octets arrived, only a record
 * that a piece cut in two is copied. Files are read rather than mapped, because a mapped file that somebody truncates
 * faults in whatever code touches it next; reading costs no more, since a piece is still in the processor's cache when
 * its packets are parsed.
 *
 * <p>From a pipe, {@link #read} gives out what has arrived as soon as that holds a packet.
 */
final class StreamedCapture implements PacketSource {
    /** Octets a vector's memory has at most, unless a single record needs more: about half of a core's L2 cache. */
    private static final int MOST = 1 << 19;
    /** What is read for the first vector, when nothing is known of the packets' sizes. */
    static final int LEAST = 1 << 14;

    private final String name;
    private final OctetInput input;
    private final Framing framing;
    /** Octets that were read and belong to the next vector. */
    private ByteBuffer rest;

    private long base;
    private long packets;
    private boolean exhausted;
    private boolean ended;
    private @Nullable IOException failure;
    private @Nullable CaptureException damage;

    /**
     * @param begin what was read to recognise the format, from position to limit; {@code base} octets went before
     */
    StreamedCapture(String name, OctetInput input, Framing framing, ByteBuffer begin, long base) {
        this.name = name;
        this.input = input;
        this.framing = framing;
        this.rest = begin;
        this.base = base;
    }

    @Override
    public int read(PacketVector vector) throws CaptureException {
        vector.size = 0;
        vector.first = packets + 1;
        if (ended) return 0;
        if (damage == null) fill(vector);
        packets += vector.size;
        if (vector.size == 0) {
            ended = true;
            if (damage != null) throw damage;
        }
        return vector.size;
    }

    /** Reads on until the first interface or packet was met, and no further, so that {@link #timeDigits} is known. */
    void prime() {
        fill(new PacketVector(0));
    }

    private void fill(PacketVector vector) {
        int have = rest.remaining();
        int want = Math.max(have, expectedOctets(vector.capacity()));
        ByteBuffer room = vector.room(Integer.highestOneBit(want - 1) << 1, 0);
        room.clear().put(rest);
        if (have == 0 || input.prompt()) have = fetch(room, want);
        int at = 0;
        while (true) {
            at = (int) framing.walk(vector.data, at, have, vector);
            if (isFilled(vector) || exhausted || framing.fault() != null) break;
            if (at > 0) {
                room.limit(have).position(at);
                room.compact();
                base += at;
                have -= at;
                at = 0;
            }
            if (have == room.capacity()) room = vector.room(2 * have, have);
            room.limit(room.capacity()).position(have);
            have = fetch(room, room.capacity());
        }
        judge(vector, at, have);
        keep(room, at, have);
    }

    /** Whether the vector has packets, or was made to have none and what goes before them was met. */
    private boolean isFilled(PacketVector vector) {
        if (vector.capacity() > 0) return vector.size > 0;
        return framing.wanted() == 0 || framing.timeDigits() > 0;
    }

    /** Reads from the buffer's position up to {@code limit}; returns where the octets then end. */
    private int fetch(ByteBuffer room, int limit) {
        room.limit(limit);
        try {
            if (room.hasRemaining() && input.read(room) < 0) exhausted = true;
        } catch (IOException e) {
            exhausted = true;
            failure = e;
        }
        return room.position();
    }

    /** What {@code walk} left over though the vector has room is damage, or waits for more octets. */
    private void judge(PacketVector vector, int at, int have) {
        if (framing.wanted() == 0) return;
        long count = packets + vector.size;
        if (framing.fault() != null) {
            damage = new CaptureException(name, base + at, count, framing.fault());
        } else if (failure != null) {
            damage = new CaptureException(name, base + have, count, String.valueOf(failure.getMessage()));
        } else if (exhausted && have > at) {
            damage = new CaptureException(name, base + at, count, framing.shortfall(have - at));
        }
    }

    private void keep(ByteBuffer room, int at, int have) {
        room.limit(have).position(at);
        if (rest.capacity() < have - at) rest = ByteBuffer.allocateDirect(Math.max(LEAST, 2 * (have - at)));
        rest.clear().put(room).flip();
        base += at;
    }

    private int expectedOctets(int capacity) {
        if (packets == 0) return LEAST;
        long octets = (base / packets + 1) * capacity;
        return Math.clamp(octets, LEAST, MOST);
    }

    @Override
    public boolean isPrompt() {
        return input.prompt();
    }

    @Override
    public int timeDigits() {
        return framing.timeDigits();
    }

    @Override
    public long bytesRead() {
        return input.consumed();
    }

    @Override
    public long bytesTotal() {
        return input.total();
    }

    @Override
    public long dropped() {
        return framing.dropped();
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!input.note().isEmpty()) notes.add(name + ": " + input.note());
        if (framing.clampedTimes() > 0) {
            notes.add(name + ": time stamps before 1970 or after 2255, taken as the nearest of these: "
                    + framing.clampedTimes());
        }
        return notes;
    }

    @Override
    public void close() throws IOException {
        ended = true;
        input.close();
    }
}
