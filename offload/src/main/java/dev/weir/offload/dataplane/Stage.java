package dev.weir.offload.dataplane;

import java.util.List;

/**
 * A table of the pipeline, and where packets go from it.
 *
 * @param next the first that holds is taken; where none does, the pipeline ends
 */
record Stage(long uid, LookupTable flows, List<Branch> next) {
    /** No table: the pipeline ends. */
    static final int END = -1;

    /**
     * A way to another table.
     *
     * @param stage its number, or {@link #END}
     */
    record Branch(KeyPattern on, int stage) {}

    Stage {
        next = List.copyOf(next);
    }

    /** The number of the table after this one, for a packet as its flow left it. */
    int after(long[] key) {
        for (int i = 0; i < next.size(); i++) {
            Branch branch = next.get(i);
            if (branch.on.holds(key)) return branch.stage;
        }
        return END;
    }
}
