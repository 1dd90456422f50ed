package dev.weir.bench;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.wire.PacketSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Packets of a {@link TrafficShape}, made beforehand and resident in memory, given out over and over: each time from the first to the last,
 * at times that go on rising. One thread at a time; reading allocates nothing.
 */
final class Trace implements PacketSource {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment frames;
    private final int[] lengths;
    private final int stride;
    private final long stepNanos;
    private int at;
    private int end;
    private int passesLeft;
    private long given;

    Trace(TrafficShape shape) {
        int packets = Math.toIntExact(shape.packets());
        stride = TrafficGenerator.strideBytes(shape.frameBytes());
        stepNanos = shape.stepNanos();
        frames = arena.allocate((long) packets * stride, 64);
        lengths = new int[packets];
        var generator = new TrafficGenerator(shape);
        var vector = new PacketVector(1024);
        int made = 0;
        for (int n = generator.fill(vector, frames, 0);
                n > 0;
                n = generator.fill(vector, frames, (long) made * stride)) {
            System.arraycopy(vector.length, 0, lengths, made, n);
            made += n;
        }
        end = packets;
    }

    int packets() {
        return lengths.length;
    }

    /** Makes the times go on from those of another trace with the same step. */
    void startAfter(Trace other) {
        given = other.given;
    }

    /** Goes to the first packet; the source ends after so many passes over all. Times go on from where they were. */
    void rewind(int passes) {
        at = 0;
        end = lengths.length;
        passesLeft = passes;
    }

    @Override
    public int read(PacketVector vector) {
        return read(vector, vector.capacity());
    }

    /** As {@link #read(PacketVector)}, but {@code most} packets at the most. */
    int read(PacketVector vector, int most) {
        if (at == end) {
            if (passesLeft <= 1) {
                vector.size = 0;
                return 0;
            }
            passesLeft--;
            at = 0;
        }
        int n = Math.min(most, end - at);
        vector.data = frames;
        vector.first = given + 1;
        vector.size = n;
        vector.uniform(LinkType.ETHERNET, 0);
        long time = TrafficGenerator.START + given * stepNanos;
        for (int i = 0; i < n; i++) {
            int length = lengths[at + i];
            vector.offset[i] = (long) (at + i) * stride;
            vector.captured[i] = length;
            vector.length[i] = length;
            vector.time[i] = time + i * stepNanos;
        }
        at += n;
        given += n;
        return n;
    }

    @Override
    public long bytesRead() {
        return (long) at * stride;
    }

    @Override
    public void close() {
        arena.close();
    }
}
