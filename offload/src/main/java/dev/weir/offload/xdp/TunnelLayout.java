package dev.weir.offload.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The headers that a tunnel puts in front of a frame, as a template: lengths, the IPv4 checksum, the source port and the flow
 * label are zeros, which the program fills in; and the sum of the IPv4 header so far, as its words lie in memory.
 *
 * <pre>
 * byte 0          14                    34 or 54   42 or 62   50 or 70   72
 *      | Ethernet | IPv4 20, or IPv6 40 | UDP      | VXLAN    |          | sum, native order | 80
 * </pre>
 */
final class TunnelLayout {
    static final int SUM = 72, SIZE = 80;
    /** Octets of the headers. */
    static final int OVER_IPV4 = 50, OVER_IPV6 = 70;
    /** Where in the frame the lengths, the checksum and the UDP source port are. */
    static final int TOTAL_LENGTH = 16, IPV4_SUM = 24, UDP_PORT4 = 34, UDP_LENGTH4 = 38;

    static final int FLOW_LABEL = 14, PAYLOAD_LENGTH = 18, UDP_PORT6 = 54, UDP_LENGTH6 = 58;
    private static final int IPV4 = 0x0800, IPV6 = 0x86DD, UDP = 17, DONT_FRAGMENT = 0x4000;
    private static final int ETHERNET_OCTETS = 14, IPV4_OCTETS = 20, HAS_IDENTIFIER = 0x0800_0000;

    private TunnelLayout() {}

    static void write(MemorySegment tunnels, int index, VxlanTunnel tunnel) {
        byte[] template = template(tunnel);
        long at = (long) index * SIZE;
        tunnels.asSlice(at, SIZE).fill((byte) 0);
        MemorySegment.copy(template, 0, tunnels, JAVA_BYTE, at, template.length);
        if (!tunnel.isIpv6()) tunnels.set(JAVA_INT, at + SUM, ipv4Sum(template));
    }

    private static byte[] template(VxlanTunnel tunnel) {
        ByteBuffer b = ByteBuffer.allocate(tunnel.octets());
        putMac(b, tunnel.destinationMac());
        putMac(b, tunnel.sourceMac());
        byte[] source = tunnel.source().getAddress();
        byte[] destination = tunnel.destination().getAddress();
        VxlanTunnel.Outer outer = tunnel.outer();
        if (tunnel.isIpv6()) {
            b.putShort((short) IPV6)
                    .putInt(6 << 28 | outer.typeOfService() << 20)
                    .putShort((short) 0);
            b.put((byte) UDP).put((byte) outer.timeToLive()).put(source).put(destination);
        } else {
            b.putShort((short) IPV4)
                    .putInt(0x4500_0000 | outer.typeOfService() << 16)
                    .putShort((short) 0)
                    .putShort((short) DONT_FRAGMENT);
            b.put((byte) outer.timeToLive())
                    .put((byte) UDP)
                    .putShort((short) 0)
                    .put(source)
                    .put(destination);
        }
        b.putShort((short) 0).putShort((short) tunnel.destinationPort()).putInt(0);
        int reserved = outer.reserved();
        return b.putInt(HAS_IDENTIFIER | reserved >>> 8)
                .putInt(tunnel.networkIdentifier() << 8 | (reserved & 0xFF))
                .array();
    }

    private static int ipv4Sum(byte[] template) {
        ByteBuffer words = ByteBuffer.wrap(template).order(ByteOrder.nativeOrder());
        int sum = 0;
        for (int i = 0; i < IPV4_OCTETS; i += 2) {
            sum = SumChange.add(sum, words.getShort(ETHERNET_OCTETS + i) & 0xFFFF);
        }
        return sum;
    }

    private static void putMac(ByteBuffer b, long mac) {
        b.order(BIG_ENDIAN).putShort((short) (mac >>> 32)).putInt((int) mac);
    }
}
