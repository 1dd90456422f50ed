package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * Steps of a {@link Cursor} into tunnels: from a packet's transport header to what the tunnel carries. Stateless;
 * allocates nothing.
 *
 * <p>Layouts: RFC 7348 (VXLAN), RFC 8926 (Geneve), RFC 2784 and 2890 (GRE), RFC 2637 (enhanced GRE), RFC 2003, 2473 and
 * 4213 (IP in IP), 3GPP TS 29.281 section 5 (GTP-U). Tunnels over UDP are known by their destination port.
 */
final class Tunnels {
    private static final int GTP_U_PORT = 2152;
    private static final int TRUNCATED = Malformed.TRUNCATED_TUNNEL;

    private Tunnels() {}

    /** Whether the headers found are those of a tunnel; then the cursor stands at what it carries, or at its fault. */
    static boolean enter(Cursor c, Headers outer) {
        return switch (outer.protocol) {
            case IpProtocol.UDP -> enterUdp(c, outer.destinationPort);
            case IpProtocol.GRE -> gre(c);
            case IpProtocol.IPV4 -> inside(c, EtherType.IPV4);
            case IpProtocol.IPV6 -> inside(c, EtherType.IPV6);
            default -> false;
        };
    }

    /** Whether UDP to this port carries VXLAN or Geneve. */
    static boolean isOverlay(int port) {
        return port == Vxlan.PORT || port == Vxlan.OLD_PORT || port == Geneve.PORT;
    }

    /** The network identifier of the VXLAN or Geneve header at {@code at}, -1 where there is none. */
    static int networkIdentifier(MemorySegment data, long at, int here, int port) {
        if (here < Vxlan.SIZE) {
            return -1;
        }
        boolean valid = port == Geneve.PORT ? Geneve.isVersion0(data, at) : Vxlan.hasVni(data, at);
        return valid ? Vxlan.vni(data, at) : -1;
    }

    private static boolean inside(Cursor c, int type) {
        c.step(0, type);
        return true;
    }

    private static boolean enterUdp(Cursor c, int port) {
        c.at += Udp.SIZE;
        return switch (port) {
            case Vxlan.PORT, Vxlan.OLD_PORT -> vxlan(c);
            case Geneve.PORT -> geneve(c);
            case GTP_U_PORT -> gtpU(c);
            default -> false;
        };
    }

    private static boolean vxlan(Cursor c) {
        if (!c.has(Vxlan.SIZE, TRUNCATED)) {
            return true;
        }
        if (!Vxlan.hasVni(c.data, c.base + c.at)) {
            return false;
        }
        c.step(Vxlan.SIZE, EtherType.TRANSPARENT_BRIDGING);
        return true;
    }

    private static boolean geneve(Cursor c) {
        if (!c.has(Geneve.SIZE, TRUNCATED)) {
            return true;
        }
        long at = c.base + c.at;
        if (!Geneve.isVersion0(c.data, at)) {
            return false;
        }
        int headerBytes = Geneve.headerBytes(c.data, at);
        if (c.has(headerBytes, TRUNCATED)) {
            c.step(headerBytes, Geneve.protocol(c.data, at));
        }
        return true;
    }

    /** Source routes are not followed (RFC 2784 deprecates them); version 1 without a sequence number only acknowledges. */
    private static boolean gre(Cursor c) {
        if (!c.has(Gre.SIZE, TRUNCATED)) {
            return true;
        }
        long at = c.base + c.at;
        int flags = Gre.flags(c.data, at);
        int version = flags & Gre.VERSION_MASK;
        boolean carriesNothing = version == 1 && (flags & Gre.SEQUENCE) == 0;
        if (version > 1 || carriesNothing || (flags & Gre.ROUTING) != 0) {
            return false;
        }
        int headerBytes = Gre.headerBytes(c.data, at);
        if (c.has(headerBytes, TRUNCATED)) {
            c.step(headerBytes, Gre.type(c.data, at));
        }
        return true;
    }

    /** Only user data (a T-PDU); the protocol inside is IP of either version by its first four bits. */
    private static boolean gtpU(Cursor c) {
        if (!c.has(8, TRUNCATED)) {
            return true;
        }
        int flags = c.u8(0);
        int userData = 255;
        boolean version1 = (flags & 0xF0) == 0x30;
        if (!version1 || c.u8(1) != userData) {
            return false;
        }
        int payloadBytes = c.u16(2);
        c.at += 8;
        if (payloadBytes > c.end - c.at) {
            c.fault = Malformed.BAD_TUNNEL;
        } else {
            c.end = c.at + payloadBytes;
        }
        c.type = EtherType.EITHER_IP;
        if ((flags & 0x07) != 0) {
            gtpExtensions(c);
        }
        return true;
    }

    /** Sequence and N-PDU number, then headers each of which tells its own length and the next one's type. */
    private static void gtpExtensions(Cursor c) {
        if (!c.has(4, TRUNCATED)) {
            return;
        }
        int next = c.u8(3);
        c.at += 4;
        while (next != 0) {
            if (!c.has(1, TRUNCATED)) {
                return;
            }
            int bytes = c.u8(0) << 2;
            if (bytes == 0) {
                c.stop(Malformed.BAD_TUNNEL);
                return;
            }
            if (!c.has(bytes, TRUNCATED)) {
                return;
            }
            next = c.u8(bytes - 1);
            c.at += bytes;
        }
    }
}
