package dev.weir.dataplane.graph;

import java.io.IOException;

/** Takes copies of all flows. Called by the thread that asked for them. */
public interface FlowSink {
    /** First: what the numbers in the copies mean. */
    void begin(FlowsLegend legend, FlowsLegend.Counted counted) throws IOException;

    /** Some flows of a worker, which are there during the call only. */
    void flows(int worker, FlowCopies copies) throws IOException;

    /** Last: there are no more. Not called where the configuration changed meanwhile, or this failed. */
    default void end() throws IOException {}
}
