package dev.weir.offload.memory;

import dev.weir.offload.check.FlowFault;
import dev.weir.offload.memory.FlowEngine.Counts;
import java.util.List;

/** The entries of one device, as its engine knows them. Guarded by the device. */
final class EngineSide {
    private final FlowEngine engine;
    private final long ifindex;

    EngineSide(FlowEngine engine, long ifindex) {
        this.engine = engine;
        this.ifindex = ifindex;
    }

    void put(MemoryEntry entry) throws FlowFault {
        engine.put(ifindex, entry.flow);
    }

    /** Has the one in the place of the other; throws where that cannot be, and then the other still is. */
    void swap(MemoryEntry before, MemoryEntry after) throws FlowFault {
        boolean inPlace = before.match.equals(after.match)
                && (before.flow.priority() == after.flow.priority() || !engine.ordersEqualMatches());
        if (inPlace) {
            engine.replace(ifindex, before.flow, after.flow);
            return;
        }
        put(after);
        remove(List.of(before));
        after.goesOnFrom(before);
    }

    /** Has them be no more; what they have seen is final. */
    void remove(List<MemoryEntry> entries) {
        if (engine.equals(FlowEngine.NONE) || entries.isEmpty()) return;
        List<Counts> counts =
                engine.remove(ifindex, entries.stream().map(entry -> entry.flow).toList());
        for (int i = 0; i < entries.size(); i++) entries.get(i).saw(counts.get(i));
    }

    /** Has the entry know what it has seen. */
    void look(MemoryEntry entry) {
        if (engine.equals(FlowEngine.NONE) || !entry.live) return;
        Counts counts = engine.counts(ifindex, entry.flow);
        if (counts != null) entry.saw(counts);
    }
}
