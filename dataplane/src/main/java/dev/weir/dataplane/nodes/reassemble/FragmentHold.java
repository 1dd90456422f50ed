package dev.weir.dataplane.nodes.reassemble;

import dev.weir.packet.PacketVector;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Where later fragments that came before their first one wait for it: copies, in one memory, oldest first. One a worker,
 * and its own; in the flow stage, after {@link dev.weir.table.KeyExtractor#joinFragments} and before the flow table, and
 * one of the worker's inputs. Allocates nothing after it was made.
 *
 * <p>{@link #hold} takes the orphans of a vector and sets those free whose first fragment is in it; {@link #receive} then
 * gives the free ones, in the order in which they came, to be joined like any packets. They carry the time of their first
 * one, since that is when the flow has them. When there is no room the oldest gives way, so fragments that nobody
 * completes can fill the memory but not block it; where that cannot be, since the oldest are free and not yet fetched, an
 * orphan is not taken and goes on without ports.
 *
 * <p>Waiting fragments are found by the keyed hash of what the fragments of a packet share
 * ({@link FlowVector#fragmentDatagram}). Two packets that hash alike cost nothing but a second wait.
 */
public final class FragmentHold {
    /** What it counts, in this order. */
    public static final List<String> COUNTERS =
            List.of("FRAGMENTS_HELD", "FRAGMENTS_RELEASED", "FRAGMENTS_TIMED_OUT", "FRAGMENTS_EVICTED");

    private static final int HELD = 0, RELEASED = 1, TIMED_OUT = 2, EVICTED = 3;
    private static final byte GONE = 0, WAITING = 1, FREE = 2, FETCHED = 3;
    /** Waiting fragments are counted by so many values of their hash, to pass over what nobody waits for. */
    private static final int BUCKETS = 4096;

    private final int capacity;
    private final long bytes, timeNanos;
    private final MemorySegment memory;
    private final byte[] state;
    private final long[] datagram, since, time, offload, start, end;
    private final int[] captured, length, link, port;
    private final int[] waitingBy = new int[BUCKETS];
    private final long[] counts;
    private final long[] taken = new long[FlowTable.VECTOR / Long.SIZE];
    private int oldest, size, waiting, free;
    private long used, next;

    /** Room for what {@code config} says; {@code counts} is where it counts what {@link #COUNTERS} names. */
    public FragmentHold(ReassembleConfig config, long[] counts) {
        this.counts = counts;
        capacity = config.fragments();
        bytes = config.bytes();
        timeNanos = config.time().toNanos();
        memory = Arena.ofAuto().allocate(bytes, Long.BYTES);
        state = new byte[capacity];
        datagram = new long[capacity];
        since = new long[capacity];
        time = new long[capacity];
        offload = new long[capacity];
        start = new long[capacity];
        end = new long[capacity];
        captured = new int[capacity];
        length = new int[capacity];
        link = new int[capacity];
        port = new int[capacity];
    }

    /**
     * Copies the orphans of the vector, and sets free what waits for a first fragment that is in it.
     *
     * @param tracked by port: whether its fragments are to follow flows at all
     * @return how many packets were taken; {@link #isTaken} says which, and they go no further
     */
    public int hold(FlowVector vector, boolean[] tracked) {
        Arrays.fill(taken, 0);
        int n = 0;
        for (int f = 0; f < vector.fragments(); f++) {
            int i = vector.fragmentPacket(f);
            long hash = vector.fragmentDatagram(f);
            if (vector.fragmentKind(f) == FlowVector.FIRST_FRAGMENT) {
                free(hash, vector.packets.time[i]);
            } else if (vector.fragmentKind(f) == FlowVector.ORPHAN_FRAGMENT
                    && tracked[vector.packets.port[i]]
                    && take(vector.packets, i, hash)) {
                taken[i >>> 6] |= 1L << i;
                n++;
            }
        }
        return n;
    }

    /** Whether packet {@code i} of the vector that was last given to {@link #hold} is here now. */
    public boolean isTaken(int i) {
        return (taken[i >>> 6] & (1L << i)) != 0;
    }

    private boolean take(PacketVector p, int i, long hash) {
        int octets = p.captured[i];
        long at = claim(octets);
        if (at < 0) {
            return false;
        }
        int slot = slot(size++);
        MemorySegment.copy(p.data, p.offset[i], memory, at % bytes, octets);
        state[slot] = WAITING;
        datagram[slot] = hash;
        since[slot] = p.time[i];
        start[slot] = at;
        end[slot] = at + octets;
        captured[slot] = octets;
        length[slot] = p.length[i];
        link[slot] = p.link[i];
        port[slot] = p.port[i];
        offload[slot] = p.offload.length == 0 ? 0 : p.offload[i];
        next = at + octets;
        waiting++;
        waitingBy[bucket(hash)]++;
        counts[HELD]++;
        return true;
    }

    /** Where so many octets can lie in one piece; -1 where there is no room. Positions grow, places are their remainder. */
    private long claim(int octets) {
        if (octets > bytes) {
            return -1;
        }
        while (true) {
            if (size == 0 && next % bytes != 0) {
                next += bytes - next % bytes;
                used = next;
            }
            long at = next % bytes + octets <= bytes ? next : next + bytes - next % bytes;
            if (size < capacity && at + octets - used <= bytes) {
                return at;
            }
            if (state[oldest] != WAITING) {
                return -1;
            }
            leave(oldest);
            counts[EVICTED]++;
            forget();
        }
    }

    private void free(long hash, long now) {
        if (waiting == 0 || waitingBy[bucket(hash)] == 0) {
            return;
        }
        for (int k = 0; k < size; k++) {
            int slot = slot(k);
            if (state[slot] == WAITING && datagram[slot] == hash) {
                leave(slot);
                state[slot] = FREE;
                time[slot] = now;
                free++;
            }
        }
    }

    /** A fragment waits no longer. */
    private void leave(int slot) {
        state[slot] = GONE;
        waiting--;
        waitingBy[bucket(datagram[slot])]--;
    }

    /** Gives back the memory of the oldest that are gone. */
    private void forget() {
        while (size > 0 && state[oldest] == GONE) {
            used = end[oldest];
            oldest = slot(1);
            size--;
        }
    }

    /**
     * Fills the vector with fragments that were set free, oldest first; their bytes lie still until {@link #release},
     * which must follow.
     *
     * @return how many
     */
    public int receive(PacketVector out) {
        int n = 0;
        for (int k = 0; free > 0 && k < size && n < out.capacity(); k++) {
            int slot = slot(k);
            if (state[slot] == FREE) {
                state[slot] = FETCHED;
                free--;
                out.offset[n] = start[slot] % bytes;
                out.captured[n] = captured[slot];
                out.length[n] = length[slot];
                out.time[n] = time[slot];
                out.link[n] = link[slot];
                out.port[n] = port[slot];
                if (out.offload.length != 0) {
                    out.offload[n] = offload[slot];
                }
                n++;
            }
        }
        if (n > 0) {
            out.mixed();
            out.data = memory;
            counts[RELEASED] += n;
        }
        out.size = n;
        return n;
    }

    /** The fragments last received are through. */
    public void release() {
        for (int k = 0; k < size; k++) {
            int slot = slot(k);
            if (state[slot] == FETCHED) {
                state[slot] = GONE;
            }
        }
        forget();
    }

    /** Drops the fragments that have waited long enough. */
    public void expire(long now) {
        while (size > 0 && state[oldest] == WAITING && now - since[oldest] >= timeNanos) {
            leave(oldest);
            counts[TIMED_OUT]++;
            forget();
        }
    }

    /** How many wait. */
    public int waiting() {
        return waiting;
    }

    /** How many were set free and are to be received. */
    public int ready() {
        return free;
    }

    private int slot(int k) {
        int at = oldest + k;
        return at < capacity ? at : at - capacity;
    }

    private static int bucket(long hash) {
        return (int) (hash >>> 32) & (BUCKETS - 1);
    }
}
