package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * What a transport header adds to {@link Headers}: ports or identifier, flags, payload, and the quotation of an ICMP error.
 * Stateless; allocates nothing.
 *
 * <p>Everywhere {@code at} is where the header begins in {@code data}, {@code here} how many octets from there were
 * captured, and {@code wire} how many the IP packet had. Layouts: RFC 9293 (TCP), 768 (UDP), 3828 (UDP-Lite), 9260
 * (SCTP), 4340 (DCCP), 792 (ICMP), 4443 (ICMPv6).
 */
final class Transport {
    private static final int PORTS_SIZE = 4, SCTP_SIZE = 12, DCCP_SIZE = 12, DCCP_DATA_OFFSET = 4;

    private Transport() {}

    /** Reads the header at {@code offset} from {@code base} of an IP packet that ended at {@code end} on the wire. */
    static void parse(MemorySegment data, long base, int offset, int captured, int end, int protocol, Headers out) {
        long at = base + offset;
        int wire = end - offset;
        int here = Math.min(captured - offset, wire);
        if (here > 0) {
            out.transport = offset;
        }
        if (protocol == IpProtocol.TCP) {
            tcp(data, at, here, wire, out);
        } else if (protocol == IpProtocol.UDP) {
            udp(data, at, here, wire, out);
        } else {
            other(data, at, here, wire, protocol, out);
        }
    }

    private static void other(MemorySegment data, long at, int here, int wire, int protocol, Headers out) {
        switch (protocol) {
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> icmp(data, at, here, wire, protocol, out);
            case IpProtocol.SCTP -> {
                if (ports(data, at, here, wire, SCTP_SIZE, Malformed.TRUNCATED_SCTP, out)) {
                    out.payloadBytes = wire - SCTP_SIZE;
                }
            }
            case IpProtocol.DCCP -> dccp(data, at, here, wire, out);
            case IpProtocol.UDP_LITE -> udpLite(data, at, here, wire, out);
            case IpProtocol.NO_NEXT_HEADER -> out.transport = -1;
            default -> {}
        }
    }

    /** Takes the ports if they are here. Whether the whole header of {@code size} was on the wire. */
    private static boolean ports(
            MemorySegment data, long at, int here, int wire, int size, int truncated, Headers out) {
        if (here >= PORTS_SIZE) {
            int both = Bytes.i32(data, at);
            out.sourcePort = both >>> 16;
            out.destinationPort = both & 0xFFFF;
        }
        if (wire < size) {
            fault(out, truncated);
            return false;
        }
        if (here < PORTS_SIZE) {
            fault(out, Malformed.NOT_CAPTURED);
        }
        return true;
    }

    private static void tcp(MemorySegment data, long at, int here, int wire, Headers out) {
        boolean whole = ports(data, at, here, wire, Tcp.SIZE, Malformed.TRUNCATED_TCP, out);
        if (here <= Tcp.FLAGS_AT) {
            return;
        }
        int offsetAndFlags = Bytes.u16(data, at + Tcp.DATA_OFFSET);
        int headerBytes = (offsetAndFlags >>> 12) << 2;
        out.tcpFlags = offsetAndFlags & 0xFF;
        if (headerBytes < Tcp.SIZE || headerBytes > wire) {
            fault(out, Malformed.BAD_TCP_HEADER_LENGTH);
        } else if (whole) {
            out.payloadBytes = wire - headerBytes;
        }
    }

    private static void udp(MemorySegment data, long at, int here, int wire, Headers out) {
        if (!ports(data, at, here, wire, Udp.SIZE, Malformed.TRUNCATED_UDP, out)) {
            return;
        }
        out.payloadBytes = wire - Udp.SIZE;
        if (here < Udp.CHECKSUM) {
            return;
        }
        int length = Udp.length(data, at);
        if (length < Udp.SIZE || length > wire) {
            udpLength(length, wire, out);
        }
        if (Tunnels.isOverlay(out.destinationPort)) {
            int vni = Tunnels.networkIdentifier(data, at + Udp.SIZE, here - Udp.SIZE, out.destinationPort);
            out.vni = vni < 0 ? out.vni : vni;
        }
    }

