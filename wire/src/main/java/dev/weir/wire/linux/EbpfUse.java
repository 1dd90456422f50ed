package dev.weir.wire.linux;

import java.util.Set;

/**
 * What eBPF is used for, so that a failure can say what to do. Immutable.
 *
 * @param needed the capabilities without which the kernel refuses
 * @param otherwise what to do without eBPF, an imperative clause
 */
public record EbpfUse(Set<Capability> needed, String otherwise) {
    /** Packets for an AF_XDP port. */
    static final EbpfUse PORT = new EbpfUse(Capabilities.XDP, "use an AF_PACKET port");

    public EbpfUse {
        needed = Set.copyOf(needed);
    }
}
