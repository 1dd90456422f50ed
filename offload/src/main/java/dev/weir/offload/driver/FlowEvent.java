package dev.weir.offload.driver;

import dev.weir.offload.model.Flow;
import org.jspecify.annotations.Nullable;

/** What a watcher is told. Events of one flow come in order. */
public sealed interface FlowEvent {
    /** A flow was set, modified, or ended, the last time with what it has seen in the end. */
    record Changed(long ifindex, Cause cause, Flow flow) implements FlowEvent {}

    /** The watcher was too slow: so many events before the next are not told. */
    record Lost(long count) implements FlowEvent {}

    /** Why a flow changed. The number is what backends send. */
    enum Cause {
        SET(1),
        MODIFIED(2),
        DELETED(3),
        IDLE_TIMEOUT(4),
        HARD_TIMEOUT(5),
        /** The device has it no more, and has not said since when. */
        LOST(6);

        private final int number;

        Cause(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }

        /** Whether the flow is no more. */
        public boolean ends() {
            return number >= DELETED.number;
        }

        /** The cause with that number; null where there is none. */
        public static @Nullable Cause ofNumber(long number) {
            for (Cause cause : values()) {
                if (cause.number == number) return cause;
            }
            return null;
        }
    }
}
