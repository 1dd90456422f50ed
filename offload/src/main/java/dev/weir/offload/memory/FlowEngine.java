package dev.weir.offload.memory;

import dev.weir.offload.check.FlowFault;
import dev.weir.offload.model.Flow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What does with packets what flows say, where that is not {@link MemoryDriver#classify}. Which flows there are, what they may be and when they end is
 * the driver's affair; the engine is told what becomes of them. Calls for one interface come one at a time, from the driver's callers and its timer; they may
 * wait.
 */
public interface FlowEngine {
    /** Does nothing, so nothing is counted but what {@link MemoryDriver#classify} finds. */
    FlowEngine NONE = new FlowEngine() {
        @Override
        public void put(long ifindex, Flow flow) {}

        @Override
        public List<Counts> remove(long ifindex, List<Flow> flows) {
            return List.of();
        }

        @Override
        public @Nullable Counts counts(long ifindex, Flow flow) {
            return null;
        }
    };

    /**
     * What a flow has seen since it was put.
     *
     * @param lastSeen when its last packet came, or when it was put, in nanoseconds of the driver's clock
     */
    record Counts(long packets, long bytes, long lastSeen) {}

    /** Whether flows with equal matches can have different priorities; where not, the second is refused. */
    default boolean ordersEqualMatches() {
        return true;
    }

    /** Does what a flow says, which fits its table. Throws where it cannot be done; then nothing changes. */
    void put(long ifindex, Flow flow) throws FlowFault;

    /**
     * Does what a flow says instead of another that was put, of equal match, and of equal priority where that tells flows apart; what was counted goes on. Throws
     * where it cannot be done; then nothing changes.
     */
    default void replace(long ifindex, Flow before, Flow after) throws FlowFault {
        put(ifindex, after);
    }

    /** Leaves flows alone that were put; each is the object that was given then. @return what each has seen, in order, which is final */
    List<Counts> remove(long ifindex, List<Flow> flows);

    /** What a flow has seen so far, the object that was given; null where nothing is known. */
    @Nullable
    Counts counts(long ifindex, Flow flow);
}
