package dev.weir.p4.interpret;

import dev.weir.p4.ir.Value;
import java.math.BigInteger;

/** A packet as one number of bits, read from its front. */
final class PacketBits {
    private final BigInteger bits;
    private final int length;
    private int at;

    PacketBits(byte[] packet) {
        bits = new BigInteger(1, packet);
        length = packet.length * 8;
    }

    int left() {
        return length - at;
    }

    /** The next bits, as many as are left at most; they stay. */
    BigInteger peek(int width) {
        return bits.shiftRight(left() - width).and(Value.mask(width));
    }

    BigInteger take(int width) {
        BigInteger taken = peek(width);
        at += width;
        return taken;
    }

    void skip(int width) {
        at += width;
    }

    /** How many whole bytes were taken. */
    int bytesTaken() {
        return at / 8;
    }
}
