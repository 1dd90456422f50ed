package dev.weir.packet;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * IP addresses as text: IPv4 in dotted decimal, IPv6 in the canonical form of RFC 5952, IPv4-mapped ones in mixed notation.
 * Addresses in memory are in network order, of 4 or 16 octets by the family, 4 or 6. Stateless, any thread.
 */
public final class Addresses {
    /** The most octets of text that an address makes. */
    public static final int MAX_TEXT = 45;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final long MAPPED_PREFIX = 0xFFFFL;

    private Addresses() {}

    /**
     * Writes the text of the address at {@code at} as ASCII. Allocates nothing.
     *
     * @return where the text ends in {@code out}, which has room for {@link #MAX_TEXT} octets from {@code pos}
     */
    public static int format(MemorySegment s, long at, int family, byte[] out, int pos) {
        return family == 4
                ? formatIpv4(Bytes.i32(s, at), out, pos)
                : formatIpv6(Bytes.i64(s, at), Bytes.i64(s, at + 8), out, pos);
    }

    /** Writes the text of an IPv4 address, its first octet the highest. @return where the text ends */
    public static int formatIpv4(int address, byte[] out, int pos) {
        int p = decimal(address >>> 24, out, pos);
        out[p++] = '.';
        p = decimal((address >>> 16) & 0xFF, out, p);
        out[p++] = '.';
        p = decimal((address >>> 8) & 0xFF, out, p);
        out[p++] = '.';
        return decimal(address & 0xFF, out, p);
    }

    /** Writes the text of an IPv6 address, its first octet the highest of {@code high}. @return where the text ends */
    public static int formatIpv6(long high, long low, byte[] out, int pos) {
        boolean mapped = high == 0 && low >>> 32 == MAPPED_PREFIX;
        int groups = mapped ? 6 : 8;
        int zeros = mapped ? (5 << 4) : longestZeros(high, low);
        int zerosAt = zeros & 0xF;
        int zerosEnd = zerosAt + (zeros >>> 4);
        int p = pos;
        for (int i = 0; i < groups; i++) {
            if (i == zerosAt && zerosEnd > zerosAt) {
                out[p++] = ':';
                out[p++] = ':';
                i = zerosEnd - 1;
                continue;
            }
            if (i != 0 && i != zerosEnd) {
                out[p++] = ':';
            }
            p = hexadecimal(group(high, low, i), out, p);
        }
        if (mapped) {
            out[p++] = ':';
            p = formatIpv4((int) low, out, p);
        }
        return p;
    }

    /** The text of the address at {@code at}; allocates it. */
    public static String text(MemorySegment s, long at, int family) {
        byte[] out = new byte[MAX_TEXT];
        return new String(out, 0, format(s, at, family, out, 0), StandardCharsets.US_ASCII);
    }

    /**
     * Reads an address from text: IPv4 as four decimal numbers without leading zeros, IPv6 in any form of RFC 4291 section
     * 2.2, without a zone.
     *
     * @param out room for 16 octets; holds the address in network order if the text is one
     * @return its family, or 0 where the text is no address
     */
    public static int parse(CharSequence text, byte[] out) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == ':') {
                return parseIpv6(text, out) ? 6 : 0;
            }
        }
        return parseIpv4(text, 0, out, 0) ? 4 : 0;
    }

    private static int group(long high, long low, int i) {
        long half = i < 4 ? high : low;
        return (int) (half >>> (48 - ((i & 3) << 4))) & 0xFFFF;
    }

    /** The first of the longest runs of two or more zero groups: its length above the lowest four bits, its start in them. */
    private static int longestZeros(long high, long low) {
        int best = 0;
        int start = 0;
        int run = 0;
        for (int i = 0; i < 8; i++) {
            run = group(high, low, i) == 0 ? run + 1 : 0;
            if (run > best) {
                best = run;
                start = i + 1 - run;
            }
        }
        return best < 2 ? 0 : (best << 4) | start;
    }

    private static int decimal(int octet, byte[] out, int pos) {
        int p = pos;
        if (octet >= 100) {
            out[p++] = HEX[octet / 100];
        }
        if (octet >= 10) {
            out[p++] = HEX[octet / 10 % 10];
        }
        out[p++] = HEX[octet % 10];
        return p;
    }

    private static int hexadecimal(int group, byte[] out, int pos) {
        int p = pos;
        for (int shift = group > 0xFFF ? 12 : group > 0xFF ? 8 : group > 0xF ? 4 : 0; shift >= 0; shift -= 4) {
            out[p++] = HEX[(group >>> shift) & 0xF];
        }
        return p;
    }

    private static boolean parseIpv4(CharSequence text, int from, byte[] out, int pos) {
        int p = from;
        for (int octet = 0; octet < 4; octet++) {
            if (octet > 0 && (p >= text.length() || text.charAt(p++) != '.')) {
                return false;
            }
            int start = p;
            int value = 0;
            for (; p < text.length() && p < start + 3 && isDigit(text.charAt(p)); p++) {
                value = value * 10 + text.charAt(p) - '0';
            }
            boolean leadingZero = p > start + 1 && text.charAt(start) == '0';
            if (p == start || leadingZero || value > 255) {
                return false;
            }
            out[pos + octet] = (byte) value;
        }
        return p == text.length();
    }

    private static boolean parseIpv6(CharSequence text, byte[] out) {
        int n = text.length();
        int octets = 0;
        int gap = -1;
        int p = 0;
        while (p < n) {
            boolean doubleColon = p + 1 < n && text.charAt(p) == ':' && text.charAt(p + 1) == ':';
            if (doubleColon) {
                if (gap >= 0) {
                    return false;
                }
                gap = octets;
                p += 2;
                continue;
            }
            if (octets > 0 && gap != octets && text.charAt(p++) != ':') {
                return false;
            }
            int end = groupEnd(text, p);
            if (end < n && text.charAt(end) == '.') {
                return octets <= 12 && parseIpv4(text, p, out, octets) && spread(out, octets + 4, gap);
            }
            if (end == p || octets == 16) {
                return false;
            }
            int value = 0;
            for (; p < end; p++) {
                value = (value << 4) | Character.digit(text.charAt(p), 16);
            }
            out[octets++] = (byte) (value >>> 8);
            out[octets++] = (byte) value;
        }
        return spread(out, octets, gap);
    }

    /** Where the up to four hexadecimal digits at {@code from} end. */
    private static int groupEnd(CharSequence text, int from) {
        int p = from;
        while (p < text.length() && p < from + 4 && isHexadecimal(text.charAt(p))) {
            p++;
        }
        return p;
    }

    /** Moves what came after the gap of zeros to the end. Whether there are 16 octets then. */
    private static boolean spread(byte[] out, int octets, int gap) {
        if (gap < 0) {
            return octets == 16;
        }
        if (octets > 14) {
            return false;
        }
        int after = octets - gap;
        System.arraycopy(out, gap, out, 16 - after, after);
        java.util.Arrays.fill(out, gap, 16 - after, (byte) 0);
        return true;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHexadecimal(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
