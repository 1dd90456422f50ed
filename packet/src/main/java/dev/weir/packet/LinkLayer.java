package dev.weir.packet;

/**
 * Link headers other than plain Ethernet's, each a step of a {@link Cursor}: from the first byte of a packet to what it
 * carries. Stateless; allocates nothing.
 *
 * <p>Layouts: the tcpdump.org link-layer header types; RFC 1661 and 1662 (PPP), RFC 1547 and Cisco HDLC, IEEE 802.11
 * clause 9.2, radiotap.org.
 */
final class LinkLayer {
    private static final int TRUNCATED = Malformed.TRUNCATED_LINK;

    private LinkLayer() {}

    /** Steps over the header that {@code link} says the packet begins with. */
    static void enter(Cursor c, int link) {
        switch (link) {
            case LinkType.ETHERNET -> Encapsulation.ethernet(c);
            case LinkType.RAW, LinkType.RAW_BSD, LinkType.RAW_OPENBSD -> c.step(0, EtherType.EITHER_IP);
            case LinkType.IPV4 -> c.step(0, EtherType.IPV4);
            case LinkType.IPV6 -> c.step(0, EtherType.IPV6);
            case LinkType.NULL, LinkType.LOOP -> loopback(c);
            case LinkType.PPP, LinkType.PPP_HDLC -> serial(c);
            case LinkType.PPP_ETHER -> c.step(0, EtherType.PPPOE_SESSION);
            case LinkType.C_HDLC -> ciscoHdlc(c);
            case LinkType.LINUX_SLL -> cooked(c);
            case LinkType.LINUX_SLL2 -> cooked2(c);
            case LinkType.IEEE802_11 -> wireless(c, false);
            case LinkType.IEEE802_11_RADIOTAP -> radiotap(c);
            default -> c.stop();
        }
    }

    /** An address family of 32 bits, in the writer's byte order for NULL and in network order for LOOP. */
    private static void loopback(Cursor c) {
        if (!c.has(4, TRUNCATED)) {
            return;
        }
        int family = c.i32(0);
        if ((family & 0xFFFF_0000) != 0) {
            family = Integer.reverseBytes(family);
        }
        switch (family) {
            case 2 -> c.step(4, EtherType.IPV4);
            case 10, 24, 28, 30 -> c.step(4, EtherType.IPV6);
            default -> c.stop();
        }
    }

    /** PPP with or without HDLC's address and control octets, or Cisco HDLC: the first octet says. */
    private static void serial(Cursor c) {
        if (!c.has(2, Malformed.TRUNCATED_PPP)) {
            return;
        }
        int first = c.u8(0);
        if (first == 0x0F || first == 0x8F) {
            ciscoHdlc(c);
        } else {
            c.step(0, EtherType.PPP);
        }
    }

    private static void ciscoHdlc(Cursor c) {
        if (c.has(4, TRUNCATED)) {
            c.step(4, c.u16(2));
        }
    }

    /** Linux cooked, version 1: the protocol is in the last two of 16 octets, those before say what it is a number of. */
    private static void cooked(Cursor c) {
        if (c.has(16, TRUNCATED)) {
            cookedProtocol(c, c.u16(2), c.u16(14), 16);
        }
    }

    private static void cooked2(Cursor c) {
        if (c.has(20, TRUNCATED)) {
            cookedProtocol(c, c.u16(8), c.u16(0), 20);
        }
    }

    private static void cookedProtocol(Cursor c, int hardware, int protocol, int headerBytes) {
        int netlink = 824;
        int llc = 4;
        if (hardware == netlink) {
            c.stop();
        } else if (protocol == llc) {
            c.step(headerBytes, EtherType.LLC);
        } else {
            c.step(headerBytes, protocol > EtherType.MAX_LENGTH ? protocol : EtherType.OTHER);
        }
    }

    /** Finds the flags field, which says whether a frame check sequence ends the frame and whether its header is padded. */
    private static void radiotap(Cursor c) {
        if (!c.has(8, TRUNCATED)) {
            return;
        }
        int headerBytes = Bytes.u16Little(c.data, c.base + 2);
        if (c.u8(0) != 0 || headerBytes < 8) {
            c.stop(Malformed.BAD_RADIOTAP);
            return;
        }
        if (!c.has(headerBytes, TRUNCATED)) {
            return;
        }
        int present = Bytes.i32Little(c.data, c.base + 4);
        int field = 8;
        for (int more = present; more < 0 && field <= headerBytes - 4; field += 4) {
            more = Bytes.i32Little(c.data, c.base + field);
        }
        if ((present & 1) != 0) {
            field = ((field + 7) & -8) + 8;
        }
        int flags = (present & 2) != 0 && field < headerBytes ? c.u8(field) : 0;
        if ((flags & 0x10) != 0) {
            c.end -= 4;
        }
        c.at = headerBytes;
        wireless(c, (flags & 0x20) != 0);
    }

    /** A data frame's header, of 24 to 36 octets; management, control, null and encrypted frames lead nowhere. */
    private static void wireless(Cursor c, boolean padded) {
        if (!c.has(2, TRUNCATED)) {
            return;
        }
        int control = c.u16(0);
        boolean data = (control & 0x0F00) == 0x0800 && (control & 0x4000) == 0;
        boolean encrypted = (control & 0x0040) != 0;
        if (!data || encrypted) {
            c.stop();
            return;
        }
        boolean fourAddresses = (control & 0x0003) == 0x0003;
        boolean quality = (control & 0x8000) != 0;
        boolean highThroughput = quality && (control & 0x0080) != 0;
        int qualityAt = fourAddresses ? 30 : 24;
        int headerBytes = qualityAt + (quality ? 2 : 0) + (highThroughput ? 4 : 0);
        int stepBytes = padded ? (headerBytes + 3) & -4 : headerBytes;
        if (!c.has(stepBytes, TRUNCATED)) {
            return;
        }
        boolean laterFragment = (c.u8(22) & 0x0F) != 0;
        boolean aggregate = quality && (c.u8(qualityAt) & 0x80) != 0;
        if (laterFragment) {
            c.stop();
        } else {
            c.step(stepBytes + (aggregate ? 14 : 0), EtherType.LLC);
        }
    }
}
