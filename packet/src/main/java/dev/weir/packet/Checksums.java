package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * Internet checksums (RFC 1071) over packets in a segment: whole ones, and updates of one when a field changes (RFC 1624).
 *
 * <p>A checksum is 16 bits in an int. Over bytes in which the checksum field is 0 it is what belongs there; over bytes in
 * which it is filled in it is 0 where the field is right. Stateless, any thread; nothing allocates. The caller has checked
 * that the bytes are there.
 */
public final class Checksums {
    private Checksums() {}

    /** The checksum of {@code length} bytes. */
    public static int internet(MemorySegment s, long at, int length) {
        return fold(sum(s, at, length));
    }

    /** The checksum of the IPv4 header at {@code at}. */
    public static int ipv4Header(MemorySegment s, long at) {
        return internet(s, at, Ipv4.headerBytes(s, at));
    }

    /**
     * The checksum of a TCP segment, UDP datagram or ICMPv6 message of {@code length} bytes at {@code at}, with the pseudo
     * header of the IPv4 or IPv6 header at {@code network} (RFC 9293 section 3.1, RFC 8200 section 8.1).
     */
    public static int transport(MemorySegment s, long network, long at, int length, int protocol) {
        boolean v4 = Bytes.u8(s, network) >>> 4 == 4;
        long addresses = v4 ? sum(s, network + Ipv4.SOURCE, 8) : sum(s, network + Ipv6.SOURCE, 32);
        return fold(addresses + length + protocol + sum(s, at, length));
    }

    /**
     * The folded sum of the pseudo header that {@link #transport} takes in, from 1 to 0xFFFF and not complemented: what a
     * sender that leaves the checksum to the interface stores in its place ({@link Offload#NEEDS_CHECKSUM}).
     */
    public static int pseudoHeader(MemorySegment s, long network, int length, int protocol) {
        boolean v4 = Bytes.u8(s, network) >>> 4 == 4;
        long addresses = v4 ? sum(s, network + Ipv4.SOURCE, 8) : sum(s, network + Ipv6.SOURCE, 32);
        return ~fold(addresses + length + protocol) & 0xFFFF;
    }

    /** The checksum when a 16-bit field that it covers changes. */
    public static int update16(int checksum, int before, int after) {
        return fold((~checksum & 0xFFFF) + (~before & 0xFFFF) + (after & 0xFFFF));
    }

    /** The checksum when a 32-bit field that it covers changes. */
    public static int update32(int checksum, int before, int after) {
        return fold((~checksum & 0xFFFF) + (~before & 0xFFFF_FFFFL) + (after & 0xFFFF_FFFFL));
    }

    /** The checksum when a 128-bit field that it covers changes, given in halves. */
    public static int update128(int checksum, long beforeHigh, long beforeLow, long afterHigh, long afterLow) {
        long sum =
                (~checksum & 0xFFFF) + halves(~beforeHigh) + halves(~beforeLow) + halves(afterHigh) + halves(afterLow);
        return fold(sum);
    }

    /** What UDP sends for a checksum: one that came out as 0 is sent as all ones, since 0 says that there is none. */
    public static int udpField(int checksum) {
        return checksum == 0 ? 0xFFFF : checksum;
    }

    /** The one's complement sum, by 32-bit words; carries gather in the upper half, which 2 GiB cannot overflow. */
    private static long sum(MemorySegment s, long at, int length) {
        long sum = 0;
        long end = at + length;
        long p = at;
        for (; p <= end - 4; p += 4) {
            sum += Bytes.u32(s, p);
        }
        if (p <= end - 2) {
            sum += Bytes.u16(s, p);
            p += 2;
        }
        return p < end ? sum + (Bytes.u8(s, p) << 8) : sum;
    }

    private static long halves(long v) {
        return (v >>> 32) + (v & 0xFFFF_FFFFL);
    }

    /** The complement of the sum folded to 16 bits. */
    static int fold(long sum) {
        long folded = (sum >>> 32) + (sum & 0xFFFF_FFFFL);
        folded = (folded >>> 16) + (folded & 0xFFFF);
        folded = (folded >>> 16) + (folded & 0xFFFF);
        folded = (folded >>> 16) + (folded & 0xFFFF);
        return (int) ~folded & 0xFFFF;
    }
}
