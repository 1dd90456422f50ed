package dev.weir.dataplane.nodes.firewall;

import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.packet.IpProtocol;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A rule: which packets that begin a flow it is for, and its verdict. Immutable; what is absent is for all. Made by
 * {@link #named} and the methods that narrow it.
 *
 * @param name in listings of counters
 * @param match the packet as it came, before any translation, like all here
 * @param family 4 or 6, where no address says it
 * @param sourcePorts only with a protocol that has ports
 * @param tcpFlags {@code mask << 8 | value} of the flags octet; only with TCP
 * @param messages one of these; none given means any; only with ICMP or ICMPv6
 */
public record Rule(
        String name,
        Verdict verdict,
        FlowMatch match,
        OptionalInt family,
        @Nullable PortRange sourcePorts,
        OptionalInt tcpFlags,
        List<IcmpMatch> messages) {

    public Rule {
        messages = List.copyOf(messages);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("rule: it has no name; give it one, it stands in listings");
        }
        if (family.isPresent()) {
            checkFamily(name, family.getAsInt(), match);
        }
        if (sourcePorts != null && !match.hasPorts()) {
            throw new IllegalArgumentException("rule " + name + ": " + FlowMatch.PORTS_WITHOUT_PROTOCOL);
        }
        if (tcpFlags.isPresent() && match.protocol().orElse(-1) != IpProtocol.TCP) {
            throw new IllegalArgumentException("rule " + name + ": TCP flags of another protocol; say tcp");
        }
        if (!messages.isEmpty() && !isIcmp(match.protocol().orElse(-1))) {
            throw new IllegalArgumentException(
                    "rule " + name + ": ICMP types of another protocol; say icmp or ipv6-icmp");
        }
    }

    static boolean isIcmp(int protocol) {
        return protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
    }

    private static void checkFamily(String name, int family, FlowMatch match) {
        if (family != 4 && family != 6) {
            throw new IllegalArgumentException("rule " + name + ": family " + family + "; it is 4 or 6");
        }
        if (match.family() != 0 && match.family() != family) {
            IpPrefix prefix = match.source() != null ? match.source() : match.destination();
            throw new IllegalArgumentException("rule " + name + ": " + prefix + " is not of IPv" + family
                    + "; leave the family out, the address says it");
        }
    }

    /** A rule for everything. */
    public static Rule named(String name, Verdict verdict) {
        return new Rule(name, verdict, FlowMatch.ALL, OptionalInt.empty(), null, OptionalInt.empty(), List.of());
    }

    public Rule ofTenant(int number) {
        return matching(match.ofTenant(number));
    }

    public Rule by(String port) {
        return matching(match.by(port));
    }

    public Rule from(IpPrefix prefix) {
        return matching(match.from(prefix));
    }

    public Rule to(IpPrefix prefix) {
        return matching(match.to(prefix));
    }

    public Rule ofProtocol(int number) {
        return matching(match.ofProtocol(number));
    }

    public Rule toPorts(PortRange ports) {
        return matching(match.toPorts(ports));
    }

    /** The same for other packets. */
    public Rule matching(FlowMatch flows) {
        return new Rule(name, verdict, flows, family, sourcePorts, tcpFlags, messages);
    }

    public Rule fromPorts(PortRange ports) {
        return new Rule(name, verdict, match, family, ports, tcpFlags, messages);
    }

    public Rule ofFamily(int number) {
        return new Rule(name, verdict, match, OptionalInt.of(number), sourcePorts, tcpFlags, messages);
    }

    /** Where the flags octet, of the bits in {@code mask}, has those of {@code value} only. */
    public Rule withFlags(int mask, int value) {
        OptionalInt flags = OptionalInt.of((mask & 0xFF) << 8 | (value & 0xFF));
        return new Rule(name, verdict, match, family, sourcePorts, flags, messages);
    }

    public Rule ofMessages(IcmpMatch... these) {
        return new Rule(name, verdict, match, family, sourcePorts, tcpFlags, List.of(these));
    }

    /** Which family it is for, 0 for both. */
    int onlyFamily() {
        return match.family() != 0 ? match.family() : family.orElse(0);
    }
}
