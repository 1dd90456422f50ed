package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * 802.1Q tag as it follows an EtherType (IEEE 802.1Q clause 9.6) at an offset of a segment.
 *
 * <pre>
 * bit 0          3     4               16     32
 *     | priority | DEI | VLAN identifier | type |
 * </pre>
 */
public final class Vlan {
    static final int TAG = 0, TYPE = 2;
    static final int ID_MASK = 0x0FFF;
    /** Octets of the tag. */
    public static final int SIZE = 4;

    private Vlan() {}

    /** {@link Malformed#NONE}, or why {@code here} bytes are no usable tag. */
    public static int check(int here) {
        return here < SIZE ? Malformed.TRUNCATED_VLAN : Malformed.NONE;
    }

    /** Whether a tag follows this EtherType. */
    public static boolean isTag(int etherType) {
        return etherType == EtherType.VLAN
                || etherType == EtherType.SERVICE_VLAN
                || etherType == EtherType.OLD_SERVICE_VLAN;
    }

    public static int id(MemorySegment s, long at) {
        return Bytes.u16(s, at + TAG) & ID_MASK;
    }

    public static int priority(MemorySegment s, long at) {
        return Bytes.u8(s, at + TAG) >>> 5;
    }

    public static int type(MemorySegment s, long at) {
        return Bytes.u16(s, at + TYPE);
    }

    public static void setId(MemorySegment s, long at, int id) {
        Bytes.put16(s, at + TAG, (Bytes.u16(s, at + TAG) & ~ID_MASK) | (id & ID_MASK));
    }

    /** Writes a tag that may not be dropped first (DEI 0). @return its octets */
    public static int write(MemorySegment s, long at, int priority, int id, int type) {
        Bytes.put16(s, at + TAG, (priority << 13) | (id & ID_MASK));
        Bytes.put16(s, at + TYPE, type);
        return SIZE;
    }
}
