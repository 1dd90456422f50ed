package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * Gives a packet another source or destination, in place, and keeps all its checksums true. One a worker: point it at a
 * packet with {@link #at}, then call {@link #source} and {@link #destination}. Allocates nothing. No bytes make it fail:
 * what was not captured is not written, and a checksum that was wrong stays wrong by the same amount.
 *
 * <p>Checksums are updated by what changed (RFC 1624 equation 3), so the cost does not grow with the packet; but SCTP's
 * CRC32c, which covers ports only, is computed anew. A UDP datagram without checksum keeps none. One that is unfinished
 * ({@link Offload#needsChecksum}) holds the folded sum of the pseudo header, which is updated instead. In a first
 * fragment the checksum is that of the whole, and is updated likewise; a later fragment has only addresses.
 *
 * <p>An echo message has its identifier for a port. In an ICMP error the packet that is quoted goes the other way, so its
 * <em>destination</em> becomes what the error's source becomes, port included, and its source what the error's
 * destination becomes (RFC 5508 section 4); its own checksums, those that are quoted, are updated too.
 *
 * <p>Not done: an IPv6 routing header that has segments left, whose last one, not the destination, is in the pseudo header.
 */
public final class Rewrite {
    /** A port that stays as it is. */
    public static final int KEEP_PORT = -1;

    private final SctpChecksum sctp = new SctpChecksum();
    private final PacketParser parser = new PacketParser(TunnelMode.OUTER);
    private final Headers headers = new Headers();

    private MemorySegment data = MemorySegment.NULL;
    private long base;
    private int captured, network, transport, protocol, quoted;
    private boolean v4, unfinished;

    /** One's complement sum of the differences that were written, not folded. */
    private long changed;

    /**
     * Points it at packet {@code i} of a vector, whose headers are where a parser found them.
     *
     * @param network offset of the IP header, in octets from the first of the frame; both addresses are captured
     * @param transport offset of the transport header, at most 0 where the packet shows none
     * @param protocol IP protocol of the transport header
     * @param quoted offset of the IP header that an ICMP error quotes, at most 0 where there is none
     */
    public Rewrite at(PacketVector packets, int i, int network, int transport, int protocol, int quoted) {
        data = packets.data;
        base = packets.offset[i];
        captured = packets.captured[i];
        this.network = network;
        this.transport = Math.max(0, transport);
        this.protocol = protocol;
        this.quoted = Math.max(0, quoted);
        long offload = packets.offload.length == 0 ? 0 : packets.offload[i];
        unfinished = Offload.needsChecksum(offload) && transport > 0 && Offload.checksumStart(offload) == transport;
        v4 = Bytes.u8(data, base + network) >>> 4 == 4;
        return this;
    }

    /**
     * Sets the source.
     *
     * @param high the upper half of an IPv6 address
     * @param low its lower half, or the IPv4 address in the lower 32 bits
     * @param port 0..65535, or {@link #KEEP_PORT}; for what has no ports it is ignored
     * @return false where that cannot be done, and nothing was: another port in a fragment of an SCTP packet, or in one
     *     that was not captured whole, whose CRC32c cannot be computed
     */
    public boolean source(long high, long low, int port) {
        return end(true, high, low, port);
    }

    /** Sets the destination; all as {@link #source} has it. */
    public boolean destination(long high, long low, int port) {
        return end(false, high, low, port);
    }

    private boolean end(boolean source, long high, long low, int port) {
        if (protocol == IpProtocol.SCTP && !changesSctp(source, port)) {
            return false;
        }
        changed = 0;
        address(base + network, v4, source, high, low);
        long pseudo = changed;
        if (quoted > 0) {
            quotation(source, high, low, port, pseudo);
        } else if (transport > 0) {
            transport(base + transport, captured - transport, protocol, source, port, pseudo, unfinished);
            if (protocol == IpProtocol.SCTP && port != KEEP_PORT && !unfinished) {
                sctp.fill(data, base + transport, sctpBytes());
            }
        }
        return true;
    }

    /** Writes an address and the checksum of an IPv4 header; leaves in {@link #changed} what the pseudo header changes by. */
    private void address(long at, boolean v4, boolean source, long high, long low) {
        if (!v4) {
            long field = at + (source ? Ipv6.SOURCE : Ipv6.DESTINATION);
            put64(field, high);
            put64(field + 8, low);
            return;
        }
        put32(at + (source ? Ipv4.SOURCE : Ipv4.DESTINATION), (int) low);
        Bytes.put16(data, at + Ipv4.CHECKSUM, updated(Ipv4.checksum(data, at), changed));
    }

    /**
     * Writes the port and the checksum of a transport header of which {@code here} octets were captured; {@code pseudo} is
     * what the pseudo header changed by.
     */
    private void transport(long at, int here, int protocol, boolean source, int port, long pseudo, boolean unfinished) {
        long before = changed;
        int portAt = portOffset(at, here, protocol, source);
        if (portAt >= 0 && port != KEEP_PORT) {
            put16(at + portAt, port);
        }
        int checksumAt = checksumOffset(protocol);
        if (checksumAt < 0 || here < checksumAt + 2) {
            return;
        }
        long covered = protocol == IpProtocol.ICMP ? 0 : pseudo;
        int checksum = Bytes.u16(data, at + checksumAt);
        if (unfinished) {
            put16(at + checksumAt, ~Checksums.fold(checksum + covered) & 0xFFFF);
            return;
        }
        boolean datagram = protocol == IpProtocol.UDP || protocol == IpProtocol.UDP_LITE;
        if (protocol == IpProtocol.UDP && checksum == 0) {
            return;
        }
        int after = updated(checksum, covered + changed - before);
        put16(at + checksumAt, datagram ? Checksums.udpField(after) : after);
    }

    /** Where from {@code at} the port is, or an echo's identifier; -1 where there is none, or it was not captured. */
    private int portOffset(long at, int here, int protocol, boolean source) {
        return switch (protocol) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.UDP_LITE, IpProtocol.SCTP, IpProtocol.DCCP ->
                here < 4 ? -1 : source ? 0 : 2;
            case IpProtocol.ICMP -> here >= Icmp.SIZE && Icmp.isEcho(Icmp.type(data, at)) ? Icmp.REST : -1;
            case IpProtocol.ICMPV6 -> here >= Icmp.SIZE && Icmp.isEchoV6(Icmp.type(data, at)) ? Icmp.REST : -1;
            default -> -1;
        };
    }

    /** Where in a header the checksum is that this updates; -1 for none. */
    private static int checksumOffset(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> Tcp.CHECKSUM;
            case IpProtocol.UDP, IpProtocol.UDP_LITE, IpProtocol.DCCP -> Udp.CHECKSUM;
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> Icmp.CHECKSUM;
            default -> -1;
        };
    }

    /** The other end of the quoted packet, then the checksum of the message that quotes it. */
    private void quotation(boolean source, long high, long low, int port, long pseudo) {
        long at = base + quoted;
        int here = captured - quoted;
        parser.parse(data, at, here, Math.max(here, 0xFFFF), LinkType.RAW, headers);
        changed = 0;
        if (headers.family == (v4 ? 4 : 6)) {
            int headerSum = v4 ? Ipv4.checksum(data, at) : 0;
            address(at, v4, !source, high, low);
            long inner = changed;
            if (v4) {
                changed += difference(headerSum, Ipv4.checksum(data, at));
            }
            if (headers.transport > 0) {
                int t = headers.transport;
                transport(at + t, here - t, headers.protocol, !source, port, inner, false);
            }
        }
        long message = base + transport;
        if (captured - transport < Icmp.SIZE) {
            return;
        }
        int checksum = Icmp.checksum(data, message);
        if (unfinished) {
            Bytes.put16(data, message + Icmp.CHECKSUM, ~Checksums.fold(checksum + pseudo) & 0xFFFF);
        } else {
            long covered = protocol == IpProtocol.ICMPV6 ? pseudo : 0;
            Bytes.put16(data, message + Icmp.CHECKSUM, updated(checksum, covered + changed));
        }
    }

    /** Whether an SCTP packet can have this port: it has it, or its CRC32c can be computed or is for others to finish. */
    private boolean changesSctp(boolean source, int port) {
        if (port == KEEP_PORT || transport == 0 || unfinished) {
            return true;
        }
        long at = base + transport;
        if (captured - transport >= 4 && Bytes.u16(data, at + (source ? 0 : 2)) == port) {
            return true;
        }
        parser.parse(data, base + network, captured - network, captured - network, LinkType.RAW, headers);
        return headers.family != 0
                && headers.fragment == Headers.WHOLE
                && headers.status == Malformed.NONE
                && sctpBytes() >= SCTP_SIZE;
    }

    private static final int SCTP_SIZE = 12;

    /** Octets of the SCTP packet, without the link's padding. */
    private int sctpBytes() {
        long at = base + network;
        int ip = v4 ? Ipv4.totalLength(data, at) : Ipv6.SIZE + Ipv6.payloadLength(data, at);
        boolean unstated = ip == (v4 ? 0 : Ipv6.SIZE);
        return Math.min(unstated ? captured : network + ip, captured) - transport;
    }

    private void put16(long at, int value) {
        changed += difference(Bytes.u16(data, at), value);
        Bytes.put16(data, at, value);
    }

    private void put32(long at, int value) {
        changed += (~Bytes.i32(data, at) & 0xFFFF_FFFFL) + (value & 0xFFFF_FFFFL);
        Bytes.put32(data, at, value);
    }

    private void put64(long at, long value) {
        put32(at, (int) (value >>> 32));
        put32(at + 4, (int) value);
    }

    private static long difference(int before, int after) {
        return (long) (~before & 0xFFFF) + (after & 0xFFFF);
    }

    private static int updated(int checksum, long change) {
        return Checksums.fold((~checksum & 0xFFFF) + change);
    }
}
