package dev.weir.offload.xdp;

import java.net.InetAddress;

/**
 * What a VXLAN packet (RFC 7348) has outside, Ethernet header included. Its UDP source port is made of the flow's key; its
 * UDP checksum is 0, which IPv6 allows tunnels too (RFC 6935); its time to live is 64, over IPv4 it may not be fragmented.
 * Immutable.
 *
 * @param source this end, of the same family as {@code destination}
 * @param networkIdentifier 24 bits
 * @param destinationPort 4789 by IANA
 * @param sourceMac of the port that it leaves by
 * @param destinationMac of the next hop
 */
public record VxlanTunnel(
        InetAddress source,
        InetAddress destination,
        int networkIdentifier,
        int destinationPort,
        long sourceMac,
        long destinationMac) {
    public VxlanTunnel {
        if (source.getClass() != destination.getClass()) {
            throw new IllegalArgumentException("tunnel: " + source.getHostAddress() + " and "
                    + destination.getHostAddress() + " are of two families; give two of one");
        }
        Ranges.check("network identifier", networkIdentifier, 0xFF_FFFF);
        Ranges.check("destination port", destinationPort, 0xFFFF);
        Ranges.checkMac("source MAC", sourceMac);
        Ranges.checkMac("destination MAC", destinationMac);
    }

    boolean isIpv6() {
        return source.getAddress().length == 16;
    }

    /** Octets that it adds to a frame. */
    int octets() {
        return isIpv6() ? TunnelLayout.OVER_IPV6 : TunnelLayout.OVER_IPV4;
    }
}
