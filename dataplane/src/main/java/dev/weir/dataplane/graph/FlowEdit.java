package dev.weir.dataplane.graph;

import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowUpdate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What control wants changed of a flow; immutable.
 *
 * @param key in either orientation
 * @param update what it has beside its way
 * @param forwardChain which nodes packets of its initiator visit from now on, by the chain's name; null stays untouched
 * @param reverseChain the same for its responder
 */
public record FlowEdit(
        FlowKey key,
        FlowUpdate update,
        @Nullable String forwardChain,
        @Nullable String reverseChain) {
    /** What became of it. */
    public enum Outcome {
        /** The flow is changed. */
        CHANGED,
        /** There is no such flow. */
        NO_FLOW,
        /** There is no chain of that name. */
        NO_CHAIN,
        /** The flow's worker has too many calls to answer already. */
        BUSY
    }

    /**
     * What became of one.
     *
     * @param flow after the change; empty where there was none
     */
    public record Result(Outcome outcome, Optional<FlowRecord> flow) {}

    /** The same flow stays on its way. */
    public FlowEdit(FlowKey key, FlowUpdate update) {
        this(key, update, null, null);
    }
}
