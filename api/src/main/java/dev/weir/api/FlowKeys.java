package dev.weir.api;

import dev.weir.api.v1.FlowKey;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keys of flows as people write them: {@code tcp 10.0.0.1:1234 > 10.0.0.2:80 tenant 7}. IPv6 stands in brackets where a
 * port follows; protocols without ports have none; {@code tenant N} is left out where it is 0. Either orientation names
 * the same flow. Any thread; text is ASCII.
 *
 * <p>Read, but not written: {@code ->}, {@code -} and {@code to} for {@code >}, which shells take for something else;
 * protocols by number; more names of protocols than those that are written.
 */
public final class FlowKeys {
    private static final int ICMP = 1, TCP = 6, UDP = 17, DCCP = 33, ICMPV6 = 58, SCTP = 132, UDP_LITE = 136;

    /** IANA keywords, and what else people call them. */
    private static final Map<String, Integer> PROTOCOLS = new TreeMap<>(Map.ofEntries(
            Map.entry("icmp", ICMP),
            Map.entry("igmp", 2),
            Map.entry("ipv4", 4),
            Map.entry("tcp", TCP),
            Map.entry("udp", UDP),
            Map.entry("dccp", DCCP),
            Map.entry("ipv6", 41),
            Map.entry("gre", 47),
            Map.entry("esp", 50),
            Map.entry("ah", 51),
            Map.entry("ipv6-icmp", ICMPV6),
            Map.entry("icmpv6", ICMPV6),
            Map.entry("icmp6", ICMPV6),
            Map.entry("ospf", 89),
            Map.entry("vrrp", 112),
            Map.entry("sctp", SCTP),
            Map.entry("udplite", UDP_LITE)));

    private FlowKeys() {}

    /**
     * Reads a key.
     *
     * @return with all fields but {@code text}
     * @throws FlowKeyException when it is none: where, why, and what to write
     */
    public static FlowKey parse(String text) throws FlowKeyException {
        return new FlowKeyParser(text).parse();
    }

    /** The text of a key that has its fields; of one that has but a text, that text. */
    public static String format(FlowKey key) {
        if (key.getSource().isEmpty()) {
            return key.getText();
        }
        var out = new StringBuilder(64);
        out.append(protocolName(key.getProtocol())).append(' ');
        boolean ports = hasPorts(key.getProtocol()) || key.getSourcePort() != 0 || key.getDestinationPort() != 0;
        endpoint(out, key.getSource(), key.getSourcePort(), ports);
        out.append(" > ");
        endpoint(out, key.getDestination(), key.getDestinationPort(), ports);
        if (key.getTenant() != 0) {
            out.append(" tenant ").append(Integer.toUnsignedString(key.getTenant()));
        }
        return out.toString();
    }

    private static void endpoint(StringBuilder out, String address, int port, boolean withPort) {
        boolean brackets = withPort && address.indexOf(':') >= 0;
        out.append(brackets ? "[" : "").append(address).append(brackets ? "]" : "");
        if (withPort) {
            out.append(':').append(Integer.toUnsignedString(port));
        }
    }

    /** As listings and records name a protocol: {@code tcp}, {@code udp}, {@code icmp}, {@code ipv6-icmp}, else its number. */
    public static String protocolName(int number) {
        return switch (number) {
            case ICMP -> "icmp";
            case TCP -> "tcp";
            case UDP -> "udp";
            case ICMPV6 -> "ipv6-icmp";
            default -> Integer.toUnsignedString(number);
        };
    }

    /** The number of a protocol that is named in lower case, -1 where no protocol is. */
    static int protocolNumber(String name) {
        return PROTOCOLS.getOrDefault(name, -1);
    }

    /** Whether packets of the protocol begin with two ports. */
    public static boolean hasPorts(int protocol) {
        return switch (protocol) {
            case TCP, UDP, DCCP, SCTP, UDP_LITE -> true;
            default -> false;
        };
    }

    /** Whether keys of the protocol can have numbers where others have ports: identifiers of echo. */
    public static boolean hasIdentifiers(int protocol) {
        return protocol == ICMP || protocol == ICMPV6;
    }
}
