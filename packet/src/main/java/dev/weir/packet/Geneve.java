package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * Geneve header (RFC 8926 section 3.4) at an offset of a segment, behind UDP; what the protocol type says follows.
 *
 * <pre>
 * byte 0                  1       2               4                    7          8
 *      | ver, opt. length | flags | protocol type | network identifier | reserved | options
 * </pre>
 */
public final class Geneve {
    static final int PROTOCOL = 2, VNI = 4;
    /** Octets of the header without options. */
    public static final int SIZE = 8;
    /** The port that IANA assigned. */
    public static final int PORT = 6081;

    private Geneve() {}

    /** {@link Malformed#NONE}, or why {@code here} bytes at {@code at} are no usable header, options included. */
    public static int check(MemorySegment s, long at, int here) {
        if (here < SIZE || here < headerBytes(s, at)) {
            return Malformed.TRUNCATED_TUNNEL;
        }
        return isVersion0(s, at) ? Malformed.NONE : Malformed.BAD_TUNNEL;
    }

    static boolean isVersion0(MemorySegment s, long at) {
        return (Bytes.u8(s, at) & 0xC0) == 0;
    }

    public static int headerBytes(MemorySegment s, long at) {
        return SIZE + ((Bytes.u8(s, at) & 0x3F) << 2);
    }

    /** An {@link EtherType}; {@link EtherType#TRANSPARENT_BRIDGING} for an Ethernet frame. */
    public static int protocol(MemorySegment s, long at) {
        return Bytes.u16(s, at + PROTOCOL);
    }

    /** The network identifier, 24 bits. */
    public static int vni(MemorySegment s, long at) {
        return Bytes.u24(s, at + VNI);
    }

    /** Writes a header without options. @return its octets */
    public static int write(MemorySegment s, long at, int vni, int protocol) {
        Bytes.put32(s, at, protocol & 0xFFFF);
        Bytes.put32(s, at + VNI, vni << 8);
        return SIZE;
    }
}
