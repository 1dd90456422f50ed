package dev.weir.dataplane.nodes.mirror;

/** Which packets of a flow are copied. */
public enum MirrorDirection {
    /** Those of the initiator. */
    FORWARD,
    /** Those of the responder. */
    REVERSE,
    /** All. */
    BOTH
}
