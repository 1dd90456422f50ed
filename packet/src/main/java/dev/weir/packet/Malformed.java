package dev.weir.packet;

import java.util.List;

/**
 * What was wrong with a packet: a code that indexes counters, and its public name. Codes are never reused or renumbered.
 *
 * <p>{@link #NOT_CAPTURED} is no fault of the packet: it was well formed as far as the capture's snap length lets us see,
 * but a header that the key needs was cut off. A link type or protocol that Weir does not know is not malformed either;
 * such a packet has {@link #NONE} and no key. Any thread may call; nothing allocates.
 */
public final class Malformed {
    /** Nothing wrong. */
    public static final int NONE = 0;
    /** A header lies beyond the snap length, though within the packet. */
    public static final int NOT_CAPTURED = 1;
    /** The packet ends within its link header. */
    public static final int TRUNCATED_LINK = 2;
    /** The packet ends within a VLAN tag. */
    public static final int TRUNCATED_VLAN = 3;
    /** The packet ends within an MPLS label stack. */
    public static final int TRUNCATED_MPLS = 4;
    /** The packet ends within a PPPoE or PPP header. */
    public static final int TRUNCATED_PPP = 5;
    /** The packet ends within its IPv4 header. */
    public static final int TRUNCATED_IPV4 = 6;
    /** The packet ends within its IPv6 header. */
    public static final int TRUNCATED_IPV6 = 7;
    /** The packet ends within an IPv6 extension header, or where one should begin. */
    public static final int TRUNCATED_IPV6_EXTENSION = 8;
    /** The packet ends within its TCP header. */
    public static final int TRUNCATED_TCP = 9;
    /** The packet ends within its UDP header. */
    public static final int TRUNCATED_UDP = 10;
    /** The packet ends within its UDP-Lite header. */
    public static final int TRUNCATED_UDP_LITE = 11;
    /** The packet ends within its SCTP common header. */
    public static final int TRUNCATED_SCTP = 12;
    /** The packet ends within its DCCP generic header. */
    public static final int TRUNCATED_DCCP = 13;
    /** The packet ends within its ICMP or ICMPv6 header. */
    public static final int TRUNCATED_ICMP = 14;
    /** The packet ends within a tunnel header. */
    public static final int TRUNCATED_TUNNEL = 15;
    /** The link layer or tunnel announces IP, and the version is not the one announced. */
    public static final int BAD_IP_VERSION = 16;
    /** The IPv4 header length is below 20 octets, or above the packet's. */
    public static final int BAD_IP_HEADER_LENGTH = 17;
    /** The IPv4 total length or IPv6 payload length is below its header's, or above what was on the wire. */
    public static final int BAD_TOTAL_LENGTH = 18;
    /** A hop-by-hop header that does not follow the IPv6 header directly (RFC 8200 section 4.1). */
    public static final int MISPLACED_HOP_BY_HOP = 19;
    /** A jumbo payload option that contradicts the payload length or is below 65536 (RFC 2675 section 3). */
    public static final int BAD_JUMBO_LENGTH = 20;
    /** A fragment that would end past the largest IP packet. */
    public static final int BAD_FRAGMENT = 21;
    /** The TCP data offset is below 20 octets, or above the segment's length. */
    public static final int BAD_TCP_HEADER_LENGTH = 22;
    /** The UDP length is below 8, or above what the IP packet holds. */
    public static final int BAD_UDP_LENGTH = 23;
    /** The UDP-Lite checksum coverage is 1 to 7, or above what the IP packet holds. */
    public static final int BAD_UDP_LITE_COVERAGE = 24;
    /** The DCCP data offset is below 12 octets, or above what the IP packet holds. */
    public static final int BAD_DCCP_HEADER_LENGTH = 25;
    /** A radiotap header whose length or version is impossible. */
    public static final int BAD_RADIOTAP = 26;
    /** A PPPoE session header whose version, type, code or length is impossible. */
    public static final int BAD_PPPOE = 27;
    /** A tunnel header that contradicts itself. */
    public static final int BAD_TUNNEL = 28;
    /** More tunnels within each other than are followed. */
    public static final int NESTED_TOO_DEEP = 29;

    private static final List<String> NAMES = List.of(
            "none",
            "not-captured",
            "truncated-link",
            "truncated-vlan",
            "truncated-mpls",
            "truncated-ppp",
            "truncated-ipv4",
            "truncated-ipv6",
            "truncated-ipv6-extension",
            "truncated-tcp",
            "truncated-udp",
            "truncated-udp-lite",
            "truncated-sctp",
            "truncated-dccp",
            "truncated-icmp",
            "truncated-tunnel",
            "bad-ip-version",
            "bad-ip-header-length",
            "bad-total-length",
            "misplaced-hop-by-hop",
            "bad-jumbo-length",
            "bad-fragment",
            "bad-tcp-header-length",
            "bad-udp-length",
            "bad-udp-lite-coverage",
            "bad-dccp-header-length",
            "bad-radiotap",
            "bad-pppoe",
            "bad-tunnel",
            "nested-too-deep");

    /** How many codes there are; they run from 0 without a gap. */
    public static final int COUNT = NAMES.size();

    private Malformed() {}

    /** The public name of a code, in kebab-case. */
    public static String name(int code) {
        return NAMES.get(code);
    }
}
