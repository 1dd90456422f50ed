package dev.weir.offload.dataplane;

import dev.weir.offload.model.Flow;
import org.jspecify.annotations.Nullable;

/** A flow as workers see it. All but {@link #next} never changes. */
final class Entry {
    final Flow flow;
    final KeyPattern pattern;
    final int hash;
    final ActionCode actions;
    final FlowCounts counts;

    /** The flow with an equal pattern and the next smaller priority; the writer's. */
    @Nullable
    Entry next;

    Entry(Flow flow, KeyPattern pattern, ActionCode actions, FlowCounts counts) {
        this.flow = flow;
        this.pattern = pattern;
        this.hash = Tuple.hash(pattern.values, pattern.masks);
        this.actions = actions;
        this.counts = counts;
    }

    long priority() {
        return flow.priority();
    }
}
