package dev.weir.wire.linux;

import dev.weir.packet.Checksums;
import dev.weir.packet.Headers;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketParser;
import dev.weir.packet.SctpChecksum;
import dev.weir.packet.Tcp;
import dev.weir.packet.TunnelMode;
import dev.weir.packet.Udp;
import java.lang.foreign.MemorySegment;

/**
 * Finishes checksums that a sender on this machine left to an interface that has no wire. Nothing beside such a packet
 * says so; its field does: in TCP and UDP it holds the folded sum of the pseudo header, in SCTP 0. One packet in 65,536 with
 * a finished checksum looks the same, and keeps it, as the checksum that is then computed is the one that it had.
 *
 * <p>Not seen: fragments, which the kernel finishes itself, and what lies inside tunnels. One a worker; allocates nothing.
 */
final class UnfinishedChecksums {
    private static final int SCTP_SIZE = 12;

    private final PacketParser parser = new PacketParser(TunnelMode.OUTER);
    private final Headers headers = new Headers();
    private final SctpChecksum sctp = new SctpChecksum();

    /** @return whether the frame of {@code length} octets at {@code at} had one that was finished now */
    boolean finish(MemorySegment data, long at, int length) {
        Headers h = headers;
        parser.parse(data, at, length, length, LinkType.ETHERNET, h);
        if (h.transport < 0 || h.fragment != Headers.WHOLE) return false;
        int octets = h.network + h.ipBytes - h.transport;
        if (octets > length - h.transport) return false;
        return switch (h.protocol) {
            case IpProtocol.TCP -> octets >= Tcp.SIZE && tcp(data, at + h.network, at + h.transport, octets);
            case IpProtocol.UDP -> octets >= Udp.SIZE && udp(data, at + h.network, at + h.transport, octets);
            case IpProtocol.SCTP -> octets >= SCTP_SIZE && sctp.fillIfEmpty(data, at + h.transport, octets);
            default -> false;
        };
    }

    private static boolean tcp(MemorySegment data, long network, long at, int octets) {
        if (Tcp.checksum(data, at) != Checksums.pseudoHeader(data, network, octets, IpProtocol.TCP)) return false;
        Tcp.fillChecksum(data, network, at, octets);
        return true;
    }

    private static boolean udp(MemorySegment data, long network, long at, int octets) {
        boolean unfinished = Udp.length(data, at) == octets
                && Udp.checksum(data, at) == Checksums.pseudoHeader(data, network, octets, IpProtocol.UDP);
        if (unfinished) Udp.fillChecksum(data, network, at);
        return unfinished;
    }
}
