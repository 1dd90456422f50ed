package dev.weir.dataplane.graph;

import dev.weir.table.FlowTraffic;

/** What whoever carries flows below the data plane tells the worker that owns one. Immutable. */
public sealed interface OffloadReport {
    /** Which flow it is about. */
    OffloadedFlow flow();

    /** What was carried since it was last told. */
    record Carried(OffloadedFlow flow, FlowTraffic forward, FlowTraffic reverse) implements OffloadReport {}

    /** The answer to {@link OffloadNotice.Over}: nothing carries it any more, and this was the last. */
    record Released(OffloadedFlow flow, FlowTraffic forward, FlowTraffic reverse) implements OffloadReport {}

    /**
     * A direction is not carried.
     *
     * @param again whether its next packet may tell more; else it stays up until the graph changes
     */
    record Refused(OffloadedFlow flow, boolean reverse, boolean again) implements OffloadReport {}

    /** It should not be carried any more as it is: the worker is to say that it is over, and may begin anew. */
    record Recalled(OffloadedFlow flow, ReleaseReason reason) implements OffloadReport {}
}
