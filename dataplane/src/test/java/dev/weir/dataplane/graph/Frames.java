package dev.weir.dataplane.graph;

import java.nio.ByteBuffer;

/** Builds frames for tests, from the inside out: each method wraps what it is given in one more header. */
public final class Frames {
    public static final int TCP = 6, UDP = 17, ICMP = 1, ICMPV6 = 58;
    public static final int FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10;
    public static final int MORE_FRAGMENTS = 0x2000;

    private static final int IPV6_FRAGMENT = 44;

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

    public static byte[] icmpEcho(int type, int identifier) {
        return ByteBuffer.allocate(8)
                .put((byte) type)
                .put((byte) 0)
                .putShort((short) 0)
                .putShort((short) identifier)
                .putShort((short) 0)
                .array();
    }

    public static byte[] ipv4(int source, int destination, int protocol, byte[] payload) {
        return ipv4(source, destination, protocol, 0, 0, payload);
    }

    /** {@code fragment} is the header's flags and offset, in units of 8 octets. */
    public static byte[] ipv4(int source, int destination, int protocol, int id, int fragment, byte[] payload) {
        return ByteBuffer.allocate(20 + payload.length)
                .putShort((short) 0x4500)
                .putShort((short) (20 + payload.length))
                .putShort((short) id)
                .putShort((short) fragment)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .putInt(source)
                .putInt(destination)
                .put(payload)
                .array();
    }

    /** Addresses are {@code 2001:db8::} and these last 64 bits. */
    public static byte[] ipv6(long source, long destination, int protocol, byte[] payload) {
        return ByteBuffer.allocate(40 + payload.length)
                .putInt(0x6000_0000)
                .putShort((short) payload.length)
                .put((byte) protocol)
                .put((byte) 64)
                .putLong(0x2001_0db8_0000_0000L)
                .putLong(source)
                .putLong(0x2001_0db8_0000_0000L)
                .putLong(destination)
                .put(payload)
                .array();
    }

    public static byte[] ipv6Fragment(
            long source, long destination, int protocol, int id, int offset, boolean more, byte[] payload) {
        byte[] fragment = ByteBuffer.allocate(8 + payload.length)
                .put((byte) protocol)
                .put((byte) 0)
                .putShort((short) (offset | (more ? 1 : 0)))
                .putInt(id)
                .put(payload)
                .array();
        return ipv6(source, destination, IPV6_FRAGMENT, fragment);
    }

    /** The type is that of the IP version of {@code packet}. */
    public static byte[] ethernet(byte[] packet) {
        return ethernet(typeOf(packet), packet);
    }

    public static byte[] ethernet(int type, byte[] payload) {
        return ByteBuffer.allocate(14 + payload.length)
                .putLong(0x0200_0000_0002_0200L)
                .putInt(1)
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

    public static int typeOf(byte[] packet) {
        return packet[0] >>> 4 == 4 ? 0x0800 : 0x86DD;
    }
}
