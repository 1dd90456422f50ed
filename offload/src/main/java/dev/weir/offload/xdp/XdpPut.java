package dev.weir.offload.xdp;

/** What became of a flow that was put. */
public enum XdpPut {
    /** It is there now, its counters at 0. */
    ADDED,
    /** It was there: from now on its packets meet the new action; its counters go on. */
    CHANGED,
    /** There is no room: it stays in software. */
    FULL
}
