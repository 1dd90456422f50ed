package dev.weir.offload.circle;

import dev.weir.dataplane.graph.FrameHead;
import dev.weir.offload.xdp.VxlanTunnel;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A frame in VXLAN (RFC 7348) whose outer headers are such as a driver puts before others: without tags and options, lengths
 * that agree, no UDP checksum, over IPv4 an identification of 0 and not to be fragmented. Immutable.
 *
 * @param tunnel the outer headers
 * @param inner the frame within
 */
record TunnelledFrame(VxlanTunnel tunnel, FrameHead inner) {
    private static final int ETHERNET_OCTETS = 14, UDP_OCTETS = 8, VXLAN_OCTETS = 8;
    private static final int IPV4_LENGTH = 2, IPV4_IDENTIFICATION = 4, IPV6_LENGTH = 4;
    private static final int UDP_LENGTH = 4, UDP_SUM = 6;
    /** Of the second word of an IPv4 header: no identification, not to be fragmented. */
    private static final int ATOMIC = 0x0000_4000;

    private static final int HAS_IDENTIFIER = 8, MASK24 = 0xFF_FFFF, FLOW_LABEL = 0xF_FFFF;

    /** Null where it is another frame. */
    static @Nullable TunnelledFrame of(FrameHead frame) {
        FrameView outer = FrameView.of(frame);
        if (outer == null || outer.protocol() != FrameView.UDP || !outer.tags().isEmpty()) {
            return null;
        }
        ByteBuffer octets = ByteBuffer.wrap(frame.octets());
        int begin = outer.transport() + UDP_OCTETS + VXLAN_OCTETS;
        if (begin > octets.capacity() || !isPlain(outer, octets, frame.length())) {
            return null;
        }
        int vxlan = outer.transport() + UDP_OCTETS;
        int flags = octets.getInt(vxlan), identifier = octets.getInt(vxlan + 4);
        if (flags >>> 24 != HAS_IDENTIFIER || outer.sourcePort() == VxlanTunnel.Outer.BY_KEY) {
            return null;
        }
        VxlanTunnel.Outer fields = new VxlanTunnel.Outer(
                outer.typeOfService(),
                outer.ttl(),
                (flags & MASK24) << 8 | (identifier & 0xFF),
                outer.sourcePort(),
                outer.isIpv4() ? 0 : octets.getInt(outer.network()) & FLOW_LABEL);
        VxlanTunnel tunnel = new VxlanTunnel(
                outer.source(),
                outer.destination(),
                identifier >>> 8,
                outer.destinationPort(),
                outer.sourceMac(),
                outer.destinationMac(),
                fields);
        byte[] inner = Arrays.copyOfRange(frame.octets(), begin, octets.capacity());
        return new TunnelledFrame(tunnel, new FrameHead(inner, frame.length() - begin));
    }

    private static boolean isPlain(FrameView outer, ByteBuffer octets, int length) {
        int ip = outer.network(), udp = outer.transport();
        int said = outer.isIpv4()
                ? octets.getShort(ip + IPV4_LENGTH) & 0xFFFF
                : (octets.getShort(ip + IPV6_LENGTH) & 0xFFFF) + udp - ip;
        boolean isAtomic = !outer.isIpv4() || octets.getInt(ip + IPV4_IDENTIFICATION) == ATOMIC;
        return isAtomic
                && said == length - ETHERNET_OCTETS
                && (octets.getShort(udp + UDP_LENGTH) & 0xFFFF) == length - udp
                && octets.getShort(udp + UDP_SUM) == 0;
    }
}
