package dev.weir.packet;

/** IP protocols and IPv6 extension headers by their IANA number; an int, not an enum, on the data path. */
public final class IpProtocol {
    public static final int HOP_BY_HOP = 0,
            ICMP = 1,
            IPV4 = 4,
            TCP = 6,
            UDP = 17,
            DCCP = 33,
            IPV6 = 41,
            ROUTING = 43,
            FRAGMENT = 44,
            GRE = 47,
            ESP = 50,
            AH = 51,
            ICMPV6 = 58,
            NO_NEXT_HEADER = 59,
            DESTINATION_OPTIONS = 60,
            SCTP = 132,
            MOBILITY = 135,
            UDP_LITE = 136,
            HIP = 139,
            SHIM6 = 140;

    private IpProtocol() {}
}
