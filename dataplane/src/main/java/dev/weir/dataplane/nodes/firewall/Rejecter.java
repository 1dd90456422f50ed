package dev.weir.dataplane.nodes.firewall;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.packet.EtherType;
import dev.weir.packet.Ethernet;
import dev.weir.packet.Icmp;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Ipv4;
import dev.weir.packet.Ipv6;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.packet.Tcp;
import dev.weir.packet.Vlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Tells the sender of a rejected packet: a TCP segment with a reset (RFC 9293 section 3.10.7.1), other packets with a
 * destination unreachable that quotes them. The answer goes out of the port by which the packet came, with the packet's
 * ends exchanged, as if from where it was sent to. One a worker; allocates nothing.
 *
 * <p>Not answered, by RFC 1122 section 3.2.2 and RFC 4443 section 2.4: ICMP but for echo requests, fragments other than
 * first ones, resets, packets from or to what is no single host, frames to groups. Nor packets in tunnels or other links
 * than Ethernet, and no more a second than is configured.
 */
final class Rejecter {
    /** The whole error: RFC 1812 section 4.3.2.3, and the least MTU of IPv6. */
    private static final int MAX_IPV4 = 576, MAX_IPV6 = 1280;

    private static final int TTL = 64, ADMINISTRATIVE4 = 13, PORT4 = 3, ADMINISTRATIVE6 = 1, PORT6 = 4;
    private static final int MAX_LINK = Ethernet.SIZE + 2 * Vlan.SIZE;
    private static final long GROUP = 1L << 40;

    private final NodeContext context;
    private final int code4, code6;
    private final TokenBucket bucket;
    private final MemorySegment out = Arena.ofAuto().allocate(MAX_LINK + MAX_IPV6, 8);

    Rejecter(FirewallConfig config, NodeContext context) {
        this.context = context;
        boolean port = config.rejection() == FirewallConfig.Rejection.PORT;
        code4 = port ? PORT4 : ADMINISTRATIVE4;
        code6 = port ? PORT6 : ADMINISTRATIVE6;
        bucket = new TokenBucket(config.answersPerSecond());
    }

    /** Takes over how many answers the old one had left. */
    void resume(Rejecter old) {
        bucket.resume(old.bucket);
    }

    /** Answers packet {@code i}; false where it is not to be answered. */
    boolean answer(Batch batch, int i) {
        PacketVector p = batch.packets;
        MemorySegment data = p.data;
        long at = p.offset[i];
        int network = batch.flows.network(i), transport = batch.flows.transport(i);
        boolean v4 = batch.flows.family(i) == 4;
        if (transport == 0
                || !isPlainEthernet(p, i, network)
                || (v4 ? !isBetweenHosts4(data, at + network) : !isBetweenHosts6(data, at + network))) {
            return false;
        }
        int protocol = batch.flows.protocol(i);
        if (protocol == IpProtocol.TCP ? !canReset(batch, i) : !canTell(data, at + transport, protocol)) {
            return false;
        }
        if (!bucket.take(batch.now)) {
            return false;
        }
        MemorySegment.copy(data, at, out, 0, network);
        Ethernet.setDestination(out, 0, Ethernet.source(data, at));
        Ethernet.setSource(out, 0, Ethernet.destination(data, at));
        int length = protocol == IpProtocol.TCP ? reset(batch, i) : unreachable(batch, i, v4);
        return context.send(p.port[i], out, 0, network + length, 0) == 0;
    }

    /** Whether nothing but VLAN tags is between the Ethernet addresses and the IP header, and the frame is to one host. */
    private static boolean isPlainEthernet(PacketVector p, int i, int network) {
        if (p.link[i] != LinkType.ETHERNET || network < Ethernet.SIZE || network > MAX_LINK) {
            return false;
        }
        long at = p.offset[i];
        int type = Ethernet.type(p.data, at);
        int end = Ethernet.SIZE;
        while (end < network && Vlan.isTag(type)) {
            type = Vlan.type(p.data, at + end);
            end += Vlan.SIZE;
        }
        return end == network
                && (type == EtherType.IPV4 || type == EtherType.IPV6)
                && (Ethernet.destination(p.data, at) & GROUP) == 0;
    }

    private static boolean isBetweenHosts4(MemorySegment s, long ip) {
        int source = Ipv4.source(s, ip), destination = Ipv4.destination(s, ip);
        int net = source >>> 24;
        return net != 0 && net != 127 && net < 224 && destination >>> 24 < 224;
    }

    private static boolean isBetweenHosts6(MemorySegment s, long ip) {
        long high = Ipv6.sourceHigh(s, ip);
        boolean unspecifiedOrLoopback = high == 0 && (Ipv6.sourceLow(s, ip) & -2L) == 0;
        return !unspecifiedOrLoopback && high >>> 56 != 0xFF && Ipv6.destinationHigh(s, ip) >>> 56 != 0xFF;
    }

