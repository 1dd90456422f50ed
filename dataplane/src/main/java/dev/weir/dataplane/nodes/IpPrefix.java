package dev.weir.dataplane.nodes;

import dev.weir.packet.Addresses;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A block of addresses: those whose first {@code length} bits are these (RFC 4632, RFC 4291 section 2.3). Immutable.
 *
 * @param family 4 or 6
 * @param high upper half of an IPv6 address, its first octet the highest; 0 for IPv4
 * @param low lower half, or the IPv4 address in the lower 32 bits
 * @param length in bits
 */
public record IpPrefix(int family, long high, long low, int length) {
    public IpPrefix {
        if (family != 4 && family != 6) {
            throw new IllegalArgumentException("address family: " + family + "; it is 4 or 6");
        }
        int bits = family == 4 ? 32 : 128;
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException("prefix length: " + length + "; it is 0 to " + bits);
        }
        if (family == 4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits");
        }
        long networkHigh = high & maskHigh(family, length), networkLow = low & maskLow(family, length);
        if (networkHigh != high || networkLow != low) {
            throw new IllegalArgumentException(text(family, high, low) + "/" + length
                    + ": bits after the prefix are set; write " + text(family, networkHigh, networkLow) + "/" + length);
        }
    }

    /** Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or an address, which is a prefix of all its bits. */
    public static IpPrefix of(String text) {
        int slash = text.indexOf('/');
        byte[] octets = new byte[16];
        int family = Addresses.parse(slash < 0 ? text : text.substring(0, slash), octets);
        if (family == 0) {
            throw new IllegalArgumentException(
                    text + ": no address or prefix; write it as 10.0.0.0/8 or 2001:db8::/32");
        }
        ByteBuffer address = ByteBuffer.wrap(octets);
        int bits = family == 4 ? 32 : 128;
        int length = slash < 0 ? bits : length(text, slash + 1, bits);
        return family == 4
                ? new IpPrefix(4, 0, address.getInt(0) & 0xFFFF_FFFFL, length)
                : new IpPrefix(6, address.getLong(0), address.getLong(8), length);
    }

    private static int length(String text, int from, int bits) {
        String digits = text.substring(from);
        if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > bits) {
            throw new IllegalArgumentException(text + ": the length of the prefix is a number from 0 to " + bits);
        }
        return Integer.parseInt(digits);
    }

    private static long maskHigh(int family, int length) {
        return family == 4 ? 0 : length == 0 ? 0 : length >= 64 ? -1L : -1L << (64 - length);
    }

    private static long maskLow(int family, int length) {
        if (family == 4) {
            return length == 0 ? 0 : 0xFFFF_FFFFL & -1L << (32 - length);
        }
        return length <= 64 ? 0 : -1L << (128 - length);
    }

    /** Whether an address of this family is among them. */
    public boolean contains(long addressHigh, long addressLow) {
        return (addressHigh & maskHigh(family, length)) == high && (addressLow & maskLow(family, length)) == low;
    }

    /** Upper half of the last address. */
    public long lastHigh() {
        return family == 4 ? 0 : high | ~maskHigh(family, length);
    }

    /** Lower half of the last address. */
    public long lastLow() {
        return family == 4 ? low | (~maskLow(4, length) & 0xFFFF_FFFFL) : low | ~maskLow(6, length);
    }

    private static String text(int family, long high, long low) {
        byte[] out = new byte[Addresses.MAX_TEXT];
        int end = family == 4 ? Addresses.formatIpv4((int) low, out, 0) : Addresses.formatIpv6(high, low, out, 0);
        return new String(out, 0, end, StandardCharsets.US_ASCII);
    }

    /** As {@link #of} reads it. */
    @Override
    public String toString() {
        String address = text(family, high, low);
        return length == (family == 4 ? 32 : 128) ? address : address + "/" + length;
    }
}
