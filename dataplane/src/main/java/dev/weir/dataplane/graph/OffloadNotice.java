package dev.weir.dataplane.graph;

/** What a worker tells whoever carries flows below the data plane. Immutable. */
public sealed interface OffloadNotice {
    /**
     * A packet of an offloaded flow went through the graph, and so tells what is to become of those after it. The flow is
     * held from now on: whoever is told answers with {@link OffloadReport.Refused}, or carries the direction.
     *
     * @param reverse whether it came from the responder
     * @param tenant its address space
     * @param network where in the frame that came its IP header begins, by which it has its flow
     * @param came the frame as it came
     * @param from index of the port by which it came
     * @param left the frame as it left; the same as it came where it was dropped
     * @param to index of the port by which it left, {@link Batch#NO_PORT} where it was dropped
     * @param config the graph that it went through
     */
    record Passed(
            OffloadedFlow flow,
            boolean reverse,
            int tenant,
            int network,
            FrameHead came,
            int from,
            FrameHead left,
            int to,
            GraphConfig config)
            implements OffloadNotice {}

    /**
     * Packets of a direction have to come up, for the graph has a node that needs every one.
     *
     * @param node which one, by name
     */
    record Withheld(OffloadedFlow flow, String node) implements OffloadNotice {}

    /** Nothing is to carry it from now on. The answer is {@link OffloadReport.Released}. */
    record Over(OffloadedFlow flow, ReleaseReason reason) implements OffloadNotice {}

    /**
     * A node of that worker does otherwise from now on, though the graph stays: what was told before of packets may not hold.
     * Flows of the worker that are carried are to be recalled.
     */
    record DecidedAnew(int worker) implements OffloadNotice {}
}
