package dev.weir.dataplane.graph;

import dev.weir.table.FlowVector;
import java.lang.foreign.Arena;
import java.util.function.IntConsumer;

/**
 * One worker's ends of the hand-off rings: to every other worker, and from every other one. The worker's own; allocates
 * nothing after it was made.
 */
final class HandOff {
    /** Octets of a ring; super-packets of 64 KiB fit many times. With many workers there are many rings. */
    private static final int LARGE = 2 << 20, SMALL = 512 << 10, MANY = 8;

    private final int worker;
    private final int capacity;
    /** By the other worker; our own place is never used. */
    private final HandOffRing[] to, from;

    private final IntConsumer wake;
    /** Packets handed to others, and taken from them. */
    long handed, taken;

    private HandOff(int worker, HandOffRing[] to, HandOffRing[] from, IntConsumer wake) {
        this.worker = worker;
        this.to = to;
        this.capacity = to.length > MANY ? SMALL : LARGE;
        this.from = from;
        this.wake = wake;
    }

    /**
     * The ends of all workers, in memory of {@code arena}.
     *
     * @param wake is told which worker has got something; called after each round of {@link #publish}
     */
    static HandOff[] between(int workers, Arena arena, IntConsumer wake) {
        var rings = new HandOffRing[workers][workers];
        for (int a = 0; a < workers; a++) {
            for (int b = 0; b < workers; b++) {
                // A worker's ring to itself is there, empty and as small as can be, so that nobody asks which is whose.
                rings[a][b] = new HandOffRing(a == b ? Long.BYTES : workers > MANY ? SMALL : LARGE, arena);
            }
        }
        var all = new HandOff[workers];
        for (int a = 0; a < workers; a++) {
            var from = new HandOffRing[workers];
            for (int b = 0; b < workers; b++) {
                from[b] = rings[b][a];
            }
            all[a] = new HandOff(a, rings[a], from, wake);
        }
        return all;
    }

    int worker() {
        return worker;
    }

    int workers() {
        return to.length;
    }

    /**
     * How many octets of packets and their records can be handed to any one worker and leave room for as many more; 0
     * when some worker has to catch up first.
     */
    int allowance() {
        for (int other = 0; other < to.length; other++) {
            if (other != worker && to[other].room() < capacity / 2) {
                return 0;
            }
        }
        return capacity / 4;
    }

    /** Gives packet {@code i} to another worker; false when the ring is full. */
    boolean put(int other, Batch batch, int i, int stage, FlowVector quoted, boolean withQuoted) {
        boolean fits = to[other].put(batch, i, stage, quoted, withQuoted);
        handed += fits ? 1 : 0;
        return fits;
    }

    /** Shows the others what they were given. */
    void publish() {
        for (int other = 0; other < to.length; other++) {
            if (to[other].publish()) {
                wake.accept(other);
            }
        }
    }

    /** The ring by which packets come from another worker. */
    HandOffRing from(int other) {
        return from[other];
    }

    /** Whether nobody has something for us. */
    boolean isEmpty() {
        for (HandOffRing ring : from) {
            if (!ring.isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
