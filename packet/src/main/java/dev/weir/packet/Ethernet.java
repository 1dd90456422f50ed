package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * Ethernet II header (IEEE 802.3 clause 3) at an offset of a segment; addresses are the lower 48 bits of a long.
 *
 * <p>As with all views of headers here: {@code check} once, then trust the others. Stateless, any thread, no allocation.
 *
 * <pre>
 * byte 0             6        12     14
 *      | destination | source | type |
 * </pre>
 */
public final class Ethernet {
    static final int DESTINATION = 0, SOURCE = 6, TYPE = 12;
    /** Octets of the header. */
    public static final int SIZE = 14;

    private Ethernet() {}

    /** {@link Malformed#NONE}, or why {@code here} bytes at {@code at} are no usable header. */
    public static int check(int here) {
        return here < SIZE ? Malformed.TRUNCATED_LINK : Malformed.NONE;
    }

    public static long destination(MemorySegment s, long at) {
        return Bytes.u48(s, at + DESTINATION);
    }

    public static long source(MemorySegment s, long at) {
        return Bytes.u48(s, at + SOURCE);
    }

    /** An {@link EtherType}, or up to {@link EtherType#MAX_LENGTH} a length. */
    public static int type(MemorySegment s, long at) {
        return Bytes.u16(s, at + TYPE);
    }

    public static void setDestination(MemorySegment s, long at, long address) {
        Bytes.put48(s, at + DESTINATION, address);
    }

    public static void setSource(MemorySegment s, long at, long address) {
        Bytes.put48(s, at + SOURCE, address);
    }

    public static void setType(MemorySegment s, long at, int type) {
        Bytes.put16(s, at + TYPE, type);
    }

    /** Writes the header. @return its octets */
    public static int write(MemorySegment s, long at, long destination, long source, int type) {
        setDestination(s, at, destination);
        setSource(s, at, source);
        setType(s, at, type);
        return SIZE;
    }
}
