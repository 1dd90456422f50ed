package dev.weir.dataplane.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * One worker's ends of the {@link LetterRing}s: to every other worker, and from every other one. The worker's own;
 * allocates nothing after it was made.
 */
final class Letters implements FlowAliases.Post {
    /** Letters of a ring: many vectors full of new flows. With many workers there are many rings. */
    static final int LARGE = 4096, SMALL = 1024, MANY = 8;

    private final int worker;
    private final LetterRing[] to, from;
    private final IntConsumer wake;
    /** By the other worker: whether something was sent since {@link #wake}. */
    private final boolean[] sent;

    private boolean anySent;

    private Letters(int worker, LetterRing[] to, LetterRing[] from, IntConsumer wake) {
        this.worker = worker;
        this.to = to;
        this.from = from;
        this.wake = wake;
        sent = new boolean[to.length];
    }

    /**
     * The ends of all workers, in memory of {@code arena}.
     *
     * @param capacity letters of a ring, a power of two
     * @param wake is told which worker has got something; called by {@link #wake}
     */
    static Letters[] between(int workers, int capacity, Arena arena, IntConsumer wake) {
        var rings = new LetterRing[workers][workers];
        for (int a = 0; a < workers; a++) {
            for (int b = 0; b < workers; b++) {
                // A worker's ring to itself is there, and empty, so that nobody asks which is whose.
                rings[a][b] = new LetterRing(a == b ? 1 : capacity, arena);
            }
        }
        var all = new Letters[workers];
        for (int a = 0; a < workers; a++) {
            var from = new LetterRing[workers];
            for (int b = 0; b < workers; b++) {
                from[b] = rings[b][a];
            }
            all[a] = new Letters(a, rings[a], from, wake);
        }
        return all;
    }

    /** How many letters a ring has room for, between so many workers. */
    static int capacity(int workers) {
        return workers > MANY ? SMALL : LARGE;
    }

    @Override
    public boolean send(int other, MemorySegment letter) {
        if (!to[other].put(letter)) {
            return false;
        }
        sent[other] = true;
        anySent = true;
        return true;
    }

    @Override
    public void deliver(FlowAliases reader) {
        for (LetterRing ring : from) {
            ring.deliver(reader);
        }
    }

    /** Wakes those that sleep while letters for them wait, so that no ring fills up; once a cycle. */
    void wake() {
        if (anySent) {
            anySent = false;
            for (int other = 0; other < sent.length; other++) {
                if (sent[other]) {
                    sent[other] = false;
                    wake.accept(other);
                }
            }
        }
    }

    /** Whether every other worker can be sent so many. */
    boolean hasRoom(int letters) {
        for (int other = 0; other < to.length; other++) {
            if (other != worker && to[other].room() < letters) {
                return false;
            }
        }
        return true;
    }

    /** Whether nobody has sent something that was not delivered. */
    boolean isEmpty() {
        for (LetterRing ring : from) {
            if (!ring.isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
