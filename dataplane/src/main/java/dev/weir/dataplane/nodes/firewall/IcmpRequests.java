package dev.weir.dataplane.nodes.firewall;

import dev.weir.packet.IpProtocol;

/**
 * Which messages of ICMP (RFC 792, RFC 950) and ICMPv6 (RFC 4443, RFC 4861) ask, and which answer what was asked. What
 * was asked and accepted of a flow is kept as a set of bits, one a kind of request and direction:
 *
 * <pre>
 * bit 0 to 3  requests of forward packets, by kind          4 to 7  those of reverse packets
 * kinds       ICMP: echo, timestamp, information, address mask      ICMPv6: echo, router, neighbour
 * </pre>
 *
 * A message is {@code type << 8 | code}. Requests and answers have code 0; with another one they are neither. Stateless;
 * allocates nothing.
 */
final class IcmpRequests {
    /** Of a packet that shows no type. */
    static final int NO_MESSAGE = -1;

    static final int KINDS = 4;

    /** By type: 0, or kind plus 1 of a request, the negative of that of its answer. */
    private static final byte[] ICMP = new byte[256], ICMPV6 = new byte[256];

    private static final int[] REQUESTS = {8, 13, 15, 17}, ANSWERS = {0, 14, 16, 18};
    private static final int[] REQUESTS_V6 = {128, 133, 135}, ANSWERS_V6 = {129, 134, 136};

    static {
        fill(ICMP, REQUESTS, ANSWERS);
        fill(ICMPV6, REQUESTS_V6, ANSWERS_V6);
    }

    private IcmpRequests() {}

    private static void fill(byte[] roles, int[] requests, int[] answers) {
        for (int kind = 0; kind < requests.length; kind++) {
            roles[requests[kind]] = (byte) (kind + 1);
            roles[answers[kind]] = (byte) -(kind + 1);
        }
    }

    private static int role(int protocol, int message) {
        return (message & 0xFF) != 0 ? 0 : (protocol == IpProtocol.ICMPV6 ? ICMPV6 : ICMP)[message >>> 8];
    }

    static boolean isRequest(int protocol, int message) {
        return role(protocol, message) > 0;
    }

    /** The bit of the request that a message of this direction is or answers; 0 where it does neither. */
    static int bit(int protocol, int message, boolean reverse) {
        int role = role(protocol, message);
        if (role == 0) {
            return 0;
        }
        int kind = Math.abs(role) - 1;
        boolean asksReverse = role > 0 ? reverse : !reverse;
        return 1 << (asksReverse ? kind + KINDS : kind);
    }

    /** The request of a kind. */
    static int request(int protocol, int kind) {
        return (protocol == IpProtocol.ICMPV6 ? REQUESTS_V6 : REQUESTS)[kind] << 8;
    }
}
