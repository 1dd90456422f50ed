package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * IPv4 header (RFC 791 section 3.1) at an offset of a segment.
 *
 * <pre>
 * byte 0           1     2              4                6           8     9          10         12       16            20
 *      | ver, ihl | tos | total length | identification | fragment | ttl | protocol | checksum | source | destination | options
 * </pre>
 */
public final class Ipv4 {
    static final int TOTAL_LENGTH = 2, IDENTIFICATION = 4, FRAGMENT = 6, TTL = 8, PROTOCOL = 9, CHECKSUM = 10;
    static final int SOURCE = 12, DESTINATION = 16;
    /** Octets of the header without options. */
    public static final int SIZE = 20;

    /** In the fragment field: more fragments follow; and the offset, in units of 8 octets. */
    static final int MORE_FRAGMENTS = 0x2000, OFFSET_MASK = 0x1FFF;

    private Ipv4() {}

    public static int headerBytes(MemorySegment s, long at) {
        return (Bytes.u8(s, at) & 0x0F) << 2;
    }

    public static int totalLength(MemorySegment s, long at) {
        return Bytes.u16(s, at + TOTAL_LENGTH);
    }

    public static int identification(MemorySegment s, long at) {
        return Bytes.u16(s, at + IDENTIFICATION);
    }

    /** Flags in the upper three bits, offset in units of 8 octets in the others. */
    public static int fragment(MemorySegment s, long at) {
        return Bytes.u16(s, at + FRAGMENT);
    }

    public static int protocol(MemorySegment s, long at) {
        return Bytes.u8(s, at + PROTOCOL);
    }
}
