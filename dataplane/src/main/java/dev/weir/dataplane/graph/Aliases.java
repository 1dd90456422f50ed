package dev.weir.dataplane.graph;

import dev.weir.table.FlowVector;

/**
 * The second keys of flows whose packets look otherwise in one direction, as seen by the worker that owns those keys.
 * The worker calls; nothing allocates.
 */
interface Aliases {
    /** There are none. */
    Aliases NONE = (_, _) -> false;

    /** Takes note of what other workers have said; called after a vector was received and before it is looked up. */
    default void refresh() {}

    /** Where the key of packet {@code i} is a second one, puts the first in its place and says true. */
    boolean replace(FlowVector vector, int i);
}
