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
    static final int VXLAN_PORT = 4789, VXLAN_LINUX_PORT = 8472, GENEVE_PORT = 6081, GTP_U_PORT = 2152;
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
        return port == VXLAN_PORT || port == VXLAN_LINUX_PORT || port == GENEVE_PORT;
    }

    /** The network identifier of the VXLAN or Geneve header at {@code at}, -1 where there is none. */
    static int networkIdentifier(MemorySegment data, long at, int here, int port) {
        if (here < 8) {
            return -1;
        }
        int first = Bytes.u8(data, at);
        return (port == GENEVE_PORT ? isGeneve(first) : isVxlan(first)) ? Bytes.u24(data, at + 4) : -1;
    }

    private static boolean inside(Cursor c, int type) {
        c.step(0, type);
        return true;
    }

    private static boolean enterUdp(Cursor c, int port) {
        c.at += Udp.SIZE;
        return switch (port) {
            case VXLAN_PORT, VXLAN_LINUX_PORT -> vxlan(c);
            case GENEVE_PORT -> geneve(c);
            case GTP_U_PORT -> gtpU(c);
            default -> false;
        };
    }

    /** The flag that says that there is a network identifier. */
    private static boolean isVxlan(int flags) {
        return (flags & 0x08) != 0;
    }

    /** Version 0. */
    private static boolean isGeneve(int versionAndLength) {
        return (versionAndLength & 0xC0) == 0;
    }

    private static boolean vxlan(Cursor c) {
        if (!c.has(8, TRUNCATED)) {
            return true;
        }
        if (!isVxlan(c.u8(0))) {
            return false;
        }
        c.step(8, EtherType.TRANSPARENT_BRIDGING);
        return true;
    }

    private static boolean geneve(Cursor c) {
        if (!c.has(8, TRUNCATED)) {
            return true;
        }
        if (!isGeneve(c.u8(0))) {
            return false;
        }
        int headerBytes = 8 + ((c.u8(0) & 0x3F) << 2);
        int type = c.u16(2);
        if (c.has(headerBytes, TRUNCATED)) {
            c.step(headerBytes, type);
        }
        return true;
    }

    private static boolean gre(Cursor c) {
        if (!c.has(4, TRUNCATED)) {
            return true;
        }
        int flags = c.u16(0);
        int type = c.u16(2);
        int version = flags & 7;
        boolean routing = (flags & 0x4000) != 0;
        if (version > 1 || routing) {
            return false;
        }
        boolean checksum = (flags & 0x8000) != 0;
        boolean key = (flags & 0x2000) != 0;
        boolean sequence = (flags & 0x1000) != 0;
        boolean acknowledgement = version == 1 && (flags & 0x0080) != 0;
        int headerBytes = 4 + (checksum ? 4 : 0) + (key ? 4 : 0) + (sequence ? 4 : 0) + (acknowledgement ? 4 : 0);
        boolean acknowledgementOnly = version == 1 && !sequence;
        if (acknowledgementOnly) {
            return false;
        }
        if (c.has(headerBytes, TRUNCATED)) {
            c.step(headerBytes, type);
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
