package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * UDP header (RFC 768) at an offset of a segment.
 *
 * <pre>
 * byte 0             2                  4        6          8
 *      | source port | destination port | length | checksum |
 * </pre>
 */
public final class Udp {
    static final int SOURCE_PORT = 0, DESTINATION_PORT = 2, LENGTH = 4, CHECKSUM = 6;
    /** Octets of the header. */
    public static final int SIZE = 8;

    private Udp() {}

    /** {@link Malformed#NONE}, or why {@code here} bytes at {@code at} are no usable datagram. */
    public static int check(MemorySegment s, long at, int here) {
        if (here < SIZE) {
            return Malformed.TRUNCATED_UDP;
        }
        int length = length(s, at);
        return length < SIZE || length > here ? Malformed.BAD_UDP_LENGTH : Malformed.NONE;
    }

    public static int sourcePort(MemorySegment s, long at) {
        return Bytes.u16(s, at + SOURCE_PORT);
    }

    public static int destinationPort(MemorySegment s, long at) {
        return Bytes.u16(s, at + DESTINATION_PORT);
    }

    /** Octets of the datagram, header included. */
    public static int length(MemorySegment s, long at) {
        return Bytes.u16(s, at + LENGTH);
    }

    /** 0 says that there is none. */
    public static int checksum(MemorySegment s, long at) {
        return Bytes.u16(s, at + CHECKSUM);
    }

    public static void setSourcePort(MemorySegment s, long at, int port) {
        Bytes.put16(s, at + SOURCE_PORT, port);
    }

    public static void setDestinationPort(MemorySegment s, long at, int port) {
        Bytes.put16(s, at + DESTINATION_PORT, port);
    }

    public static void setChecksum(MemorySegment s, long at, int checksum) {
        Bytes.put16(s, at + CHECKSUM, checksum);
    }

    /** Writes a header without checksum, as IPv4 and outer headers of tunnels may have it (RFC 6935). @return its octets */
    public static int write(MemorySegment s, long at, int sourcePort, int destinationPort, int length) {
        setSourcePort(s, at, sourcePort);
        setDestinationPort(s, at, destinationPort);
        Bytes.put16(s, at + LENGTH, length);
        setChecksum(s, at, 0);
        return SIZE;
    }

    /** Fills the checksum in, with the pseudo header of the IP header at {@code network}; the payload must be in place. */
    public static void fillChecksum(MemorySegment s, long network, long at) {
        setChecksum(s, at, 0);
        int checksum = Checksums.transport(s, network, at, length(s, at), IpProtocol.UDP);
        setChecksum(s, at, Checksums.udpField(checksum));
    }
}
