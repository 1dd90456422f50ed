package dev.weir.server.p4info;

import com.google.protobuf.ByteString;
import java.math.BigInteger;

/** Numbers as octets: big endian, without leading octets of zero; zero is one octet (P4Runtime, section 8.4). */
public final class Numbers {
    private Numbers() {}

    /** @param number not negative */
    public static ByteString octets(BigInteger number) {
        byte[] octets = number.toByteArray();
        int zeros = octets.length > 1 && octets[0] == 0 ? 1 : 0;
        return ByteString.copyFrom(octets, zeros, octets.length - zeros);
    }

    /** All octets of a number of so many bits, as descriptions of programs have them. */
    static ByteString octets(BigInteger number, int width) {
        byte[] octets = new byte[(width + 7) / 8];
        byte[] least = unsigned(number, width).toByteArray();
        int n = Math.min(octets.length, least.length);
        System.arraycopy(least, least.length - n, octets, octets.length - n, n);
        return ByteString.copyFrom(octets);
    }

    /** The same bits as a number without a sign. */
    static BigInteger unsigned(BigInteger number, int width) {
        return number.and(BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE));
    }
}
