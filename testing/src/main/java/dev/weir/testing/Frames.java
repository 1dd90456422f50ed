package dev.weir.testing;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Builds frames for tests, from the inside out: each method wraps what it is given in one more header. Checksums are 0.
 * Addresses are the text of either family, or, where a test counts through them, numbers.
 */
public final class Frames {
    public static final int ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58;
    public static final int FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10;
    public static final int MORE_FRAGMENTS = 0x2000;
    /** Ethernet addresses of two hosts and of all. */
    public static final long HOST_A = 0x0200_0000_000AL, HOST_B = 0x0200_0000_000BL, BROADCAST = 0xFFFF_FFFF_FFFFL;

    private static final int IPV6_FRAGMENT = 44;
    private static final long DOCUMENTATION = 0x2001_0db8_0000_0000L;

    private Frames() {}

    public static byte[] payload(int length) {
        return new byte[length];
    }

    public static byte[] tcp(int sourcePort, int destinationPort, int flags, byte[] payload) {
        return ByteBuffer.allocate(20 + payload.length)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putLong(0)
                .put((byte) 0x50)
                .put((byte) flags)
                .putShort((short) 0)
                .putInt(0)
                .put(payload)
                .array();
    }

    public static byte[] udp(int sourcePort, int destinationPort, byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putShort((short) (8 + payload.length))
                .putShort((short) 0)
                .put(payload)
                .array();
    }

    public static byte[] vxlan(int vni, byte[] frame) {
        return ByteBuffer.allocate(8 + frame.length)
                .putInt(0x0800_0000)
                .putInt(vni << 8)
                .put(frame)
                .array();
    }

    /** Addresses are the text of either family; the version follows from them. */
    public static byte[] ip(String source, String destination, int protocol, byte[] payload) {
        return source.indexOf(':') < 0
                ? ipv4(source, destination, protocol, 0, 0, payload)
                : ipv6(source, destination, protocol, payload);
    }

    /** Addresses are their 32 bits. */
    public static byte[] ipv4(int source, int destination, int protocol, byte[] payload) {
        return ipv4(source, destination, protocol, 0, 0, payload);
    }

    /** {@code fragment} is the header's flags and offset, in units of 8 octets. */
    public static byte[] ipv4(int source, int destination, int protocol, int id, int fragment, byte[] payload) {
        return ipv4(octets(source), octets(destination), protocol, id, fragment, payload);
    }

    /** {@code fragment} is the header's flags and offset, in units of 8 octets. */
    public static byte[] ipv4(String source, String destination, int protocol, int id, int fragment, byte[] payload) {
        return ipv4(octets(source), octets(destination), protocol, id, fragment, payload);
    }

    private static byte[] ipv4(byte[] source, byte[] destination, int protocol, int id, int fragment, byte[] payload) {
        return ByteBuffer.allocate(20 + payload.length)
                .putShort((short) 0x4500)
                .putShort((short) (20 + payload.length))
                .putShort((short) id)
                .putShort((short) fragment)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .put(source)
                .put(destination)
                .put(payload)
                .array();
    }

    /** Addresses are {@code 2001:db8::} and these last 64 bits. */
    public static byte[] ipv6(long source, long destination, int protocol, byte[] payload) {
        return ipv6(octets(source), octets(destination), protocol, payload);
    }

    public static byte[] ipv6(String source, String destination, int protocol, byte[] payload) {
        return ipv6(octets(source), octets(destination), protocol, payload);
    }

    private static byte[] ipv6(byte[] source, byte[] destination, int protocol, byte[] payload) {
        return ByteBuffer.allocate(40 + payload.length)
                .putInt(0x6000_0000)
                .putShort((short) payload.length)
                .put((byte) protocol)
                .put((byte) 64)
                .put(source)
                .put(destination)
                .put(payload)
                .array();
    }

    /** {@code offset} in octets, a multiple of 8; addresses are {@code 2001:db8::} and these last 64 bits. */
    public static byte[] ipv6Fragment(
            long source, long destination, int protocol, int id, int offset, boolean more, byte[] payload) {
        return ipv6(source, destination, IPV6_FRAGMENT, fragment(protocol, id, offset, more, payload));
    }

    /** {@code offset} in octets, a multiple of 8. */
    public static byte[] ipv6Fragment(
            String source, String destination, int protocol, int id, int offset, boolean more, byte[] payload) {
        return ipv6(source, destination, IPV6_FRAGMENT, fragment(protocol, id, offset, more, payload));
    }

    private static byte[] fragment(int protocol, int id, int offset, boolean more, byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .put((byte) protocol)
                .put((byte) 0)
                .putShort((short) (offset | (more ? 1 : 0)))
                .putInt(id)
                .put(payload)
                .array();
    }

    /** From host A to host B; the type is that of the IP version of {@code packet}. */
    public static byte[] ethernet(byte[] packet) {
        return ethernet(typeOf(packet), packet);
    }

    /** From host A to host B. */
    public static byte[] ethernet(int type, byte[] payload) {
        return ethernet(HOST_B, HOST_A, type, payload);
    }

    public static byte[] ethernet(long destination, long source, int type, byte[] payload) {
        return ByteBuffer.allocate(14 + payload.length)
                .putShort((short) (destination >>> 32))
                .putInt((int) destination)
                .putShort((short) (source >>> 32))
                .putInt((int) source)
                .putShort((short) type)
                .put(payload)
                .array();
    }

    /** An 802.1Q tag and what it tags: the payload of an {@link #ethernet} of type 0x8100. */
    public static byte[] tagged(int vlan, int type, byte[] payload) {
        return ByteBuffer.allocate(4 + payload.length)
                .putShort((short) vlan)
                .putShort((short) type)
                .put(payload)
                .array();
    }

    /** An ARP request, which has no flow. */
    public static byte[] arp() {
        return ethernet(BROADCAST, HOST_A, 0x0806, new byte[28]);
    }

    /** A UDP packet over IP in an Ethernet frame, {@code octets} of payload. */
    public static byte[] udpFrame(String source, int sourcePort, String destination, int destinationPort, int octets) {
        return ethernet(ip(source, destination, UDP, udp(sourcePort, destinationPort, payload(octets))));
    }

    /** A TCP segment over IP in an Ethernet frame, {@code octets} of payload. */
    public static byte[] tcpFrame(
            String source, int sourcePort, String destination, int destinationPort, int flags, int octets) {
        return ethernet(ip(source, destination, TCP, tcp(sourcePort, destinationPort, flags, payload(octets))));
    }

    /** The Ethernet type of an IP packet. */
    public static int typeOf(byte[] packet) {
        return packet[0] >>> 4 == 4 ? 0x0800 : 0x86DD;
    }

    private static byte[] octets(int address) {
        return ByteBuffer.allocate(4).putInt(address).array();
    }

    private static byte[] octets(long last) {
        return ByteBuffer.allocate(16).putLong(DOCUMENTATION).putLong(last).array();
    }

    private static byte[] octets(String address) {
        return InetAddress.ofLiteral(address).getAddress();
    }
}
