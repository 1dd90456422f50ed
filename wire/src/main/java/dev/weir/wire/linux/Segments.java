package dev.weir.wire.linux;

/**
 * What becomes of received super-packets: TCP segments and UDP datagrams of up to 64 KiB that segmentation or receive
 * offload puts together, and that no wire could carry.
 */
public enum Segments {
    /** They go through, with a {@link dev.weir.packet.Offload} word that says how the next interface is to cut them. */
    CARRY,
    /** They are dropped and counted, and the port says how to turn the offloads off. */
    REFUSE
}
