package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * IPv6 header (RFC 8200 section 3) at an offset of a segment; an address is two longs, high and low, its first octet the
 * highest.
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

    /** {@link Malformed#NONE}, or why {@code here} bytes at {@code at} are no usable header. */
    public static int check(MemorySegment s, long at, int here) {
        if (here < SIZE) {
            return Malformed.TRUNCATED_IPV6;
        }
        return Bytes.u8(s, at) >>> 4 != 6 ? Malformed.BAD_IP_VERSION : Malformed.NONE;
    }

    /** Differentiated services and congestion notification, 8 bits. */
    public static int trafficClass(MemorySegment s, long at) {
        return (Bytes.u16(s, at) >>> 4) & 0xFF;
    }

    public static int flowLabel(MemorySegment s, long at) {
        return Bytes.i32(s, at) & 0xFFFFF;
    }

    public static int payloadLength(MemorySegment s, long at) {
        return Bytes.u16(s, at + PAYLOAD_LENGTH);
    }

    public static int nextHeader(MemorySegment s, long at) {
        return Bytes.u8(s, at + NEXT_HEADER);
    }

    public static int hopLimit(MemorySegment s, long at) {
        return Bytes.u8(s, at + HOP_LIMIT);
    }

    public static long sourceHigh(MemorySegment s, long at) {
        return Bytes.i64(s, at + SOURCE);
    }

    public static long sourceLow(MemorySegment s, long at) {
        return Bytes.i64(s, at + SOURCE + 8);
    }

    public static long destinationHigh(MemorySegment s, long at) {
        return Bytes.i64(s, at + DESTINATION);
    }

    public static long destinationLow(MemorySegment s, long at) {
        return Bytes.i64(s, at + DESTINATION + 8);
    }

    public static void setSource(MemorySegment s, long at, long high, long low) {
        Bytes.put64(s, at + SOURCE, high);
        Bytes.put64(s, at + SOURCE + 8, low);
    }

    public static void setDestination(MemorySegment s, long at, long high, long low) {
        Bytes.put64(s, at + DESTINATION, high);
        Bytes.put64(s, at + DESTINATION + 8, low);
    }

    public static void setPayloadLength(MemorySegment s, long at, int bytes) {
        Bytes.put16(s, at + PAYLOAD_LENGTH, bytes);
    }

    public static void setHopLimit(MemorySegment s, long at, int hopLimit) {
        Bytes.put8(s, at + HOP_LIMIT, hopLimit);
    }

    /** Writes a header. @return its octets */
    public static int write(
            MemorySegment s,
            long at,
            int trafficClass,
            int flowLabel,
            int payloadLength,
            int nextHeader,
            int hopLimit,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow) {
        Bytes.put32(s, at, (6 << 28) | ((trafficClass & 0xFF) << 20) | (flowLabel & 0xFFFFF));
        Bytes.put16(s, at + PAYLOAD_LENGTH, payloadLength);
        Bytes.put8(s, at + NEXT_HEADER, nextHeader);
        Bytes.put8(s, at + HOP_LIMIT, hopLimit);
        setSource(s, at, sourceHigh, sourceLow);
        setDestination(s, at, destinationHigh, destinationLow);
        return SIZE;
    }
}
