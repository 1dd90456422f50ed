package dev.weir.offload.xdp;

import java.net.InetAddress;

/**
 * What a VXLAN packet (RFC 7348) has outside, Ethernet header included. Its UDP checksum is 0, which IPv6 allows tunnels too
 * (RFC 6935); over IPv4 it may not be fragmented, and its identification is 0. Immutable.
 *
 * @param source this end, of the same family as {@code destination}
 * @param networkIdentifier 24 bits
 * @param destinationPort 4789 by IANA
 * @param sourceMac of the port that it leaves by
 * @param destinationMac of the next hop
 * @param outer what else these headers say
 */
public record VxlanTunnel(
        InetAddress source,
        InetAddress destination,
        int networkIdentifier,
        int destinationPort,
        long sourceMac,
        long destinationMac,
        Outer outer) {
    /**
     * What else the headers of a tunnel say. Immutable.
     *
     * @param typeOfService of the IP header, 8 bits
     * @param timeToLive of the IP header
     * @param reserved bits of the VXLAN header that RFC 7348 reserves: the upper 24 are before the network identifier, 8 behind
     * @param sourcePort of UDP, or {@link #BY_KEY}; of the flow, not of the tunnel
     * @param flowLabel of IPv6, 20 bits; of the flow, not of the tunnel
     */
    public record Outer(int typeOfService, int timeToLive, int reserved, int sourcePort, int flowLabel) {
        /** The source port is made of the flow's key, one of the dynamic ports. */
        public static final int BY_KEY = 0;
        /** What tunnels have where nobody says otherwise. */
        public static final Outer USUAL = new Outer(0, 64, 0, BY_KEY, 0);

        public Outer {
            Ranges.check("type of service", typeOfService, 0xFF);
            Ranges.check("time to live", timeToLive, 0xFF);
            Ranges.check("source port", sourcePort, 0xFFFF);
            Ranges.check("flow label", flowLabel, 0xF_FFFF);
        }
    }

    /** With the usual headers. */
    public VxlanTunnel(
            InetAddress source,
            InetAddress destination,
            int networkIdentifier,
            int destinationPort,
            long sourceMac,
            long destinationMac) {
        this(source, destination, networkIdentifier, destinationPort, sourceMac, destinationMac, Outer.USUAL);
    }

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

    /** The same for any flow: what is the flow's own is left out. */
    VxlanTunnel shared() {
        Outer any = new Outer(outer.typeOfService, outer.timeToLive, outer.reserved, Outer.BY_KEY, 0);
        return any.equals(outer)
                ? this
                : new VxlanTunnel(
                        source, destination, networkIdentifier, destinationPort, sourceMac, destinationMac, any);
    }

    boolean isIpv6() {
        return source.getAddress().length == 16;
    }

    /** Octets that it adds to a frame. */
    int octets() {
        return isIpv6() ? TunnelLayout.OVER_IPV6 : TunnelLayout.OVER_IPV4;
    }
}
