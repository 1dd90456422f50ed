package dev.weir.offload.circle;

import dev.weir.dataplane.graph.OffloadedFlow;
import dev.weir.offload.xdp.XdpCounters;
import dev.weir.table.FlowKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the driver carries: directions by their keys and by their flows. The circle's thread. */
final class CarriedFlows {
    private final Map<FlowKey, Carried> byKey = new HashMap<>();
    private final Map<Long, List<Carried>> byFlow = new LinkedHashMap<>();

    void add(Carried carried) {
        byKey.put(carried.key, carried);
        byFlow.computeIfAbsent(carried.flow.id(), _ -> new ArrayList<>()).add(carried);
    }

    @Nullable
    Carried of(FlowKey key) {
        return byKey.get(key);
    }

    /** The directions of a flow; none where it is not carried. */
    List<Carried> of(OffloadedFlow flow) {
        return byFlow.getOrDefault(flow.id(), List.of());
    }

    /** Takes note of what the driver counted of one. */
    void counted(FlowKey key, XdpCounters counters) {
        Carried carried = byKey.get(key);
        if (carried != null) {
            carried.counted(counters);
        }
    }

    void remove(Carried carried) {
        byKey.remove(carried.key);
        List<Carried> others = byFlow.get(carried.flow.id());
        if (others != null && others.remove(carried) && others.isEmpty()) {
            byFlow.remove(carried.flow.id());
        }
    }

    /** The flows, each as its directions. */
    Collection<List<Carried>> flows() {
        return Collections.unmodifiableCollection(byFlow.values());
    }

    int directions() {
        return byKey.size();
    }
}
