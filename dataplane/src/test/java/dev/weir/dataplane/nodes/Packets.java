package dev.weir.dataplane.nodes;

import dev.weir.packet.Addresses;
import dev.weir.packet.Checksums;
import dev.weir.packet.Ethernet;
import dev.weir.packet.Headers;
import dev.weir.packet.Icmp;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketParser;
import dev.weir.packet.Tcp;
import dev.weir.packet.TunnelMode;
import dev.weir.packet.Udp;
import dev.weir.testing.Frames;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What tests of translating nodes ask of a frame, and make of it. */
public final class Packets {
    private Packets() {}

    /** An echo message of eight octets of data. */
    public static byte[] echo(int type, int identifier) {
        return ByteBuffer.allocate(16)
                .put((byte) type)
                .position(4)
                .putShort((short) identifier)
                .array();
    }

    /** An ICMP error about an IP packet, all of which it quotes; IPv4. */
    public static byte[] icmpError(String source, String destination, int type, int code, byte[] quoted) {
        byte[] message = ByteBuffer.allocate(8 + quoted.length)
                .put((byte) type)
                .put((byte) code)
                .position(8)
                .put(quoted)
                .array();
        return Frames.ipv4(source, destination, Frames.ICMP, 0, 0, message);
    }

    /** The IP packet in a frame. */
    public static byte[] ipOf(byte[] frame) {
        return Arrays.copyOfRange(frame, Ethernet.SIZE, frame.length);
    }

    /** {@code source:port > destination:port}, with identifiers of echo for ports. */
    public static String ends(byte[] frame) {
        Headers h = parse(frame);
        MemorySegment s = MemorySegment.ofArray(frame);
        int addresses = h.network + (h.family == 4 ? 12 : 8);
        int octets = h.family == 4 ? 4 : 16;
        return end(s, addresses, h.family, h.sourcePort)
                + " > "
                + end(s, addresses + octets, h.family, h.destinationPort);
    }

    private static String end(MemorySegment s, int at, int family, int port) {
        String address = Addresses.text(s, at, family);
        return (family == 4 ? address : "[" + address + "]") + ":" + port;
    }

    /** The frame with every checksum as it should be, that of the IPv4 header too. */
    public static byte[] withChecksums(byte[] frame) {
        byte[] out = frame.clone();
        MemorySegment s = MemorySegment.ofArray(out);
        Headers h = parse(out);
        int network = h.network, t = h.transport, length = network + h.ipBytes - t;
        if (h.family == 4) {
            ByteBuffer.wrap(out).putShort(network + 10, (short) 0);
            ByteBuffer.wrap(out).putShort(network + 10, (short) Checksums.ipv4Header(s, network));
        }
        switch (h.protocol) {
            case IpProtocol.TCP -> Tcp.fillChecksum(s, network, t, length);
            case IpProtocol.UDP -> Udp.fillChecksum(s, network, t);
            case IpProtocol.ICMP -> Icmp.fillChecksum(s, t, length);
            case IpProtocol.ICMPV6 -> Icmp.fillChecksumV6(s, network, t, length);
            default -> {}
        }
        return out;
    }

    /** What may answer a frame: addresses, ports and Ethernet addresses exchanged, echo answered, checksums right. */
    public static byte[] answer(byte[] frame) {
        byte[] out = frame.clone();
        Headers h = parse(frame);
        int addresses = h.network + (h.family == 4 ? 12 : 8), octets = h.family == 4 ? 4 : 16;
        exchange(out, 0, 6);
        exchange(out, addresses, octets);
        switch (h.protocol) {
            case IpProtocol.TCP -> {
                exchange(out, h.transport, 2);
                out[h.transport + 13] |= Frames.ACK;
            }
            case IpProtocol.UDP -> exchange(out, h.transport, 2);
            case IpProtocol.ICMP -> out[h.transport] = Icmp.ECHO_REPLY;
            case IpProtocol.ICMPV6 -> out[h.transport] = (byte) Icmp.V6_ECHO_REPLY;
            default -> {}
        }
        return withChecksums(out);
    }

    private static void exchange(byte[] frame, int at, int octets) {
        byte[] first = Arrays.copyOfRange(frame, at, at + octets);
        System.arraycopy(frame, at + octets, frame, at, octets);
        System.arraycopy(first, 0, frame, at + octets, octets);
    }

    private static Headers parse(byte[] frame) {
        var headers = new Headers();
        new PacketParser(TunnelMode.OUTER)
                .parse(MemorySegment.ofArray(frame), 0, frame.length, frame.length, LinkType.ETHERNET, headers);
        return headers;
    }
}
