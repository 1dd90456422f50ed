package dev.weir.server.p4runtime;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.server.p4info.Numbers;
import java.math.BigInteger;

/** Numbers as P4Runtime writes them (section 8.4): octets of any length whose number fits are taken, the shortest are given. */
final class Octets {
    private static final int ENOUGH = 1 << 16;

    private Octets() {}

    /** @throws EntityFault with OUT_OF_RANGE when there are none, or the number has more bits */
    static BigInteger number(ByteString octets, int bits, String what) throws EntityFault {
        if (octets.isEmpty()) {
            throw new EntityFault(Code.OUT_OF_RANGE, what + ": has no octets; zero is written as one octet of zero");
        }
        if (octets.size() > ENOUGH) {
            throw new EntityFault(Code.OUT_OF_RANGE, what + ": has " + octets.size() + " octets; leave zeros away");
        }
        BigInteger number = new BigInteger(1, octets.toByteArray());
        if (number.bitLength() > bits) {
            throw new EntityFault(
                    Code.OUT_OF_RANGE,
                    what + ": 0x" + number.toString(16) + " has " + number.bitLength() + " bits; there are " + bits);
        }
        return number;
    }

    /** Of a number with a sign, in two's complement; gives its bits. */
    static BigInteger signed(ByteString octets, int bits, String what) throws EntityFault {
        if (octets.isEmpty() || octets.size() > ENOUGH) {
            throw new EntityFault(Code.OUT_OF_RANGE, what + ": has " + octets.size() + " octets; give the number's");
        }
        BigInteger number = new BigInteger(octets.toByteArray());
        if (number.bitLength() >= bits) {
            throw new EntityFault(Code.OUT_OF_RANGE, what + ": " + number + " is beyond int<" + bits + ">");
        }
        return number.and(mask(bits));
    }

    static ByteString of(BigInteger number) {
        return Numbers.octets(number);
    }

    /** Of the bits of a number with a sign. */
    static ByteString ofSigned(BigInteger number, int bits) {
        boolean negative = number.testBit(bits - 1);
        BigInteger value = negative ? number.subtract(BigInteger.ONE.shiftLeft(bits)) : number;
        return ByteString.copyFrom(value.toByteArray());
    }

    static BigInteger mask(int bits) {
        return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
    }
}
