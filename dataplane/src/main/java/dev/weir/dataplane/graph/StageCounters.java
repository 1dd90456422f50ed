package dev.weir.dataplane.graph;

import java.util.List;

/** What a stage of one worker's graph has counted; its worker's own. Allocates nothing after it was made. */
final class StageCounters {
    /** How often it was called, once a vector that has packets for it; how many packets; how long it took. */
    long calls, packets, nanos;
    /** By number. */
    final long[] drops, own;

    private final List<String> dropNames, ownNames;

    StageCounters(List<String> dropNames, List<String> ownNames) {
        this.dropNames = dropNames;
        this.ownNames = ownNames;
        drops = new long[dropNames.size()];
        own = new long[ownNames.size()];
    }

    /** A copy for others. Allocates. */
    NodeCounters snapshot(String name, String type) {
        return new NodeCounters(
                name,
                type,
                calls,
                packets,
                nanos,
                NodeCounters.named(dropNames, drops),
                NodeCounters.named(ownNames, own));
    }
}
