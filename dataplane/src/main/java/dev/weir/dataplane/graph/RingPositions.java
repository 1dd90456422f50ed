package dev.weir.dataplane.graph;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How far a ring's producer has written (its tail) and its consumer has read (its head), each on cache lines of its own.
 * What they count, octets or records, is the ring's business; both only grow.
 *
 * <p>One thread stores each, with release, and the other loads it with acquire: what the producer wrote before it moved
 * the tail happens before what the consumer reads after it saw that, and likewise for the room that the consumer gives
 * back. Allocates nothing after it was made.
 */
public final class RingPositions {
    private static final int TAIL = 16, HEAD = 32, LONGS_IN_ALL = 48;
    private static final VarHandle LONGS =
            MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();

    private final long[] positions = new long[LONGS_IN_ALL];

    /** As the producer itself last stored it. */
    public long tail() {
        return positions[TAIL];
    }

    public long tailAcquire() {
        return (long) LONGS.getAcquire(positions, TAIL);
    }

    public void tailRelease(long tail) {
        LONGS.setRelease(positions, TAIL, tail);
    }

    /** As the consumer itself last stored it. */
    public long head() {
        return positions[HEAD];
    }

    public long headAcquire() {
        return (long) LONGS.getAcquire(positions, HEAD);
    }

    public void headRelease(long head) {
        LONGS.setRelease(positions, HEAD, head);
    }
}
