package dev.weir.packet;

/** Link types by their number in capture files (the LINKTYPE_ registry of tcpdump.org); an int, not an enum, on the data path. */
public final class LinkType {
    public static final int NULL = 0,
            ETHERNET = 1,
            PPP = 9,
            RAW_BSD = 12,
            RAW_OPENBSD = 14,
            PPP_HDLC = 50,
            PPP_ETHER = 51;
    public static final int RAW = 101,
            C_HDLC = 104,
            IEEE802_11 = 105,
            LOOP = 108,
            LINUX_SLL = 113,
            IEEE802_11_RADIOTAP = 127;
    public static final int IPV4 = 228, IPV6 = 229, LINUX_SLL2 = 276;

    private LinkType() {}
}
