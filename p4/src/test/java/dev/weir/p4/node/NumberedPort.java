package dev.weir.p4.node;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.wire.VirtualPort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A port in memory that gives numbered frames as fast as they are taken, up to so many a vector, and that looks whether those sent by it come with
 * numbers one after the other. For one worker.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // the worker alone counts
final class NumberedPort extends VirtualPort {
    static final int LENGTH = 60, NUMBER_AT = 14;
    private static final ValueLayout.OfInt NUMBER = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final int burst;
    private final MemorySegment memory = Arena.ofAuto().allocate(256L * LENGTH);
    private volatile boolean flows;
    private volatile int given;
    private volatile int sent;
    private volatile int misplaced = -1;

    /** @param burst how many frames a vector has; 0 for a port that only takes */
    NumberedPort(String name, int burst) {
        super(name);
        this.burst = burst;
    }

    void flow(boolean on) {
        flows = on;
    }

    /** How many frames were given. */
    int given() {
        return given;
    }

    /** How many were sent. */
    int sent() {
        return sent;
    }

    /** The first that did not come in its turn, -1 for none. */
    int misplaced() {
        return misplaced;
    }

    @Override
    public int receive(PacketVector vector) {
        int n = flows ? burst : 0;
        if (n == 0) return 0;
        vector.uniform(LinkType.ETHERNET, 0);
        vector.data = memory;
        for (int i = 0; i < n; i++) {
            long at = (long) i * LENGTH;
            memory.asSlice(at, LENGTH).fill((byte) 0);
            memory.set(NUMBER, at + NUMBER_AT, given + i);
            vector.offset[i] = at;
            vector.captured[i] = LENGTH;
            vector.length[i] = LENGTH;
            vector.offload[i] = 0;
        }
        vector.size = n;
        given += n;
        return n;
    }

    @Override
    public int send(MemorySegment data, long offset, int length, long offload) {
        int number = data.get(NUMBER, offset + NUMBER_AT);
        if (number != sent && misplaced < 0) misplaced = number;
        sent++;
        return 0;
    }
}
