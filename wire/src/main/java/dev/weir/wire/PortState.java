package dev.weir.wire;

/** How a {@link Port} is. */
public enum PortState {
    /** Packets can come and go. */
    UP,
    /** The interface is there and down, or without carrier. */
    DOWN,
    /** There is no interface of that name any more. */
    GONE,
    /** A capture file was read to its end; packets can still be sent. */
    ENDED
}
