package dev.weir.offload.dataplane;

import dev.weir.offload.dataplane.KeyField.Layer;
import dev.weir.packet.Ethernet;
import dev.weir.packet.Headers;
import dev.weir.packet.Icmp;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Ipv4;
import dev.weir.packet.Ipv6;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketParser;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.packet.Vlan;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The fields of one packet that tables look at, in words; one a worker, filled again for every packet, allocates nothing. Of tunnelled packets
 * the outer headers count, of tags the outer one. What a packet does not have is zero, and its header's bit is.
 *
 * <pre>
 * word 0  in_port 32 | headers 32          word 5     0 32 | source port 16 | destination port 16
 * word 1  src_mac 48 | ethertype 16        word 6, 7  IPv6 source
 * word 2  dst_mac 48 | tag 16              word 8, 9  IPv6 destination
 * word 3  tagged ethertype 16 | protocol 8 | ttl 8 | dscp 8 | TCP flags 8 | ICMP type 8 | ICMP code 8
 * word 4  IPv4 source 32 | IPv4 destination 32                              (from the upper bits down)
 * </pre>
 */
final class PacketKey {
    static final int WORDS = 10;

    final long[] words = new long[WORDS];
    final Headers headers = new Headers();
    private final PacketParser parser = new PacketParser(TunnelMode.OUTER);

    /** Takes the fields of packet {@code i}, which came in by that port. */
    void fill(PacketVector packets, int i, long inPort) {
        Arrays.fill(words, 0);
        words[0] = inPort << 32;
        MemorySegment data = packets.data;
        long at = packets.offset[i];
        int here = packets.captured[i];
        parser.parse(data, at, here, packets.length[i], packets.link[i], headers);
        if (packets.link[i] == LinkType.ETHERNET && here >= Ethernet.SIZE) link(data, at, here);
        if (headers.family == 4) ipv4(data, at + headers.network);
        else if (headers.family == 6) ipv6(data, at + headers.network);
        if (headers.family != 0 && headers.transport > 0)
            transport(data, at + headers.transport, here - headers.transport);
    }

    private void link(MemorySegment data, long at, int here) {
        int type = Ethernet.type(data, at);
        words[0] |= Layer.ETHERNET.bit;
        words[1] = Ethernet.source(data, at) << 16 | type;
        words[2] = Ethernet.destination(data, at) << 16;
        if (!Vlan.isTag(type) || here < Ethernet.SIZE + Vlan.SIZE) return;
        long tag = at + Ethernet.SIZE;
        words[0] |= Layer.VLAN.bit;
        words[2] |= (long) Vlan.priority(data, tag) << 13 | Vlan.id(data, tag);
        words[3] = (long) Vlan.type(data, tag) << 48;
    }

    private void ipv4(MemorySegment data, long at) {
        words[0] |= Layer.IPV4.bit;
        internet(Ipv4.ttl(data, at), Ipv4.trafficClass(data, at));
        words[4] = (long) Ipv4.source(data, at) << 32 | (Ipv4.destination(data, at) & 0xFFFF_FFFFL);
    }

    private void ipv6(MemorySegment data, long at) {
        words[0] |= Layer.IPV6.bit;
        internet(Ipv6.hopLimit(data, at), Ipv6.trafficClass(data, at));
        words[6] = Ipv6.sourceHigh(data, at);
        words[7] = Ipv6.sourceLow(data, at);
        words[8] = Ipv6.destinationHigh(data, at);
        words[9] = Ipv6.destinationLow(data, at);
    }

    private void internet(int ttl, int trafficClass) {
        words[3] |= (long) headers.protocol << 40 | (long) ttl << 32 | (long) (trafficClass >>> 2) << 24;
    }

    private void transport(MemorySegment data, long at, int here) {
        switch (headers.protocol) {
            case IpProtocol.TCP -> {
                ports(Layer.TCP);
                words[3] |= (long) Math.max(0, headers.tcpFlags) << 16;
            }
            case IpProtocol.UDP -> ports(Layer.UDP);
            case IpProtocol.ICMP -> message(Layer.ICMP, data, at, here);
            case IpProtocol.ICMPV6 -> message(Layer.ICMPV6, data, at, here);
            default -> {}
        }
    }

    private void ports(Layer layer) {
        words[0] |= layer.bit;
        words[5] = (long) headers.sourcePort << 16 | headers.destinationPort;
    }

    private void message(Layer layer, MemorySegment data, long at, int here) {
        if (here < Icmp.SIZE) return;
        words[0] |= layer.bit;
        words[3] |= (long) Icmp.type(data, at) << 8 | Icmp.code(data, at);
    }

    boolean has(Layer layer) {
        return (words[0] & layer.bit) != 0;
    }

    boolean hasPorts() {
        return (words[0] & (Layer.TCP.bit | Layer.UDP.bit)) != 0;
    }
}
