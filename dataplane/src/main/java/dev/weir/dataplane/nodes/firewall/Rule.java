package dev.weir.dataplane.nodes.firewall;

import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.packet.IpProtocol;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A rule: which packets that begin a flow it is for, and its verdict. Immutable; what is absent is for all. Made by
 * {@link #named} and the methods that narrow it.
 *
 * @param name in listings of counters
 * @param tenant the address space's number
 * @param port the name of the port by which the packet comes
 * @param source where from; of the packet as it came, before any translation, like all here
 * @param protocol IP protocol number
 * @param sourcePorts only with a protocol that has ports
 * @param tcpFlags {@code mask << 8 | value} of the flags octet; only with TCP
 */
public record Rule(
        String name,
        Verdict verdict,
        OptionalInt tenant,
        @Nullable String port,
        OptionalInt family,
        @Nullable IpPrefix source,
        @Nullable IpPrefix destination,
        OptionalInt protocol,
        @Nullable PortRange sourcePorts,
        @Nullable PortRange destinationPorts,
        OptionalInt tcpFlags) {

    public Rule {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("rule: it has no name; give it one, it stands in listings");
        }
        checkFamily(name, family, source);
        checkFamily(name, family, destination);
        if (source != null && destination != null && source.family() != destination.family()) {
            throw new IllegalArgumentException("rule " + name + ": source " + source + " and destination " + destination
                    + " are of two families; make two rules");
        }
        if ((sourcePorts != null || destinationPorts != null) && !hasPorts(protocol)) {
            throw new IllegalArgumentException(
                    "rule " + name + ": ports without a protocol that has some; say tcp, udp, udp-lite, sctp or dccp");
        }
        if (tcpFlags.isPresent() && protocol.orElse(-1) != IpProtocol.TCP) {
            throw new IllegalArgumentException("rule " + name + ": TCP flags of another protocol; say tcp");
        }
        if (protocol.isPresent() && (protocol.getAsInt() < 0 || protocol.getAsInt() > 255)) {
            throw new IllegalArgumentException(
                    "rule " + name + ": protocol " + protocol.getAsInt() + "; it is 0 to 255");
        }
        if (tenant.isPresent() && tenant.getAsInt() >>> 24 != 0) {
            throw new IllegalArgumentException("rule " + name + ": tenant " + tenant.getAsInt() + "; it has 24 bits");
        }
    }

    private static void checkFamily(String name, OptionalInt family, @Nullable IpPrefix prefix) {
        if (family.isPresent() && family.getAsInt() != 4 && family.getAsInt() != 6) {
            throw new IllegalArgumentException("rule " + name + ": family " + family.getAsInt() + "; it is 4 or 6");
        }
        if (prefix != null && family.isPresent() && family.getAsInt() != prefix.family()) {
            throw new IllegalArgumentException("rule " + name + ": " + prefix + " is not of IPv" + family.getAsInt()
                    + "; leave the family out, the address says it");
        }
    }

    private static boolean hasPorts(OptionalInt protocol) {
        return switch (protocol.orElse(-1)) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.UDP_LITE, IpProtocol.SCTP, IpProtocol.DCCP -> true;
            default -> false;
        };
    }

    /** A rule for everything. */
    public static Rule named(String name, Verdict verdict) {
        OptionalInt any = OptionalInt.empty();
        return new Rule(name, verdict, any, null, any, null, null, any, null, null, any);
    }

    public Rule ofTenant(int number) {
        OptionalInt only = OptionalInt.of(number);
        return new Rule(
                name,
                verdict,
                only,
                port,
                family,
                source,
                destination,
                protocol,
                sourcePorts,
                destinationPorts,
                tcpFlags);
    }

    public Rule by(String portName) {
        return new Rule(
                name,
                verdict,
                tenant,
                portName,
                family,
                source,
                destination,
                protocol,
                sourcePorts,
                destinationPorts,
                tcpFlags);
    }

    public Rule ofFamily(int number) {
        OptionalInt only = OptionalInt.of(number);
        return new Rule(
                name,
                verdict,
                tenant,
                port,
                only,
                source,
                destination,
                protocol,
                sourcePorts,
                destinationPorts,
                tcpFlags);
    }

    public Rule from(IpPrefix prefix) {
        return new Rule(
                name,
                verdict,
                tenant,
                port,
                family,
                prefix,
                destination,
                protocol,
                sourcePorts,
                destinationPorts,
                tcpFlags);
    }

    public Rule to(IpPrefix prefix) {
        return new Rule(
                name, verdict, tenant, port, family, source, prefix, protocol, sourcePorts, destinationPorts, tcpFlags);
    }

    public Rule ofProtocol(int number) {
        OptionalInt only = OptionalInt.of(number);
        return new Rule(
                name,
                verdict,
                tenant,
                port,
                family,
                source,
                destination,
                only,
                sourcePorts,
                destinationPorts,
                tcpFlags);
    }

    public Rule fromPorts(PortRange ports) {
        return new Rule(
                name, verdict, tenant, port, family, source, destination, protocol, ports, destinationPorts, tcpFlags);
    }

    public Rule toPorts(PortRange ports) {
        return new Rule(
                name, verdict, tenant, port, family, source, destination, protocol, sourcePorts, ports, tcpFlags);
    }

    /** Where the flags octet, of the bits in {@code mask}, has those of {@code value} only. */
    public Rule withFlags(int mask, int value) {
        OptionalInt only = OptionalInt.of((mask & 0xFF) << 8 | (value & 0xFF));
        return new Rule(
                name,
                verdict,
                tenant,
                port,
                family,
                source,
                destination,
                protocol,
                sourcePorts,
                destinationPorts,
                only);
    }

    /** Which family it is for, 0 for both. */
    int onlyFamily() {
        if (source != null) {
            return source.family();
        }
        return destination != null ? destination.family() : family.orElse(0);
    }
}
