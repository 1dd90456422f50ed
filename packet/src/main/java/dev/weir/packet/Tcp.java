package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * TCP header (RFC 9293 section 3.1) at an offset of a segment.
 *
 * <pre>
 * byte 0             2                  4          8                 12            13      14       16         18       20
 *      | source port | destination port | sequence | acknowledgement | data offset | flags | window | checksum | urgent | options
 * </pre>
 */
public final class Tcp {
    static final int SOURCE_PORT = 0, DESTINATION_PORT = 2, SEQUENCE = 4, ACKNOWLEDGEMENT = 8, DATA_OFFSET = 12;
    static final int FLAGS_AT = 13, CHECKSUM = 16, URGENT = 18;
    /** Where the window is in the header. */
    public static final int WINDOW_AT = 14;
    /** Octets of the header without options. */
    public static final int SIZE = 20;

    public static final int FIN = 0x01,
            SYN = 0x02,
            RST = 0x04,
            PSH = 0x08,
            ACK = 0x10,
            URG = 0x20,
            ECE = 0x40,
            CWR = 0x80;

    private Tcp() {}

    /** {@link Malformed#NONE}, or why {@code here} bytes at {@code at} are no usable header, options included. */
    public static int check(MemorySegment s, long at, int here) {
        if (here < SIZE) {
            return Malformed.TRUNCATED_TCP;
        }
        int headerBytes = headerBytes(s, at);
        return headerBytes < SIZE || headerBytes > here ? Malformed.BAD_TCP_HEADER_LENGTH : Malformed.NONE;
    }

    public static int sourcePort(MemorySegment s, long at) {
        return Bytes.u16(s, at + SOURCE_PORT);
    }

    public static int destinationPort(MemorySegment s, long at) {
        return Bytes.u16(s, at + DESTINATION_PORT);
    }

    public static int sequence(MemorySegment s, long at) {
        return Bytes.i32(s, at + SEQUENCE);
    }

    public static int acknowledgement(MemorySegment s, long at) {
        return Bytes.i32(s, at + ACKNOWLEDGEMENT);
    }

    public static int headerBytes(MemorySegment s, long at) {
        return (Bytes.u8(s, at + DATA_OFFSET) >>> 4) << 2;
    }

    /** The flags octet: {@link #FIN} to {@link #CWR}. */
    public static int flags(MemorySegment s, long at) {
        return Bytes.u8(s, at + FLAGS_AT);
    }

    public static int window(MemorySegment s, long at) {
        return Bytes.u16(s, at + WINDOW_AT);
    }

    public static int checksum(MemorySegment s, long at) {
        return Bytes.u16(s, at + CHECKSUM);
    }

    public static void setSourcePort(MemorySegment s, long at, int port) {
        Bytes.put16(s, at + SOURCE_PORT, port);
    }

    public static void setDestinationPort(MemorySegment s, long at, int port) {
        Bytes.put16(s, at + DESTINATION_PORT, port);
    }

    public static void setChecksum(MemorySegment s, long at, int checksum) {
        Bytes.put16(s, at + CHECKSUM, checksum);
    }

    /** Writes a header without options and with a checksum of 0. @return its octets */
    public static int write(
            MemorySegment s,
            long at,
            int sourcePort,
            int destinationPort,
            int sequence,
            int acknowledgement,
            int flags,
            int window) {
        setSourcePort(s, at, sourcePort);
        setDestinationPort(s, at, destinationPort);
        Bytes.put32(s, at + SEQUENCE, sequence);
        Bytes.put32(s, at + ACKNOWLEDGEMENT, acknowledgement);
        Bytes.put8(s, at + DATA_OFFSET, SIZE << 2);
        Bytes.put8(s, at + FLAGS_AT, flags);
        Bytes.put16(s, at + WINDOW_AT, window);
        Bytes.put32(s, at + CHECKSUM, 0);
        return SIZE;
    }

    /** Fills the checksum of a segment of {@code length} bytes in, with the pseudo header of the IP header at {@code network}. */
    public static void fillChecksum(MemorySegment s, long network, long at, int length) {
        setChecksum(s, at, 0);
        setChecksum(s, at, Checksums.transport(s, network, at, length, IpProtocol.TCP));
    }
}
