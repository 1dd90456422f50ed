package dev.weir.table;

import java.net.InetAddress;

/**
 * What names a flow to people and applications; either orientation names the same flow. Immutable.
 *
 * @param source one end's address
 * @param destination the other end's, of the same family
 * @param sourcePort 0..65535; 0 for protocols without ports, the identifier for echo
 * @param protocol IP protocol number
 * @param tenant the address space, 24 bits
 */
public record FlowKey(
        InetAddress source, int sourcePort, InetAddress destination, int destinationPort, int protocol, int tenant) {
    public FlowKey {
        if (source.getClass() != destination.getClass()) {
            throw new IllegalArgumentException("addresses of two families: " + source + ", " + destination);
        }
        check("source port", sourcePort, 0xFFFF);
        check("destination port", destinationPort, 0xFFFF);
        check("protocol", protocol, 0xFF);
        check("tenant", tenant, 0xFF_FFFF);
    }

    private static void check(String what, int value, int limit) {
        if (value < 0 || value > limit) {
            throw new IllegalArgumentException(what + " out of range: value=" + value + ", limit=" + limit);
        }
    }

    /** 4 or 6. */
    public int family() {
        return source.getAddress().length == 4 ? 4 : 6;
    }
}
