package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * IPv4 header (RFC 791 section 3.1) at an offset of a segment; addresses are ints, their first octet the highest.
 *
 * <p>The setters keep the header checksum true by updating it (RFC 1624). A transport checksum covers the addresses too;
 * it is the caller's to update.
 *
 * <pre>
 * byte 0           1     2              4                6          8     9          10         12       16            20
 *      | ver, ihl | tos | total length | identification | fragment | ttl | protocol | checksum | source | destination | options
 * </pre>
 */
public final class Ipv4 {
    static final int TRAFFIC_CLASS = 1, TOTAL_LENGTH = 2, IDENTIFICATION = 4, FRAGMENT = 6, TTL = 8, PROTOCOL = 9;
    static final int CHECKSUM = 10, SOURCE = 12, DESTINATION = 16;
    /** Octets of the header without options. */
    public static final int SIZE = 20;

    /** In the fragment field: do not fragment; more fragments follow; the offset, in units of 8 octets. */
    public static final int DONT_FRAGMENT = 0x4000, MORE_FRAGMENTS = 0x2000, OFFSET_MASK = 0x1FFF;

    private Ipv4() {}

    /** {@link Malformed#NONE}, or why {@code here} bytes at {@code at} are no usable header, options included. */
    public static int check(MemorySegment s, long at, int here) {
        if (here < SIZE) {
            return Malformed.TRUNCATED_IPV4;
        }
        int first = Bytes.u8(s, at);
        if (first >>> 4 != 4) {
            return Malformed.BAD_IP_VERSION;
        }
        int headerBytes = (first & 0x0F) << 2;
        if (headerBytes < SIZE || headerBytes > here) {
            return Malformed.BAD_IP_HEADER_LENGTH;
        }
        return totalLength(s, at) < headerBytes ? Malformed.BAD_TOTAL_LENGTH : Malformed.NONE;
    }

    /**
     * The first 8 octets in one load, for the parser: version in the upper 4 bits, header length in words in the next 4,
     * total length above bit 32, identification above bit 16, fragment in the lowest 16.
     */
    static long start(MemorySegment s, long at) {
        return Bytes.i64(s, at);
    }

    public static int headerBytes(MemorySegment s, long at) {
        return (Bytes.u8(s, at) & 0x0F) << 2;
    }

    /** Differentiated services and congestion notification, 8 bits. */
    public static int trafficClass(MemorySegment s, long at) {
        return Bytes.u8(s, at + TRAFFIC_CLASS);
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

    public static int ttl(MemorySegment s, long at) {
        return Bytes.u8(s, at + TTL);
    }

    public static int protocol(MemorySegment s, long at) {
        return Bytes.u8(s, at + PROTOCOL);
    }

    public static int checksum(MemorySegment s, long at) {
        return Bytes.u16(s, at + CHECKSUM);
    }

    public static int source(MemorySegment s, long at) {
        return Bytes.i32(s, at + SOURCE);
    }

    public static int destination(MemorySegment s, long at) {
        return Bytes.i32(s, at + DESTINATION);
    }

    public static void setSource(MemorySegment s, long at, int address) {
        replace32(s, at, SOURCE, address);
    }

    public static void setDestination(MemorySegment s, long at, int address) {
        replace32(s, at, DESTINATION, address);
    }

    public static void setTotalLength(MemorySegment s, long at, int bytes) {
        replace16(s, at, TOTAL_LENGTH, bytes);
    }

    public static void setTtl(MemorySegment s, long at, int ttl) {
        replace16(s, at, TTL, (ttl << 8) | protocol(s, at));
    }

    /** Sets the differentiated services and congestion notification. */
    public static void setTrafficClass(MemorySegment s, long at, int trafficClass) {
        replace16(s, at, 0, (Bytes.u8(s, at) << 8) | (trafficClass & 0xFF));
    }

    /** Writes a header without options and its checksum; {@code fragment} as {@link #fragment} gives it. @return its octets */
    public static int write(
            MemorySegment s,
            long at,
            int trafficClass,
            int totalLength,
            int identification,
            int fragment,
            int ttl,
            int protocol,
            int source,
            int destination) {
        Bytes.put16(s, at, 0x4500 | (trafficClass & 0xFF));
        Bytes.put16(s, at + TOTAL_LENGTH, totalLength);
        Bytes.put16(s, at + IDENTIFICATION, identification);
        Bytes.put16(s, at + FRAGMENT, fragment);
        Bytes.put8(s, at + TTL, ttl);
        Bytes.put8(s, at + PROTOCOL, protocol);
        Bytes.put16(s, at + CHECKSUM, 0);
        Bytes.put32(s, at + SOURCE, source);
        Bytes.put32(s, at + DESTINATION, destination);
        Bytes.put16(s, at + CHECKSUM, Checksums.ipv4Header(s, at));
        return SIZE;
    }

    private static void replace16(MemorySegment s, long at, int field, int after) {
        int before = Bytes.u16(s, at + field);
        Bytes.put16(s, at + field, after);
        Bytes.put16(s, at + CHECKSUM, Checksums.update16(checksum(s, at), before, after));
    }

    private static void replace32(MemorySegment s, long at, int field, int after) {
        int before = Bytes.i32(s, at + field);
        Bytes.put32(s, at + field, after);
        Bytes.put16(s, at + CHECKSUM, Checksums.update32(checksum(s, at), before, after));
    }
}
