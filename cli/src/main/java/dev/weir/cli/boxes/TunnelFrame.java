package dev.weir.cli.boxes;

import dev.weir.packet.EtherType;
import dev.weir.packet.Ethernet;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Ipv4;
import dev.weir.packet.Ipv6;
import dev.weir.packet.Udp;
import dev.weir.packet.Vxlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32;

/**
 * Room for one frame and the VXLAN header before it (RFC 7348): who makes the inner frame writes it at {@link #INNER}, then calls {@link #wrap}. The outer
 * header's time to live is 64, it may not be fragmented, and its UDP checksum is 0. One thread; allocates nothing after it was made.
 */
final class TunnelFrame {
    /** Where the inner frame begins: behind the longest outer headers. */
    static final int INNER = 72;

    /** The longest inner frame. */
    static final int MOST = 1 << 16;

    private static final int TTL = 64, FIRST_PORT = 0xC000, PORTS = 0x3FFF;

    final MemorySegment data = Arena.ofAuto().allocate(INNER + MOST, 8);
    private final CRC32 crc = new CRC32();
    private final byte[] hashed = new byte[37];

    /**
     * Writes the outer headers before the inner frame.
     *
     * @param reserved of the VXLAN header: 24 bits above 8
     * @param trafficClass of the outer header
     * @param hash of the inner flow; 14 bits of it are the source port
     * @param octets of the inner frame
     * @return where the frame begins
     */
    int wrap(Vtep from, Vtep to, int vni, int reserved, int trafficClass, int hash, int octets) {
        int payload = octets + Vxlan.SIZE;
        int vxlan = INNER - Vxlan.SIZE, udp = vxlan - Udp.SIZE;
        Vxlan.write(data, vxlan, vni, reserved);
        Udp.write(data, udp, FIRST_PORT | (hash & PORTS), Vxlan.PORT, payload + Udp.SIZE);
        boolean v4 = to.address().family() == 4;
        int network = udp - (v4 ? Ipv4.SIZE : Ipv6.SIZE), begin = network - Ethernet.SIZE;
        Ethernet.write(data, begin, to.mac(), from.mac(), v4 ? EtherType.IPV4 : EtherType.IPV6);
        if (v4) {
            Ipv4.write(
                    data,
                    network,
                    trafficClass,
                    Ipv4.SIZE + Udp.SIZE + payload,
                    0,
                    Ipv4.DONT_FRAGMENT,
                    TTL,
                    IpProtocol.UDP,
                    (int) from.address().low(),
                    (int) to.address().low());
        } else {
            Ipv6.write(
                    data,
                    network,
                    trafficClass,
                    hash,
                    Udp.SIZE + payload,
                    IpProtocol.UDP,
                    TTL,
                    from.address().high(),
                    from.address().low(),
                    to.address().high(),
                    to.address().low());
        }
        return begin;
    }

    /** A number of the flow of an inner packet: CRC-32 over addresses, protocol and ports; the gateway's program computes the same. */
    int flowHash(MemorySegment packet, long network, int family, int protocol, int sourcePort, int destinationPort) {
        int octets = family == 4 ? 8 : 32;
        MemorySegment.copy(
                packet, java.lang.foreign.ValueLayout.JAVA_BYTE, network + (family == 4 ? 12 : 8), hashed, 0, octets);
        hashed[octets] = (byte) protocol;
        hashed[octets + 1] = (byte) (sourcePort >>> 8);
        hashed[octets + 2] = (byte) sourcePort;
        hashed[octets + 3] = (byte) (destinationPort >>> 8);
        hashed[octets + 4] = (byte) destinationPort;
        crc.reset();
        crc.update(hashed, 0, octets + 5);
        return (int) crc.getValue();
    }
}
