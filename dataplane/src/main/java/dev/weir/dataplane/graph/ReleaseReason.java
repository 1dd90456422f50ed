package dev.weir.dataplane.graph;

import java.util.Locale;

/** Why a flow that was carried below the data plane is not any more. */
public enum ReleaseReason {
    /** Its time has run out; the flow ends. */
    IDLE,
    /** TCP is over; the flow ends soon. */
    CLOSED,
    /** It has ended: by order, recycled, begun anew on the same ports. */
    ENDED,
    /** Control gave it other chains. */
    REROUTED,
    /** It is not marked as offloaded any more. */
    UNMARKED,
    /** The graph has changed. */
    GRAPH,
    /** A node decides anew, as a program whose tables were changed. */
    DECISION,
    /** A port has gone, has come back, or does not take what is carried to it. */
    PORT,
    /** What carries it fails. */
    DRIVER,
    /** Packets that it has are another flow's now. */
    REPLACED,
    /** Nothing is to be carried any more. */
    STOPPED;

    /** As listings and metrics say it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
