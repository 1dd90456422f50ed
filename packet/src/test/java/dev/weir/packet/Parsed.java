package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/** Parses packets given in hex, and tells what was found in one line of text. */
final class Parsed {
    private Parsed() {}

    /** The bytes of hex digits; blanks, line ends, and what stands in parentheses are for the reader. */
    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replaceAll("\\([^)]*\\)|\\s", ""));
    }

    static Headers outer(int link, byte[] packet) {
        return parse(TunnelMode.OUTER, link, packet, packet.length);
    }

    static Headers inner(int link, byte[] packet) {
        return parse(TunnelMode.INNER, link, packet, packet.length);
    }

    /** Parses the packet in a segment that ends where it ends, so that a load too far throws. */
    static Headers parse(TunnelMode mode, int link, byte[] captured, int length) {
        Headers headers = new Headers();
        MemorySegment data = MemorySegment.ofArray(captured);
        int status = new PacketParser(mode).parse(data, 0, captured.length, length, link, headers);
        assertThat(status).isEqualTo(headers.status);
        assertSound(captured, length, headers);
        return headers;
    }

    /** {@code protocol source:port > destination:port}, then IP octets, payload octets and status; without a key only the status. */
    static String text(byte[] packet, Headers h) {
        if (h.family == 0) {
            return "no key, " + Malformed.name(h.status);
        }
        MemorySegment data = MemorySegment.ofArray(packet);
        int source = h.network + (h.family == 4 ? Ipv4.SOURCE : Ipv6.SOURCE);
        int destination = h.network + (h.family == 4 ? Ipv4.DESTINATION : Ipv6.DESTINATION);
        return "%d %s:%d > %s:%d, ip %d, payload %d, %s"
                .formatted(
                        h.protocol,
                        Addresses.text(data, source, h.family),
                        h.sourcePort,
                        Addresses.text(data, destination, h.family),
                        h.destinationPort,
                        h.ipBytes,
                        h.payloadBytes,
                        Malformed.name(h.status));
    }

    /** What holds of the headers of any bytes whatever. */
    static void assertSound(byte[] captured, int length, Headers h) {
        check(h.status >= 0 && h.status < Malformed.COUNT, "status", h.status);
        check(h.family == 0 || h.family == 4 || h.family == 6, "family", h.family);
        check(h.protocol >= 0 && h.protocol <= 255, "protocol", h.protocol);
        check(h.sourcePort >= 0 && h.sourcePort <= 0xFFFF, "sourcePort", h.sourcePort);
        check(h.destinationPort >= 0 && h.destinationPort <= 0xFFFF, "destinationPort", h.destinationPort);
        check(h.tcpFlags >= -1 && h.tcpFlags <= 255, "tcpFlags", h.tcpFlags);
        check(h.transport >= -1 && h.transport < Math.max(captured.length, 0), "transport", h.transport);
        check(h.vlan >= 0 && h.vlan <= Vlan.ID_MASK, "vlan", h.vlan);
        check(h.innerVlan >= 0 && h.innerVlan <= Vlan.ID_MASK, "innerVlan", h.innerVlan);
        check(h.vlans >= 0 && h.vlans * Vlan.SIZE <= captured.length, "vlans", h.vlans);
        check(h.vni >= -1 && h.vni <= 0xFFFFFF, "vni", h.vni);
        check(h.tunnels >= 0 && h.tunnels <= 8, "tunnels", h.tunnels);
        check(h.quoted == -1 || h.icmpError, "quoted", h.quoted);
        if (h.family == 0) {
            check(h.network == -1, "network", h.network);
            check(h.transport == -1 && h.ipBytes == 0 && h.protocol == 0, "transport", h.transport);
            return;
        }
        int headerBytes = h.family == 4 ? Ipv4.SIZE : Ipv6.SIZE;
        check(h.network >= 0 && h.network + headerBytes <= captured.length, "network", h.network);
        check(captured[h.network] >>> 4 == h.family, "version", captured[h.network]);
        int wire = Math.max(length, captured.length);
        check(h.ipBytes >= headerBytes && h.ipBytes <= wire - h.network, "ipBytes", h.ipBytes);
        check(h.transport == -1 || h.transport >= h.network + headerBytes, "transport", h.transport);
        check(h.payloadBytes >= -1 && h.payloadBytes <= h.ipBytes - headerBytes, "payloadBytes", h.payloadBytes);
        check(h.fragment != Headers.LATER_FRAGMENT || h.transport == -1, "transport of a later fragment", h.transport);
        if (h.quoted >= 0) {
            int quotedBytes = h.protocol == IpProtocol.ICMP ? Ipv4.SIZE : Ipv6.SIZE;
            check(h.quoted + quotedBytes <= captured.length, "quoted", h.quoted);
        }
    }

    private static void check(boolean holds, String what, int value) {
        if (!holds) {
            throw new AssertionError(what + "=" + value);
        }
    }
}
