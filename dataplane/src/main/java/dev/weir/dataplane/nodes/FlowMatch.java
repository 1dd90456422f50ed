package dev.weir.dataplane.nodes;

import dev.weir.packet.IpProtocol;
import dev.weir.table.FlowTuple;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Which flows a rule is for, by the packet that begins them as it comes to the node; what is absent is for all.
 * Immutable.
 *
 * @param ports destination ports; only with a protocol that has some
 * @param by name of the port by which the packet came
 */
public record FlowMatch(
        @Nullable IpPrefix source,
        @Nullable IpPrefix destination,
        OptionalInt protocol,
        @Nullable PortRange ports,
        OptionalInt tenant,
        @Nullable String by) {
    /** All flows. */
    public static final FlowMatch ALL = new FlowMatch(null, null, OptionalInt.empty(), null, OptionalInt.empty(), null);

    /** Why ports are refused where there are none. */
    public static final String PORTS_WITHOUT_PROTOCOL =
            "ports without a protocol that has some; say tcp, udp, udp-lite, sctp or dccp";

    public FlowMatch {
        if (source != null && destination != null && source.family() != destination.family()) {
            throw new IllegalArgumentException(
                    "source " + source + " and destination " + destination + " are of two families; make two rules");
        }
        if (ports != null && !hasPorts(protocol.orElse(-1))) {
            throw new IllegalArgumentException(PORTS_WITHOUT_PROTOCOL);
        }
        if (protocol.isPresent() && protocol.getAsInt() >>> 8 != 0) {
            throw new IllegalArgumentException("protocol " + protocol.getAsInt() + "; it is 0 to 255");
        }
        if (tenant.isPresent() && tenant.getAsInt() >>> 24 != 0) {
            throw new IllegalArgumentException("tenant " + tenant.getAsInt() + "; it has 24 bits");
        }
    }

    public FlowMatch from(IpPrefix prefix) {
        return new FlowMatch(prefix, destination, protocol, ports, tenant, by);
    }

    public FlowMatch to(IpPrefix prefix) {
        return new FlowMatch(source, prefix, protocol, ports, tenant, by);
    }

    public FlowMatch ofProtocol(int number) {
        return new FlowMatch(source, destination, OptionalInt.of(number), ports, tenant, by);
    }

    /** Of the protocol that was said before. */
    public FlowMatch toPorts(PortRange range) {
        return new FlowMatch(source, destination, protocol, range, tenant, by);
    }

    public FlowMatch toPorts(int number, PortRange range) {
        return ofProtocol(number).toPorts(range);
    }

    public FlowMatch ofTenant(int number) {
        return new FlowMatch(source, destination, protocol, ports, OptionalInt.of(number), by);
    }

    public FlowMatch by(String port) {
        return new FlowMatch(source, destination, protocol, ports, tenant, port);
    }

    /** Whether the packets that it is for have ports. */
    public boolean hasPorts() {
        return hasPorts(protocol.orElse(-1));
    }

    /** Whether packets of this protocol have ports. */
    public static boolean hasPorts(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.UDP_LITE, IpProtocol.SCTP, IpProtocol.DCCP -> true;
            default -> false;
        };
    }

    /** Which family it is for, 0 for both. */
    public int family() {
        return source != null ? source.family() : destination != null ? destination.family() : 0;
    }

    /** Whether it is for a packet with these ends that came by a port; {@code index} is that of {@link #by}, or less than 0. */
    public boolean fits(FlowTuple t, int port, int index) {
        return (source == null || (source.family() == t.family && source.contains(t.sourceHigh, t.sourceLow)))
                && (destination == null
                        || (destination.family() == t.family
                                && destination.contains(t.destinationHigh, t.destinationLow)))
                && (protocol.isEmpty() || protocol.getAsInt() == t.protocol)
                && (ports == null || ports.contains(t.destinationPort))
                && (tenant.isEmpty() || tenant.getAsInt() == t.tenant)
                && (index < 0 || index == port);
    }
}
