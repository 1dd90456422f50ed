package dev.weir.dataplane.nodes.balance;

import dev.weir.table.FlowTuple;
import java.util.Arrays;
import java.util.List;

/**
 * A table from hash to target that changes little when targets come and go: each target has an order of its own over all
 * places, and in turn each takes the next that is free in its order (Eisenbud and others, "Maglev: A Fast and Reliable
 * Software Network Load Balancer", NSDI 2016, section 3.4), the heavier ones more often. Made of the targets' names, so
 * that all who have the same configuration choose the same. Immutable; any thread; a lookup allocates nothing.
 *
 * <p>The hash is not secret: who can choose a client's ports can choose its target.
 */
final class Maglev {
    /** No target. */
    static final int NONE = -1;

    /** A prime, a hundred times as many as there can be targets, so that shares differ by about a hundredth. */
    static final int PLACES = 65_537;

    static final int MAX_TARGETS = 655;

    private static final long FIRST = 0x9E37_79B9_7F4A_7C15L, SECOND = 0xD6E8_FEB8_6659_FD93L;

    private final short[] places = new short[PLACES];

    /** Of the targets that take new flows; what comes back is a number in this list. */
    Maglev(List<Target> targets) {
        Arrays.fill(places, (short) NONE);
        int n = targets.size();
        long[] next = new long[n], step = new long[n], credit = new long[n];
        long heaviest = 0;
        for (int t = 0; t < n; t++) {
            long name = hash(targets.get(t).name());
            next[t] = Long.remainderUnsigned(name, PLACES);
            step[t] = Long.remainderUnsigned(mix(name ^ FIRST), PLACES - 1) + 1;
            heaviest = Math.max(
                    heaviest, targets.get(t).takesNewFlows() ? targets.get(t).weight() : 0);
        }
        for (int taken = 0; heaviest != 0 && taken < PLACES; ) {
            for (int t = 0; t < n && taken < PLACES; t++) {
                credit[t] += targets.get(t).takesNewFlows() ? targets.get(t).weight() : 0;
                if (credit[t] >= heaviest) {
                    credit[t] -= heaviest;
                    while (places[(int) next[t]] != NONE) {
                        next[t] = (next[t] + step[t]) % PLACES;
                    }
                    places[(int) next[t]] = (short) t;
                    taken++;
                }
            }
        }
    }

    private static long hash(String name) {
        long h = SECOND;
        for (int i = 0; i < name.length(); i++) {
            h = mix(h ^ name.charAt(i));
        }
        return h;
    }

    private static long mix(long word) {
        long x = word * FIRST;
        x = (x ^ x >>> 32) * SECOND;
        return x ^ x >>> 32;
    }

    /** The target of a flow that is initiated with these ends, by all of them, or {@link #NONE}. */
    int ofFlow(FlowTuple t) {
        long h = mix(t.sourceHigh ^ SECOND) ^ t.sourceLow;
        h = mix(h) ^ t.destinationHigh;
        h = mix(h) ^ t.destinationLow;
        h = mix(h) ^ ((long) t.sourcePort << 32 | (long) t.destinationPort << 8 | t.protocol);
        return at(mix(h));
    }

    /** The same by the source's address only. */
    int ofClient(FlowTuple t) {
        return at(mix(mix(t.sourceHigh ^ SECOND) ^ t.sourceLow));
    }

    private int at(long hash) {
        return places[(int) Long.remainderUnsigned(hash, PLACES)];
    }
}
