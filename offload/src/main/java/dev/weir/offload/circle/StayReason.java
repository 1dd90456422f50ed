package dev.weir.offload.circle;

import java.util.Locale;

/** Why a direction of an offloaded flow stays in software. */
public enum StayReason {
    /** The graph has a node that needs every packet. */
    NODE,
    /** The driver does not recognize such packets: fragments, options, other protocols, what is inside a tunnel. */
    PACKET,
    /** What the graph does to its packets, the driver cannot. */
    CHANGE,
    /** It came or left by a port without the driver's program. */
    PORT,
    /** The driver has no room. */
    FULL,
    /** The driver failed. */
    DRIVER;

    /** As listings and metrics say it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
