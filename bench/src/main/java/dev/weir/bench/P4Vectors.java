package dev.weir.bench;

import dev.weir.p4.run.Verdict;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Ethernet frames of one length for a program that changes them. Before each vector its frames are put into the cache anew, as a network card does;
 * {@link #nanos} counts the thread's time on a processor without that. One thread.
 */
final class P4Vectors implements AutoCloseable {
    private static final int LINE = 64;

    private final Arena arena = Arena.ofShared();
    private final int frames;
    private final int length;
    private final int headroom;
    private final int slot;
    private final MemorySegment pristine;
    private final MemorySegment worked;
    private final PacketVector vector = new PacketVector(P4Loop.VECTOR);
    private long nanos;
    private long seen;
    private long right;
    private long now = 1;

    /** What became of packet {@code i} of a vector that was sent on. */
    interface Judge {
        boolean isRight(PacketVector vector, int i);
    }

    /**
     * @param frames how many, in whole vectors
     * @param length octets of each
     * @param headroom octets before each that the program may write
     * @param port by which they come
     */
    P4Vectors(int frames, int length, int headroom, int port) {
        this.frames = frames;
        this.length = length;
        this.headroom = headroom;
        slot = (headroom + length + LINE - 1) / LINE * LINE;
        pristine = arena.allocate((long) frames * slot, LINE);
        worked = arena.allocate((long) P4Loop.VECTOR * slot, LINE);
        vector.uniform(LinkType.ETHERNET, port);
        vector.data = worked;
        vector.size = P4Loop.VECTOR;
    }

    int frames() {
        return frames;
    }

    /** A frame as it comes, to be filled in. */
    MemorySegment frame(int i) {
        return pristine.asSlice((long) i * slot + headroom, length);
    }

    /** All frames, once. */
    void run(P4Loop loop, Judge judge) {
        for (int from = 0; from < frames; from += P4Loop.VECTOR) {
            MemorySegment.copy(pristine, (long) from * slot, worked, 0, worked.byteSize());
            for (int i = 0; i < P4Loop.VECTOR; i++) {
                vector.offset[i] = (long) i * slot + headroom;
                vector.captured[i] = length;
                vector.length[i] = length;
                vector.time[i] = now++;
            }
            long start = Rounds.THREADS.getCurrentThreadCpuTime();
            loop.run(vector);
            nanos += Rounds.THREADS.getCurrentThreadCpuTime() - start;
            for (int i = 0; i < P4Loop.VECTOR; i++) {
                boolean sent = loop.state().verdict[i] == Verdict.FORWARD.code;
                right += sent && judge.isRight(vector, i) ? 1 : 0;
            }
            seen += P4Loop.VECTOR;
        }
    }

    long nanos() {
        return nanos;
    }

    /** Throws where the program did not do with each packet what it is for. */
    void check(String what) {
        if (right != seen) throw new IllegalStateException(what + ": " + right + " of " + seen);
    }

    @Override
    public void close() {
        arena.close();
    }
}
