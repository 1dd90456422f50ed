package dev.weir.offload.driver;

import dev.weir.offload.model.Flow;

/** What a watcher is told. Events of one flow come in order. */
public sealed interface FlowEvent {
    /** A flow was set, modified, or ended, the last time with what it has seen in the end. */
    record Changed(long ifindex, Cause cause, Flow flow) implements FlowEvent {}

    /** The watcher was too slow: so many events before the next are not told. */
    record Lost(long count) implements FlowEvent {}

    /** Why a flow changed. */
    enum Cause {
        SET,
        MODIFIED,
        DELETED,
        IDLE_TIMEOUT,
        HARD_TIMEOUT;

        /** Whether the flow is no more. */
        public boolean ends() {
            return compareTo(DELETED) >= 0;
        }
    }
}
