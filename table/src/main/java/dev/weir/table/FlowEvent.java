package dev.weir.table;

/** What can be reported about a flow, and who caused it. Bits and codes, since they are written on the data path. */
public final class FlowEvent {
    /** Kinds; also the bits of a mask of kinds that somebody wants. */
    public static final int CREATED = 1, STATE_CHANGED = 2, ENDED = 4, UPDATED = 8;
    /** Authors. */
    public static final int BY_DATA_PATH = 0, BY_TIMER = 1, BY_CONTROL = 2;

    private FlowEvent() {}
}
