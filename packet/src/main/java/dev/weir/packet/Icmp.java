package dev.weir.packet;

/** ICMP and ICMPv6 header (RFC 792, RFC 4443): type, code, checksum, four octets that the type gives a meaning. */
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
