package dev.weir.cli.boxes;

import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.packet.Ethernet;
import dev.weir.packet.Headers;
import dev.weir.packet.Icmp;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Ipv4;
import dev.weir.packet.Ipv6;
import dev.weir.packet.LinkType;
import dev.weir.packet.Malformed;
import dev.weir.packet.PacketParser;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.packet.Udp;
import dev.weir.wire.PortQueue;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Servers that send packets back, in place. Fragments, and what is malformed, are left alone. Allocates nothing a packet but what it prints. */
final class Responder implements Box {
    private static final int TTL = 64, MOST_VLANS = 4096;

    private final PacketParser parser = new PacketParser(TunnelMode.OUTER);
    private final Headers headers = new Headers();
    private final boolean[] vlans = new boolean[MOST_VLANS];
    private final IpPrefix[] addresses;
    private final long most;
    private final FrameText text;
    private long received, answered, ignored, malformed, failed;

    /**
     * @param ids of VLANs, 0 for none; empty for all
     * @param own addresses that are answered for; empty for all
     * @param most after so many answers it is done
     */
    Responder(Set<Integer> ids, List<IpPrefix> own, long most, FrameText text) {
        for (int id = 0; id < MOST_VLANS; id++) vlans[id] = ids.isEmpty() || ids.contains(id);
        addresses = own.toArray(IpPrefix[]::new);
        this.most = most;
        this.text = text;
    }

    @Override
    public void frame(PacketVector vector, int i, long now, PortQueue out) {
        MemorySegment data = vector.data;
        long at = vector.offset[i];
        int length = vector.captured[i];
        received++;
        int status = parser.parse(data, at, length, vector.length[i], LinkType.ETHERNET, headers);
        if (status != Malformed.NONE || headers.network + headers.ipBytes > length) {
            malformed++;
        } else if (!isMine(data, at) || !turnRound(data, at)) {
            ignored++;
        } else {
            answer(data, at, length, out);
        }
    }

    private void answer(MemorySegment data, long at, int length, PortQueue out) {
        if (out.send(data, at, length, 0) != SendFault.NONE) {
            failed++;
            return;
        }
        answered++;
        text.print("answered", data, at, length);
    }

    private boolean isMine(MemorySegment data, long at) {
        if (headers.family == 0 || headers.vlans > 1 || headers.fragment != Headers.WHOLE) return false;
        if (!vlans[headers.vlans == 0 ? 0 : headers.vlan]) return false;
        if (addresses.length == 0) return true;
        long ip = at + headers.network;
        boolean v4 = headers.family == 4;
        long high = v4 ? 0 : Ipv6.destinationHigh(data, ip);
        long low = v4 ? Ipv4.destination(data, ip) & 0xFFFF_FFFFL : Ipv6.destinationLow(data, ip);
        for (IpPrefix each : addresses) {
            if (each.family() == headers.family && each.high() == high && each.low() == low) return true;
        }
        return false;
    }

    /** Makes the answer of a packet; false, and it is as it was, where there is none. */
    private boolean turnRound(MemorySegment data, long at) {
        if (headers.transport < 0) return false;
        long transport = at + headers.transport;
        if (headers.protocol == IpProtocol.UDP) {
            int port = Udp.sourcePort(data, transport);
            Udp.setSourcePort(data, transport, Udp.destinationPort(data, transport));
            Udp.setDestinationPort(data, transport, port);
            turnRoundAddresses(data, at);
            return true;
        }
        boolean v4 = headers.family == 4;
        boolean asks = v4
                ? headers.protocol == IpProtocol.ICMP && Icmp.type(data, transport) == Icmp.ECHO_REQUEST
                : headers.protocol == IpProtocol.ICMPV6 && Icmp.type(data, transport) == Icmp.V6_ECHO_REQUEST;
        if (!asks) return false;
        int octets = headers.ipBytes - (headers.transport - headers.network);
        turnRoundAddresses(data, at);
        data.set(ValueLayout.JAVA_BYTE, transport, (byte) (v4 ? Icmp.ECHO_REPLY : Icmp.V6_ECHO_REPLY));
        if (v4) {
            Icmp.fillChecksum(data, transport, octets);
        } else {
            Icmp.fillChecksumV6(data, at + headers.network, transport, octets);
        }
        return true;
    }

    /** Sums do not change when their parts change places. */
    private void turnRoundAddresses(MemorySegment data, long at) {
        long mac = Ethernet.source(data, at);
        Ethernet.setSource(data, at, Ethernet.destination(data, at));
        Ethernet.setDestination(data, at, mac);
        long ip = at + headers.network;
        if (headers.family == 4) {
            int source = Ipv4.source(data, ip);
            Ipv4.setSource(data, ip, Ipv4.destination(data, ip));
            Ipv4.setDestination(data, ip, source);
            Ipv4.setTtl(data, ip, TTL);
        } else {
            long high = Ipv6.sourceHigh(data, ip), low = Ipv6.sourceLow(data, ip);
            Ipv6.setSource(data, ip, Ipv6.destinationHigh(data, ip), Ipv6.destinationLow(data, ip));
            Ipv6.setDestination(data, ip, high, low);
            Ipv6.setHopLimit(data, ip, TTL);
        }
    }

    @Override
    public boolean isDone(long now) {
        return answered >= most;
    }

    @Override
    public Map<String, Long> figures() {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("received", received);
        figures.put("answered", answered);
        figures.put("ignored", ignored);
        figures.put("malformed", malformed);
        figures.put("not-sent", failed);
        return figures;
    }
}
