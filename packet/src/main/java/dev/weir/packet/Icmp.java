package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * ICMP and ICMPv6 header (RFC 792, RFC 4443) at an offset of a segment. The {@code V6} names are ICMPv6's.
 *
 * <pre>
 * byte 0      1      2          4                       8
 *      | type | code | checksum | rest, by type: in echo,
 *                                 identifier, sequence  | data, or the quoted packet
 * </pre>
 */
public final class Icmp {
    static final int TYPE = 0, CODE = 1, CHECKSUM = 2, REST = 4;
    /** Octets of the header. */
    public static final int SIZE = 8;

    public static final int ECHO_REPLY = 0,
            DESTINATION_UNREACHABLE = 3,
            SOURCE_QUENCH = 4,
            REDIRECT = 5,
            ECHO_REQUEST = 8,
            TIME_EXCEEDED = 11,
            PARAMETER_PROBLEM = 12;
    public static final int V6_DESTINATION_UNREACHABLE = 1,
            V6_PACKET_TOO_BIG = 2,
            V6_TIME_EXCEEDED = 3,
            V6_PARAMETER_PROBLEM = 4,
            V6_ECHO_REQUEST = 128,
            V6_ECHO_REPLY = 129;

    private Icmp() {}

    /** {@link Malformed#NONE}, or why {@code here} bytes are no usable message. */
    public static int check(int here) {
        return here < SIZE ? Malformed.TRUNCATED_ICMP : Malformed.NONE;
    }

    public static int type(MemorySegment s, long at) {
        return Bytes.u8(s, at + TYPE);
    }

    public static int code(MemorySegment s, long at) {
        return Bytes.u8(s, at + CODE);
    }

    public static int checksum(MemorySegment s, long at) {
        return Bytes.u16(s, at + CHECKSUM);
    }

    /** The identifier of an echo message. */
    public static int identifier(MemorySegment s, long at) {
        return Bytes.u16(s, at + REST);
    }

    /** Sets the identifier of an echo message and keeps the checksum true. */
    public static void setIdentifier(MemorySegment s, long at, int identifier) {
        int before = identifier(s, at);
        Bytes.put16(s, at + REST, identifier);
        Bytes.put16(s, at + CHECKSUM, Checksums.update16(checksum(s, at), before, identifier));
    }

    /** Writes a header with a checksum of 0. @return its octets */
    public static int write(MemorySegment s, long at, int type, int code, int rest) {
        Bytes.put8(s, at + TYPE, type);
        Bytes.put8(s, at + CODE, code);
        Bytes.put16(s, at + CHECKSUM, 0);
        Bytes.put32(s, at + REST, rest);
        return SIZE;
    }

    /** Fills the checksum of an ICMP message of {@code length} bytes in. */
    public static void fillChecksum(MemorySegment s, long at, int length) {
        Bytes.put16(s, at + CHECKSUM, 0);
        Bytes.put16(s, at + CHECKSUM, Checksums.internet(s, at, length));
    }

    /** Fills the checksum of an ICMPv6 message in, with the pseudo header of the IPv6 header at {@code network}. */
    public static void fillChecksumV6(MemorySegment s, long network, long at, int length) {
        Bytes.put16(s, at + CHECKSUM, 0);
        Bytes.put16(s, at + CHECKSUM, Checksums.transport(s, network, at, length, IpProtocol.ICMPV6));
    }

    static boolean isEcho(int type) {
        return type == ECHO_REQUEST || type == ECHO_REPLY;
    }

    static boolean isEchoV6(int type) {
        return type == V6_ECHO_REQUEST || type == V6_ECHO_REPLY;
    }

    /** Whether messages of this ICMP type quote the packet that they are about (RFC 1122 section 3.2.2). */
    static boolean quotes(int type) {
        return (type >= DESTINATION_UNREACHABLE && type <= REDIRECT)
                || type == TIME_EXCEEDED
                || type == PARAMETER_PROBLEM;
    }

    /** Whether messages of this ICMPv6 type quote the packet that they are about (RFC 4443 section 2.1). */
    static boolean quotesV6(int type) {
        return type >= V6_DESTINATION_UNREACHABLE && type <= V6_PARAMETER_PROBLEM;
    }
}
