package dev.weir.packet;

/** EtherTypes by their IANA number: what follows an Ethernet, 802.1Q, SNAP, Cisco HDLC, Linux cooked or GRE header. */
public final class EtherType {
    public static final int IPV4 = 0x0800,
            ARP = 0x0806,
            TRANSPARENT_BRIDGING = 0x6558,
            VLAN = 0x8100,
            IPV6 = 0x86DD,
            PPP = 0x880B,
            MPLS = 0x8847,
            MPLS_UPSTREAM = 0x8848,
            PPPOE_SESSION = 0x8864,
            SERVICE_VLAN = 0x88A8,
            OLD_SERVICE_VLAN = 0x9100;

    /** Numbers up to this one are an 802.3 length, and LLC follows (IEEE 802.3 clause 3.2.6). */
    public static final int MAX_LENGTH = 1500;

    /** What an EtherType cannot say, numbered above all of them: IP of the version in its first four bits. */
    static final int EITHER_IP = 0x10000;
    /** An IEEE 802.2 LLC header. */
    static final int LLC = 0x10001;
    /** Nothing that leads to IP. */
    static final int OTHER = 0x10002;

    private EtherType() {}
}
