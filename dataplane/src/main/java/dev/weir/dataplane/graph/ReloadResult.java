package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.GraphConfig.Fault;
import java.util.List;

/** What became of a new configuration. */
public sealed interface ReloadResult {
    /**
     * It is in force.
     *
     * @param changes what differs from the one before, a clause each; empty when nothing does
     */
    record Applied(List<String> changes) implements ReloadResult {}

    /** The one before goes on, because of these. */
    record Refused(List<Fault> faults) implements ReloadResult {}
}
