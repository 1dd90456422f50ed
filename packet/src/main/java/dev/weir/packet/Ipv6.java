package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * IPv6 header (RFC 8200 section 3) at an offset of a segment.
 *
 * <pre>
 * byte 0                            4                6             7           8        24            40
 *      | version, class, flow label | payload length | next header | hop limit | source | destination |
 * </pre>
 */
public final class Ipv6 {
    static final int PAYLOAD_LENGTH = 4, NEXT_HEADER = 6, HOP_LIMIT = 7, SOURCE = 8, DESTINATION = 24;
    /** Octets of the header without extension headers. */
    public static final int SIZE = 40;

    private Ipv6() {}

    public static int payloadLength(MemorySegment s, long at) {
        return Bytes.u16(s, at + PAYLOAD_LENGTH);
    }

    public static int nextHeader(MemorySegment s, long at) {
        return Bytes.u8(s, at + NEXT_HEADER);
    }
}
