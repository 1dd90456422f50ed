package dev.weir.dataplane.graph;

import java.io.IOException;
import java.util.List;

/** Takes what changes of flows, round by round ({@link FlowFollowing}). Called by the thread that asked for a round. */
public interface FlowChangeSink {
    /** What came before is of no use any more: all flows come anew, and these are what their numbers mean. */
    void begin(FlowsLegend legend) throws IOException;

    /** Changes of a worker's flows, which are there during the call only. Of one place what came later holds. */
    void changes(int worker, FlowChanges changes) throws IOException;

    /** All that changed before the round began has come. */
    void end(List<Moment> workers) throws IOException;

    /**
     * How a worker was at the end of a round.
     *
     * @param now its table's clock, nanoseconds since 1970
     * @param nextNumber what its next packet is numbered
     * @param flows how many it has
     */
    record Moment(long now, long nextNumber, int flows) {}
}