    /** A first fragment has less than the length says; a jumbogram says 0, since its length has no room (RFC 2675). */
    private static void udpLength(int length, int wire, Headers out) {
        boolean firstOfMore = length >= Udp.SIZE && out.fragment == Headers.FIRST_FRAGMENT;
        boolean jumbo = length == 0 && wire > 0xFFFF;
        if (!firstOfMore && !jumbo) {
            fault(out, Malformed.BAD_UDP_LENGTH);
        }
    }

    private static void udpLite(MemorySegment data, long at, int here, int wire, Headers out) {
        if (!ports(data, at, here, wire, Udp.SIZE, Malformed.TRUNCATED_UDP_LITE, out)) {
            return;
        }
        out.payloadBytes = wire - Udp.SIZE;
        if (here < Udp.CHECKSUM) {
            return;
        }
        int coverage = Udp.length(data, at);
        boolean impossible = coverage != 0 && coverage < Udp.SIZE;
        boolean tooLong = coverage > wire && out.fragment == Headers.WHOLE;
        if (impossible || tooLong) {
            fault(out, Malformed.BAD_UDP_LITE_COVERAGE);
        }
    }

    private static void dccp(MemorySegment data, long at, int here, int wire, Headers out) {
        boolean whole = ports(data, at, here, wire, DCCP_SIZE, Malformed.TRUNCATED_DCCP, out);
        if (!whole || here <= DCCP_DATA_OFFSET) {
            return;
        }
        int headerBytes = Bytes.u8(data, at + DCCP_DATA_OFFSET) << 2;
        if (headerBytes < DCCP_SIZE || headerBytes > wire) {
            fault(out, Malformed.BAD_DCCP_HEADER_LENGTH);
        } else {
            out.payloadBytes = wire - headerBytes;
        }
    }

    private static void icmp(MemorySegment data, long at, int here, int wire, int protocol, Headers out) {
        if (wire < Icmp.SIZE) {
            fault(out, Malformed.TRUNCATED_ICMP);
        } else {
            out.payloadBytes = wire - Icmp.SIZE;
        }
        if (here <= Icmp.TYPE) {
            fault(out, Malformed.NOT_CAPTURED);
            return;
        }
        int type = Bytes.u8(data, at + Icmp.TYPE);
        boolean v4 = protocol == IpProtocol.ICMP;
        if (v4 ? Icmp.isEcho(type) : Icmp.isEchoV6(type)) {
            echo(data, at, here, out);
        } else if (v4 ? Icmp.quotes(type) : Icmp.quotesV6(type)) {
            out.icmpError = true;
            if (isUsable(data, at + Icmp.SIZE, here - Icmp.SIZE, v4)) {
                out.quoted = out.transport + Icmp.SIZE;
            }
        }
    }

    private static void echo(MemorySegment data, long at, int here, Headers out) {
        if (here >= Icmp.REST + 2) {
            out.sourcePort = Bytes.u16(data, at + Icmp.REST);
            out.destinationPort = out.sourcePort;
        } else {
            fault(out, Malformed.NOT_CAPTURED);
        }
    }

    /** Whether a quoted IP header has its version and both addresses. */
    private static boolean isUsable(MemorySegment data, long at, int here, boolean v4) {
        if (here < (v4 ? Ipv4.SIZE : Ipv6.SIZE)) {
            return false;
        }
        int first = Bytes.u8(data, at);
        return v4 ? first >= 0x45 && first <= 0x4F : first >>> 4 == 6;
    }

    private static void fault(Headers out, int code) {
        if (out.status == Malformed.NONE) {
            out.status = code;
        }
    }
}
