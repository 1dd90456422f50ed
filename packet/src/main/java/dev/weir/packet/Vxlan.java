package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * VXLAN header (RFC 7348 section 5) at an offset of a segment, behind UDP; an Ethernet frame follows.
 *
 * <pre>
 * byte 0       1          4                    7          8
 *      | flags | reserved | network identifier | reserved |
 * </pre>
 */
public final class Vxlan {
    static final int VNI = 4;
    private static final int VALID = 0x08;
    /** Octets of the header. */
    public static final int SIZE = 8;
    /** The port that IANA assigned, and the one that Linux used before. */
    public static final int PORT = 4789, OLD_PORT = 8472;

    private Vxlan() {}

    /** {@link Malformed#NONE}, or why {@code here} bytes at {@code at} are no usable header. */
    public static int check(MemorySegment s, long at, int here) {
        if (here < SIZE) {
            return Malformed.TRUNCATED_TUNNEL;
        }
        return hasVni(s, at) ? Malformed.NONE : Malformed.BAD_TUNNEL;
    }

    /** Whether the flag is set without which the identifier means nothing, and the bytes are no VXLAN. */
    static boolean hasVni(MemorySegment s, long at) {
        return (Bytes.u8(s, at) & VALID) != 0;
    }

    /** The network identifier, 24 bits. */
    public static int vni(MemorySegment s, long at) {
        return Bytes.u24(s, at + VNI);
    }

    /** Writes a header. @return its octets */
    public static int write(MemorySegment s, long at, int vni) {
        return write(s, at, vni, 0);
    }

    /** The same with the bits that RFC 7348 reserves: the 24 of the first word, and below them the 8 of the second. @return its octets */
    public static int write(MemorySegment s, long at, int vni, int reserved) {
        Bytes.put32(s, at, (VALID << 24) | (reserved >>> 8));
        Bytes.put32(s, at + VNI, (vni << 8) | (reserved & 0xFF));
        return SIZE;
    }
}
