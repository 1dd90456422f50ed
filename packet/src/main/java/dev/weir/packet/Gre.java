package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * GRE header (RFC 2784, RFC 2890; version 1 of RFC 2637) at an offset of a segment, behind IP.
 *
 * <pre>
 * byte 0                4      8     12         16
 *      | flags | type   | [checksum] | [key] | [sequence] | [acknowledgement, version 1]
 * </pre>
 */
public final class Gre {
    static final int CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, ACKNOWLEDGEMENT = 0x0080;
    static final int VERSION_MASK = 0x0007;
    static final int TYPE = 2;
    /** Octets of the header without optional fields. */
    public static final int SIZE = 4;

    private Gre() {}

    /** {@link Malformed#NONE}, or why {@code here} bytes at {@code at} are no usable header, optional fields included. */
    public static int check(MemorySegment s, long at, int here) {
        return here < SIZE || here < headerBytes(s, at) ? Malformed.TRUNCATED_TUNNEL : Malformed.NONE;
    }

    static int flags(MemorySegment s, long at) {
        return Bytes.u16(s, at);
    }

    public static int headerBytes(MemorySegment s, long at) {
        int flags = flags(s, at);
        int optional = Integer.bitCount(flags & (CHECKSUM | KEY | SEQUENCE));
        boolean acknowledgement = (flags & VERSION_MASK) == 1 && (flags & ACKNOWLEDGEMENT) != 0;
        return SIZE + ((optional + (acknowledgement ? 1 : 0)) << 2);
    }

    /** An {@link EtherType}. */
    public static int type(MemorySegment s, long at) {
        return Bytes.u16(s, at + TYPE);
    }

    /** Writes a header without optional fields. @return its octets */
    public static int write(MemorySegment s, long at, int type) {
        Bytes.put32(s, at, type & 0xFFFF);
        return SIZE;
    }

    /** Writes a header with a key. @return its octets */
    public static int writeKeyed(MemorySegment s, long at, int type, int key) {
        Bytes.put32(s, at, (KEY << 16) | (type & 0xFFFF));
        Bytes.put32(s, at + SIZE, key);
        return SIZE + 4;
    }
}
