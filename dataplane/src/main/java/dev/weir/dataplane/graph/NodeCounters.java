package dev.weir.dataplane.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node, or a stage that every graph has, has counted on all workers; immutable.
 *
 * @param name the node's
 * @param type the kind of node
 * @param calls vectors that had packets for it
 * @param packets how many packets it was given
 * @param nanos how long it took
 * @param drops packets that it dropped, by reason, all reasons that there are
 * @param own what it counts itself
 */
public record NodeCounters(
        String name,
        String type,
        long calls,
        long packets,
        long nanos,
        Map<String, Long> drops,
        Map<String, Long> own) {

    static Map<String, Long> named(List<String> names, long[] values, int from) {
        var all = new LinkedHashMap<String, Long>();
        for (int i = 0; i < names.size(); i++) {
            all.merge(names.get(i), values[from + i], Long::sum);
        }
        return Collections.unmodifiableMap(all);
    }

    /** The sum with the same node's of another worker. */
    NodeCounters plus(NodeCounters other) {
        return new NodeCounters(
                name,
                type,
                calls + other.calls,
                packets + other.packets,
                nanos + other.nanos,
                sum(drops, other.drops),
                sum(own, other.own));
    }

    static Map<String, Long> sum(Map<String, Long> a, Map<String, Long> b) {
        var all = new LinkedHashMap<>(a);
        b.forEach((name, count) -> all.merge(name, count, Long::sum));
        return Collections.unmodifiableMap(all);
    }
}
