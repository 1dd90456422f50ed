package dev.weir.server.config;

import dev.weir.wire.linux.Segments;
import dev.weir.wire.linux.XdpOptions;
import java.util.Optional;

/** What a port is made of; immutable, equal when it is the same port. */
public sealed interface PortSettings {
    /**
     * An interface by packet sockets.
     *
     * @param device its name in the kernel
     * @param frames that each ring holds, a power of two
     * @param segments what becomes of super-packets
     * @param bypassQdisc whether frames go to the driver past the queueing discipline
     * @param listens whether what the host sends comes in too, and nothing goes out
     */
    record Packet(String device, int frames, Segments segments, boolean bypassQdisc, boolean listens)
            implements PortSettings {}

    /**
     * An interface by AF_XDP sockets.
     *
     * @param device its name in the kernel
     * @param frames that each ring holds, a power of two
     * @param mode where packets leave the kernel's way
     * @param zeroCopy whether drivers that can are asked to receive without copies
     */
    record Xdp(String device, int frames, XdpOptions.Mode mode, boolean zeroCopy) implements PortSettings {}

    /**
     * A TAP device that is made for the port.
     *
     * @param device its name in the kernel
     * @param mac of the host's end, in the lower 48 bits; 0 for one that the kernel draws
     * @param mtu 0 for the kernel's default
     * @param segments whether the host may send super-packets
     */
    record Tap(String device, long mac, int mtu, Segments segments) implements PortSettings {}

    /**
     * Capture files.
     *
     * @param read packets come from here
     * @param write packets go there
     */
    record Files(Optional<String> read, Optional<String> write) implements PortSettings {}
}
