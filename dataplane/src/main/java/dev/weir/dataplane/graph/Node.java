package dev.weir.dataplane.graph;

import dev.weir.table.FlowRecord;
import java.util.List;
import java.util.function.Supplier;

/**
 * One step of the graph: does something to some packets of a {@link Batch} and says of each where it goes next. A worker
 * has an instance of its own, made by {@link NodeConfig#create}, and is the only thread to call it.
 *
 * <p>The contract: {@link #process} handles packets {@code picks[0]} to {@code picks[n - 1]}, ascending, in that order,
 * and calls for each exactly one of {@link Batch#next}, {@link Batch#drop} and {@link Batch#arc}. It allocates nothing,
 * waits for nothing, reads no clock ({@link Batch#now} is the time) and never throws for what is in a packet. It may
 * rewrite the bytes, choose the egress, read and write the flow through {@link NodeContext#flow}, and send other frames
 * through {@link NodeContext#send}.
 */
public interface Node {
    /** Handles the packets. */
    void process(Batch batch, int[] picks, int n);

    /**
     * A flow ended; asked for by {@link NodeConfig#wantsEnded}. Called after the vector that ended it, in order; the
     * record carries the flow's annex.
     */
    default void ended(FlowRecord record) {}

    /** Called between vectors, at least every tenth of a second, after all {@link #ended} so far. */
    default void tick(long now) {}

    /** Called after each turn of the worker, packets or not; asked for by {@link NodeConfig#wantsTurns}. It has to be short. */
    default void turn(long now) {}

    /**
     * The direction of packet {@code i}, of which this node said {@link Batch#decidedByFlow}, is to be carried below the data
     * plane from now on; asked for by {@link NodeConfig#decidesByPacket}. Called after the vector, before the next.
     */
    default void carries(Batch batch, int i, OffloadedFlow flow) {}

    /**
     * What carries a flow has told of it, which need not be one that this node was told of by {@link #carries}; asked for by
     * {@link NodeConfig#decidesByPacket}. Nothing carries it after {@link OffloadReport.Released}, and not that direction after
     * {@link OffloadReport.Refused}.
     */
    default void reported(OffloadReport report) {}

    /** Adds to {@code out} what a person tracing packet {@code i} wants to know; called after {@link #process}. */
    default void trace(Batch batch, int i, StringBuilder out) {}

    /**
     * Gets ready to take the place of an instance of the same kind, some of it at a time: called between vectors, by the worker
     * that {@code old} has its packets from, until it says that it is; {@link #replace} follows in the same pause. Where other
     * nodes take longer it is called on, and keeps up.
     */
    default boolean prepare(Node old) {
        return true;
    }

    /** Takes over what it likes of the instance that it replaces when only the configuration changed. */
    default void replace(Node old) {}

    /**
     * What the numbers mean that it keeps with flows, in words that an instance in another run understands: {@link FlowsLegend.Before#words}. Called by its worker,
     * between vectors, so it only takes what there is; another thread has it say the words.
     */
    default Supplier<List<String>> legend() {
        return List::of;
    }

    /**
     * A flow is back that a node of this name and type in another run knew; {@link NodeContext#annex} has the octets that it kept with it. Called before the first
     * packet.
     *
     * @param before what that node was
     * @return whether the octets can stand as they are now; else they are cleared, and the flow is new to the node
     */
    default boolean restored(int flow, FlowsLegend.Before before) {
        return false;
    }

    /** The graph does not call it any more. */
    default void close() {}
}
