package dev.weir.packet;

/**
 * Steps of a {@link Cursor} over what may lie between a link header and IP: Ethernet, LLC and SNAP, MPLS, PPPoE, PPP.
 * Stateless; allocates nothing.
 *
 * <p>Layouts: IEEE 802.3 and 802.2, RFC 1042 (SNAP), RFC 3032 (MPLS), RFC 2516 (PPPoE), RFC 1661 (PPP).
 */
final class Encapsulation {
    private Encapsulation() {}

    /** Steps over the header of the cursor's type; at {@link EtherType#OTHER} where that leads nowhere. */
    static void step(Cursor c) {
        switch (c.type) {
            case EtherType.TRANSPARENT_BRIDGING -> ethernet(c);
            case EtherType.LLC -> llc(c);
            case EtherType.MPLS, EtherType.MPLS_UPSTREAM -> mpls(c);
            case EtherType.PPPOE_SESSION -> pppoe(c);
            case EtherType.PPP -> ppp(c);
            case EtherType.EITHER_IP -> eitherIp(c);
            default -> c.stop();
        }
    }

    static void ethernet(Cursor c) {
        if (c.has(Ethernet.SIZE, Malformed.TRUNCATED_LINK)) {
            typeOrLength(c, Ethernet.SIZE, c.u16(Ethernet.TYPE));
        }
    }

    /** What follows an EtherType field, which is a length where it is small enough; the rest is then padding. */
    static void typeOrLength(Cursor c, int stepBytes, int typeOrLength) {
        if (typeOrLength <= EtherType.MAX_LENGTH) {
            c.step(stepBytes, EtherType.LLC);
            c.end = Math.min(c.end, c.at + typeOrLength);
        } else {
            c.step(stepBytes, typeOrLength);
        }
    }

    /** LLC with SNAP, or the service access point of IP; three octets, unnumbered information. */
    private static void llc(Cursor c) {
        int snap = 0xAAAA03;
        int ip = 0x060603;
        if (!c.has(3, Malformed.TRUNCATED_LINK)) {
            return;
        }
        int header = Bytes.u24(c.data, c.base + c.at);
        if (header == ip) {
            c.step(3, EtherType.IPV4);
        } else if (header != snap) {
            c.stop();
        } else if (c.has(8, Malformed.TRUNCATED_LINK)) {
            snap(c);
        }
    }

    /** The organization says what the type is a number of: EtherTypes for that of RFC 1042 and that of 802.1H. */
    private static void snap(Cursor c) {
        int organization = Bytes.u24(c.data, c.base + c.at + 3);
        if (organization == 0 || organization == 0x0000F8) {
            c.step(8, c.u16(6));
        } else {
            c.stop();
        }
    }

    /** A stack of labels says nothing about what it carries; its first four bits do (RFC 4928). */
    private static void mpls(Cursor c) {
        int entry;
        do {
            if (!c.has(4, Malformed.TRUNCATED_MPLS)) {
                return;
            }
            entry = c.i32(0);
            c.at += 4;
        } while ((entry & 0x100) == 0);
        c.step(0, EtherType.EITHER_IP);
    }

    private static void pppoe(Cursor c) {
        if (!c.has(6, Malformed.TRUNCATED_PPP)) {
            return;
        }
        int sessionData = 0x1100;
        int header = c.u16(0);
        int payloadBytes = c.u16(4);
        c.at += 6;
        if (header != sessionData || payloadBytes > c.end - c.at) {
            c.fault = Malformed.BAD_PPPOE;
        } else {
            c.end = c.at + payloadBytes;
        }
        pppProtocol(c);
    }

    /** Address and control may be left out (RFC 1661 section 6.6). */
    private static void ppp(Cursor c) {
        if (!c.has(2, Malformed.TRUNCATED_PPP)) {
            return;
        }
        if (c.u8(0) == 0xFF) {
            c.at += 2;
        }
        pppProtocol(c);
    }

    /** The protocol is of one octet where its lowest bit is set (RFC 1661 section 6.5). */
    private static void pppProtocol(Cursor c) {
        if (!c.has(1, Malformed.TRUNCATED_PPP)) {
            return;
        }
        int protocol = c.u8(0);
        int fieldBytes = 1;
        if ((protocol & 1) == 0) {
            if (!c.has(2, Malformed.TRUNCATED_PPP)) {
                return;
            }
            protocol = c.u16(0);
            fieldBytes = 2;
        }
        switch (protocol) {
            case 0x0021 -> c.step(fieldBytes, EtherType.IPV4);
            case 0x0057 -> c.step(fieldBytes, EtherType.IPV6);
            case 0x0281, 0x0283 -> c.step(fieldBytes, EtherType.MPLS);
            default -> c.stop();
        }
    }

    private static void eitherIp(Cursor c) {
        if (!c.has(1, Malformed.TRUNCATED_LINK)) {
            return;
        }
        switch (c.u8(0) >>> 4) {
            case 4 -> c.step(0, EtherType.IPV4);
            case 6 -> c.step(0, EtherType.IPV6);
            default -> c.stop();
        }
    }
}
