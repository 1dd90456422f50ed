package dev.weir.dataplane.graph;

import dev.weir.table.ChangedPlaces;
import java.lang.foreign.Arena;

/**
 * A block of what changed in a worker's table: copies of flows that are new or another than before, each with its place, and places that are empty now. One thread at a
 * time; allocates nothing after it was made.
 */
public final class FlowChanges {
    private final FlowCopies flows;
    private final ChangedPlaces places = new ChangedPlaces(FlowCopies.FLOWS);

    FlowChanges(int annexBytes, Arena arena) {
        flows = new FlowCopies(annexBytes, arena);
    }

    /** The flows; that of number {@code i} is at {@link ChangedPlaces#changed}. */
    public FlowCopies flows() {
        return flows;
    }

    public ChangedPlaces places() {
        return places;
    }

    boolean isFull() {
        return flows.records().room() == 0 || places.empties() == FlowCopies.FLOWS;
    }

    void clear() {
        flows.clear();
        places.clear();
    }
}
