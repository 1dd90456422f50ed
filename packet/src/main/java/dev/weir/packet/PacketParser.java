package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * From the bytes of a packet to its {@link Headers}: link layer, tags and labels, IP with its extension headers, transport,
 * and in {@link TunnelMode#INNER} the tunnels between. One a worker; it holds the place where it is in the packet.
 *
 * <p>Nothing in the bytes is believed before it was compared with what was captured and with what was on the wire, so any
 * bytes give a code and never an exception. Only what the caller says is trusted: that {@code captured} bytes are at
 * {@code at}. Parsing allocates nothing.
 *
 * <p>An IP header with the right version, lengths that do not contradict each other and both addresses captured makes a
 * key, whatever is wrong after it; {@link Headers#status} tells what. Checksums are not verified. IP fragments are not reassembled, and a
 * tunnel within fragments is not entered, so that all fragments of a packet have the same addresses.
 */
public final class PacketParser {
    private static final int MAX_TUNNELS = 8;

    private final boolean inner;
    private final Cursor cursor = new Cursor();

    /** A parser that makes keys of the headers that {@code tunnels} says. */
    public PacketParser(TunnelMode tunnels) {
        inner = tunnels == TunnelMode.INNER;
    }

    /**
     * Parses one packet and fills every field of {@code out}.
     *
     * @param data the memory that the packet is in
     * @param at where its first byte is
     * @param captured how many of its bytes are there
     * @param length how many it had on the wire
     * @param link a {@link LinkType}, what it begins with
     * @return {@link Headers#status}
     */
    public int parse(MemorySegment data, long at, int captured, int length, int link, Headers out) {
        begin(out);
        int here = Math.max(captured, 0);
        int end = Math.max(here, length);
        boolean plain = link == LinkType.ETHERNET
                && here >= Ethernet.SIZE + Ipv4.SIZE
                && Bytes.u16(data, at + Ethernet.TYPE) == EtherType.IPV4;
        if (plain && !inner) {
            ipv4(data, at, Ethernet.SIZE, here, end, out);
        } else {
            walkFrom(link, data, at, here, end, out);
        }
        if (out.family == 0) {
            noKey(out);
        }
        return out.status;
    }

    private static void begin(Headers out) {
        out.status = Malformed.NONE;
        out.family = 0;
        out.vlans = 0;
        out.vlan = 0;
        out.innerVlan = 0;
        out.vni = -1;
        out.tunnels = 0;
    }

    private static void noKey(Headers out) {
        out.network = -1;
        out.protocol = 0;
        out.ipBytes = 0;
        out.fragmentId = 0;
        key(out, Headers.WHOLE);
    }

    /** Fills what a transport header may then say. */
    private static void key(Headers out, int fragment) {
        out.fragment = fragment;
        out.transport = -1;
        out.payloadBytes = -1;
        out.sourcePort = 0;
        out.destinationPort = 0;
        out.tcpFlags = -1;
        out.icmpError = false;
        out.quoted = -1;
    }

    private void walkFrom(int link, MemorySegment data, long at, int captured, int end, Headers out) {
        Cursor c = cursor;
        c.begin(data, at, captured, end);
        LinkLayer.enter(c, link);
        walk(c, out);
        if (inner) {
            enterTunnels(c, out);
        }
    }

    /** From where the cursor is to the next IP header, and over that to the transport header. */
    private void walk(Cursor c, Headers out) {
        while (c.type != EtherType.OTHER) {
            switch (c.type) {
                case EtherType.IPV4 -> ipv4(c, out);
                case EtherType.IPV6 -> ipv6(c, out);
                case EtherType.VLAN, EtherType.SERVICE_VLAN, EtherType.OLD_SERVICE_VLAN -> vlan(c, out);
                default -> Encapsulation.step(c);
            }
            if (c.fault != Malformed.NONE) {
                fault(out, c.fault);
                c.fault = Malformed.NONE;
            }
        }
        if (c.fault != Malformed.NONE) {
            fault(out, c.fault);
            c.fault = Malformed.NONE;
        }
    }

    private void enterTunnels(Cursor c, Headers out) {
        while (out.family != 0 && out.transport >= 0 && out.fragment == Headers.WHOLE) {
            int network = out.network;
            c.at = out.transport;
            c.end = network + out.ipBytes;
            if (!Tunnels.enter(c, out)) {
                return;
            }
            if (out.tunnels == MAX_TUNNELS) {
                fault(out, Malformed.NESTED_TOO_DEEP);
                return;
            }
            int vlans = out.vlans;
            int vlan = out.vlan;
            int innerVlan = out.innerVlan;
            walk(c, out);
            if (out.network == network) {
                out.vlans = vlans;
                out.vlan = vlan;
                out.innerVlan = innerVlan;
                return;
            }
            out.tunnels++;
        }
    }

    private static void fault(Headers out, int code) {
        if (out.status == Malformed.NONE) {
            out.status = code;
        }
    }

    private static void vlan(Cursor c, Headers out) {
        if (!c.has(Vlan.SIZE, Malformed.TRUNCATED_VLAN)) {
            return;
        }
        int id = c.u16(Vlan.TAG) & Vlan.ID_MASK;
        if (out.vlans == 0) {
            out.vlan = id;
        } else if (out.vlans == 1) {
            out.innerVlan = id;
        }
        out.vlans++;
        Encapsulation.typeOrLength(c, Vlan.SIZE, c.u16(Vlan.TYPE));
    }

    private void ipv4(Cursor c, Headers out) {
        c.type = EtherType.OTHER;
        if (c.has(Ipv4.SIZE, Malformed.TRUNCATED_IPV4)) {
            ipv4(c.data, c.base, c.at, c.captured, c.end, out);
        }
    }

    private void ipv4(MemorySegment data, long base, int network, int captured, int end, Headers out) {
        long at = base + network;
        long start = Ipv4.start(data, at);
        int headerBytes = (int) (start >>> 54) & 0x3C;
        if (start >>> 60 != 4) {
            fault(out, Malformed.BAD_IP_VERSION);
            return;
        }
        if (headerBytes < Ipv4.SIZE) {
            fault(out, Malformed.BAD_IP_HEADER_LENGTH);
            return;
        }
        int wireBytes = end - network;
        int ipBytes = (int) (start >>> 32) & 0xFFFF;
        if (ipBytes < headerBytes || ipBytes > wireBytes) {
            if (ipBytes < headerBytes && ipBytes != 0) {
                fault(out, Malformed.BAD_TOTAL_LENGTH);
                return;
            }
            impossibleLength(ipBytes, headerBytes, wireBytes, out);
            ipBytes = wireBytes;
        }
        int fragment = (int) start & 0xFFFF;
        int protocol = Ipv4.protocol(data, at);
        out.family = 4;
        out.network = network;
        out.protocol = protocol;
        out.ipBytes = ipBytes;
        out.fragmentId = (int) (start >>> 16) & 0xFFFF;
        key(out, Headers.WHOLE);
        if ((fragment & (Ipv4.MORE_FRAGMENTS | Ipv4.OFFSET_MASK)) != 0) {
            out.fragment = fragmentOf(fragment & Ipv4.OFFSET_MASK, ipBytes - headerBytes, 0xFFFF - headerBytes, out);
        }
        if (out.fragment != Headers.LATER_FRAGMENT) {
            Transport.parse(data, base, network + headerBytes, captured, network + ipBytes, protocol, out);
        }
    }

    /** A total length of 0 is no fault: packets have it that the sender's network card was to segment. */
    private static void impossibleLength(int ipBytes, int headerBytes, int wireBytes, Headers out) {
        if (headerBytes > wireBytes) {
            fault(out, Malformed.BAD_IP_HEADER_LENGTH);
        } else if (ipBytes != 0) {
            fault(out, Malformed.BAD_TOTAL_LENGTH);
        }
    }

    /** Which fragment one at this offset (in units of 8 octets) is; its end must not pass what one packet can hold. */
    private static int fragmentOf(int offset, int payloadBytes, int limitBytes, Headers out) {
        if ((offset << 3) + payloadBytes > limitBytes) {
            fault(out, Malformed.BAD_FRAGMENT);
        }
        return offset == 0 ? Headers.FIRST_FRAGMENT : Headers.LATER_FRAGMENT;
    }

    private void ipv6(Cursor c, Headers out) {
        c.type = EtherType.OTHER;
        if (!c.has(Ipv6.SIZE, Malformed.TRUNCATED_IPV6)) {
            return;
        }
        if (c.u8(0) >>> 4 != 6) {
            fault(out, Malformed.BAD_IP_VERSION);
            return;
        }
        int network = c.at;
        int wireBytes = c.end - network;
        int payloadLength = c.u16(Ipv6.PAYLOAD_LENGTH);
        int next = c.u8(Ipv6.NEXT_HEADER);
        int ipBytes = Ipv6.SIZE + payloadLength;
        if (payloadLength == 0) {
            ipBytes = Ipv6Extensions.jumboBytes(c, next, out);
        }
        if (ipBytes > wireBytes) {
            fault(out, Malformed.BAD_TOTAL_LENGTH);
            ipBytes = wireBytes;
        }
        out.family = 6;
        out.network = network;
        out.ipBytes = ipBytes;
        out.fragmentId = 0;
        key(out, Headers.WHOLE);
        c.end = network + ipBytes;
        c.at += Ipv6.SIZE;
        Ipv6Extensions.walk(c, next, out);
        if (c.fault == Malformed.NONE && out.fragment != Headers.LATER_FRAGMENT) {
            Transport.parse(c.data, c.base, c.at, c.captured, c.end, out.protocol, out);
        }
    }
}
