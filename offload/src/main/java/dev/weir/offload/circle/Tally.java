package dev.weir.offload.circle;

import dev.weir.dataplane.graph.ReleaseReason;
import dev.weir.table.FlowTraffic;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What the circle counts. The circle's thread. */
final class Tally {
    private static final long SECOND_NANOS = 1_000_000_000;

    private final Map<StayReason, Long> refused = new EnumMap<>(StayReason.class);
    private final Map<ReleaseReason, Long> removed = new EnumMap<>(ReleaseReason.class);
    long packets, octets, added;
    private long ratedAt = System.nanoTime(), ratedUpdates;
    private double rate;

    /** Whether it is the first for this reason. */
    boolean refuse(StayReason reason) {
        return refused.merge(reason, 1L, Long::sum) == 1;
    }

    /** So many directions were taken out of the driver. */
    void remove(ReleaseReason reason, int directions) {
        if (directions != 0) {
            removed.merge(reason, (long) directions, Long::sum);
        }
    }

    void carry(FlowTraffic traffic) {
        packets += traffic.packets();
        octets += traffic.ipOctets();
    }

    Map<String, Long> refused() {
        Map<String, Long> byWord = new TreeMap<>();
        refused.forEach((reason, n) -> byWord.put(reason.word(), n));
        return byWord;
    }

    Map<String, Long> removedBy() {
        Map<String, Long> byWord = new TreeMap<>();
        removed.forEach((reason, n) -> byWord.put(reason.word(), n));
        return byWord;
    }

    long removed() {
        return removed.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Directions put and removed a second, over the last one. */
    double updatesPerSecond() {
        long now = System.nanoTime(), updates = added + removed();
        if (now - ratedAt >= SECOND_NANOS) {
            rate = (updates - ratedUpdates) * (double) SECOND_NANOS / (now - ratedAt);
            ratedAt = now;
            ratedUpdates = updates;
        }
        return rate;
    }
}
