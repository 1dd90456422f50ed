package dev.weir.packet;

/**
 * Steps of a {@link Cursor} along the chain of IPv6 extension headers (RFC 8200 section 4; IANA's list of them) to the
 * transport header. A chain cannot be longer than the packet, so the walk ends. Stateless; allocates nothing.
 */
final class Ipv6Extensions {
    private static final int TRUNCATED = Malformed.TRUNCATED_IPV6_EXTENSION;
    private static final int JUMBO_PAYLOAD = 0xC2;

    private Ipv6Extensions() {}

    /** Leaves the cursor behind the last extension header, and the number of what follows in {@code out.protocol}. */
    static void walk(Cursor c, int first, Headers out) {
        int next = first;
        boolean leading = true;
        while (isExtension(next) && out.fragment != Headers.LATER_FRAGMENT) {
            out.protocol = next;
            if (!c.has(8, TRUNCATED)) {
                return;
            }
            int bytes = bytes(c, next);
            if (!c.has(bytes, TRUNCATED)) {
                return;
            }
            if (next == IpProtocol.HOP_BY_HOP && !leading && out.status == Malformed.NONE) {
                out.status = Malformed.MISPLACED_HOP_BY_HOP;
            }
            if (next == IpProtocol.FRAGMENT) {
                fragment(c, out);
            }
            int following = c.u8(0);
            boolean isPayload = following == IpProtocol.NO_NEXT_HEADER && carriesItself(next);
            if (isPayload) {
                return;
            }
            next = following;
            leading = false;
            c.at += bytes;
        }
        out.protocol = next;
    }

    private static boolean isExtension(int number) {
        return switch (number) {
            case IpProtocol.HOP_BY_HOP,
                    IpProtocol.ROUTING,
                    IpProtocol.FRAGMENT,
                    IpProtocol.AH,
                    IpProtocol.DESTINATION_OPTIONS,
                    IpProtocol.MOBILITY,
                    IpProtocol.HIP,
                    IpProtocol.SHIM6 -> true;
            default -> false;
        };
    }

    /** Headers that are sent for their own sake: with nothing after them, they are what the packet carries. */
    private static boolean carriesItself(int number) {
        return number == IpProtocol.MOBILITY || number == IpProtocol.HIP || number == IpProtocol.SHIM6;
    }

    /** Lengths are in units of 8 octets without the first, but for AH's, in units of 4 without the first two. */
    private static int bytes(Cursor c, int number) {
        return switch (number) {
            case IpProtocol.FRAGMENT -> 8;
            case IpProtocol.AH -> (c.u8(1) + 2) << 2;
            default -> (c.u8(1) + 1) << 3;
        };
    }

    /** A fragment header with offset 0 and no more to come makes no fragment (RFC 6946). */
    private static void fragment(Cursor c, Headers out) {
        int field = c.u16(2);
        int offsetBytes = field & 0xFFF8;
        out.fragmentId = c.i32(4);
        if ((field & 0xFFF9) == 0) {
            return;
        }
        out.fragment = offsetBytes == 0 ? Headers.FIRST_FRAGMENT : Headers.LATER_FRAGMENT;
        if (offsetBytes + (c.end - c.at - 8) > 0xFFFF && out.status == Malformed.NONE) {
            out.status = Malformed.BAD_FRAGMENT;
        }
    }

    /**
     * Octets of the packet at the cursor, whose payload length is 0: by the jumbo payload option (RFC 2675) of the
     * hop-by-hop header, or where there is none but the wire had more than a payload length can say, as much as that; such
     * are packets that the sender's network card was to segment.
     */
    static int jumboBytes(Cursor c, int next, Headers out) {
        int options = c.at + Ipv6.SIZE;
        int here = Math.min(c.captured, c.end);
        int wireBytes = c.end - c.at;
        int otherwise = wireBytes > Ipv6.SIZE + 0xFFFF ? wireBytes : Ipv6.SIZE;
        if (next != IpProtocol.HOP_BY_HOP || options > here - 8) {
            return otherwise;
        }
        int end = Math.min(here, options + ((c.u8(Ipv6.SIZE + 1) + 1) << 3));
        int option = options + 2;
        while (option <= end - 2) {
            int kind = Bytes.u8(c.data, c.base + option);
            int valueBytes = Bytes.u8(c.data, c.base + option + 1);
            if (kind == JUMBO_PAYLOAD && valueBytes == 4 && option <= end - 6) {
                return jumbo(Bytes.u32(c.data, c.base + option + 2), wireBytes, out);
            }
            option += kind == 0 ? 1 : 2 + valueBytes;
        }
        return otherwise;
    }

    private static int jumbo(long payloadLength, int wireBytes, Headers out) {
        if (payloadLength <= 0xFFFF) {
            out.status = out.status == Malformed.NONE ? Malformed.BAD_JUMBO_LENGTH : out.status;
            return wireBytes;
        }
        return (int) Math.min(Ipv6.SIZE + payloadLength, Integer.MAX_VALUE);
    }
}