    private static boolean canReset(Batch batch, int i) {
        int flags = batch.flows.tcpFlags(i);
        return flags >= 0 && (flags & Tcp.RST) == 0 && batch.packets.captured[i] >= batch.flows.transport(i) + Tcp.SIZE;
    }

    /** Whether an ICMP error may be sent about it: it is no ICMP, or an echo request. The type is captured. */
    private static boolean canTell(MemorySegment s, long transport, int protocol) {
        return switch (protocol) {
            case IpProtocol.ICMP -> Icmp.type(s, transport) == Icmp.ECHO_REQUEST;
            case IpProtocol.ICMPV6 -> Icmp.type(s, transport) == Icmp.V6_ECHO_REQUEST;
            default -> true;
        };
    }

    /** Writes an IP packet with a reset. @return its octets */
    private int reset(Batch batch, int i) {
        MemorySegment data = batch.packets.data;
        long ip = batch.packets.offset[i] + batch.flows.network(i);
        long tcp = batch.packets.offset[i] + batch.flows.transport(i);
        int here = batch.flows.network(i);
        int header = ip(data, ip, here, IpProtocol.TCP, Tcp.SIZE);
        int flags = Tcp.flags(data, tcp);
        boolean acknowledges = (flags & Tcp.ACK) != 0;
        int segment = ipBytes(batch, i)
                - (batch.flows.transport(i) - batch.flows.network(i))
                - Tcp.headerBytes(data, tcp)
                + ((flags & Tcp.SYN) != 0 ? 1 : 0)
                + ((flags & Tcp.FIN) != 0 ? 1 : 0);
        long at = (long) here + header;
        Tcp.write(
                out,
                at,
                /* sourcePort= */ Tcp.destinationPort(data, tcp),
                /* destinationPort= */ Tcp.sourcePort(data, tcp),
                acknowledges ? Tcp.acknowledgement(data, tcp) : 0,
                acknowledges ? 0 : Tcp.sequence(data, tcp) + segment,
                acknowledges ? Tcp.RST : Tcp.RST | Tcp.ACK,
                0);
        Tcp.fillChecksum(out, here, at, Tcp.SIZE);
        return header + Tcp.SIZE;
    }

    /** Writes an IP packet with a destination unreachable. @return its octets */
    private int unreachable(Batch batch, int i, boolean v4) {
        MemorySegment data = batch.packets.data;
        int here = batch.flows.network(i);
        long ip = batch.packets.offset[i] + here;
        int room = (v4 ? MAX_IPV4 - Ipv4.SIZE : MAX_IPV6 - Ipv6.SIZE) - Icmp.SIZE;
        int captured = batch.packets.captured[i] - here;
        int quote = Math.min(room, Math.min(captured, ipBytes(batch, i)));
        int length = Icmp.SIZE + quote;
        int header = ip(data, ip, here, v4 ? IpProtocol.ICMP : IpProtocol.ICMPV6, length);
        long at = (long) here + header;
        Icmp.write(out, at, v4 ? Icmp.DESTINATION_UNREACHABLE : Icmp.V6_DESTINATION_UNREACHABLE, v4 ? code4 : code6, 0);
        MemorySegment.copy(data, ip, out, at + Icmp.SIZE, quote);
        if (v4) {
            Icmp.fillChecksum(out, at, length);
        } else {
            Icmp.fillChecksumV6(out, here, at, length);
        }
        return header + length;
    }

    /** Octets of the IP packet, without the link's padding; all that is there where the header does not say. */
    private static int ipBytes(Batch batch, int i) {
        int network = batch.flows.network(i);
        long ip = batch.packets.offset[i] + network;
        MemorySegment data = batch.packets.data;
        boolean v4 = batch.flows.family(i) == 4;
        int stated = v4 ? Ipv4.totalLength(data, ip) : Ipv6.SIZE + Ipv6.payloadLength(data, ip);
        return stated == (v4 ? 0 : Ipv6.SIZE) ? batch.packets.captured[i] - network : stated;
    }

    /** Writes the IP header of the answer to the one at {@code ip}. @return its octets */
    private int ip(MemorySegment data, long ip, long at, int protocol, int length) {
        if (protocol == IpProtocol.ICMPV6 || data.get(ValueLayout.JAVA_BYTE, ip) >>> 4 == 6) {
            return Ipv6.write(
                    out,
                    at,
                    0,
                    0,
                    length,
                    protocol,
                    TTL,
                    /* sourceHigh= */ Ipv6.destinationHigh(data, ip),
                    /* sourceLow= */ Ipv6.destinationLow(data, ip),
                    /* destinationHigh= */ Ipv6.sourceHigh(data, ip),
                    /* destinationLow= */ Ipv6.sourceLow(data, ip));
        }
        return Ipv4.write(
                out,
                at,
                0,
                Ipv4.SIZE + length,
                0,
                Ipv4.DONT_FRAGMENT,
                TTL,
                protocol,
                /* source= */ Ipv4.destination(data, ip),
                /* destination= */ Ipv4.source(data, ip));
    }
}
