package dev.weir.dataplane.graph;

import java.util.Arrays;
import java.util.List;

/** What a stage of one worker's graph has counted; its worker's own. Allocates nothing after it was made. */
final class StageCounters {
    /** How often it was called, once a vector that has packets for it; how many packets; how long it took. */
    long calls, packets, nanos;
    /** By number. */
    final long[] drops, own;

    private static final int TIMES = 3;

    private final List<String> dropNames, ownNames;

    StageCounters(List<String> dropNames, List<String> ownNames) {
        this.dropNames = dropNames;
        this.ownNames = ownNames;
        drops = new long[dropNames.size()];
        own = new long[ownNames.size()];
    }

    /** Takes over what another stage in the same place has counted, by name. Allocates. */
    void add(StageCounters other) {
        calls += other.calls;
        packets += other.packets;
        nanos += other.nanos;
        add(dropNames, drops, other.dropNames, other.drops);
        add(ownNames, own, other.ownNames, other.own);
    }

    private static void add(List<String> names, long[] to, List<String> otherNames, long[] from) {
        for (int i = 0; i < from.length; i++) {
            int at = names.indexOf(otherNames.get(i));
            if (at >= 0) {
                to[at] += from[i];
            }
        }
    }

    /** Takes over what another run's stage of this name has counted, by name. Allocates. */
    void resume(NodeCounters before, List<String> without) {
        calls += before.calls();
        packets += before.packets();
        nanos += before.nanos();
        for (int i = 0; i < drops.length; i++) {
            drops[i] += before.drops().getOrDefault(dropNames.get(i), 0L);
        }
        for (int i = 0; i < own.length; i++) {
            own[i] += without.contains(ownNames.get(i)) ? 0 : before.own().getOrDefault(ownNames.get(i), 0L);
        }
    }

    /** Begins to count anew. */
    void clear() {
        calls = 0;
        packets = 0;
        nanos = 0;
        Arrays.fill(drops, 0);
        Arrays.fill(own, 0);
    }

    /** How many numbers it has. */
    int size() {
        return TIMES + drops.length + own.length;
    }

    /** Copies its numbers to an array from a place on. */
    void copyTo(long[] to, int at) {
        to[at] = calls;
        to[at + 1] = packets;
        to[at + 2] = nanos;
        System.arraycopy(drops, 0, to, at + TIMES, drops.length);
        System.arraycopy(own, 0, to, at + TIMES + drops.length, own.length);
    }

    /** Such a copy with names. Any thread. Allocates. */
    NodeCounters named(String name, String type, long[] copy, int at) {
        int first = at + TIMES;
        return new NodeCounters(
                name,
                type,
                copy[at],
                copy[at + 1],
                copy[at + 2],
                NodeCounters.named(dropNames, copy, first),
                NodeCounters.named(ownNames, copy, first + drops.length));
    }
}
