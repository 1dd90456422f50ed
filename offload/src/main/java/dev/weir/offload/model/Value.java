package dev.weir.offload.model;

/**
 * A number without sign of up to 128 bits, with the type that it travels as. A field of fewer bits stands right-aligned: a MAC address is a
 * {@link ValueType#U64} with two zero octets first.
 *
 * @param high bits 127 to 64
 * @param low bits 63 to 0
 */
public record Value(ValueType type, long high, long low) {
    public Value {
        if (type == ValueType.NONE) throw new IllegalArgumentException("value: of no type; give its type, or no value");
        if ((high != 0 && type != ValueType.U128) || (type.bits() < 64 && (low >>> type.bits()) != 0)) {
            throw new IllegalArgumentException(
                    "value: 0x" + hex(high, low) + " is wider than its type " + type + "; give a wider type");
        }
    }

    /** A value of up to 64 bits. */
    public static Value of(ValueType type, long low) {
        return new Value(type, 0, low);
    }

    /** The value of 1, 2, 4, 8 or 16 octets, most significant first; throws for other lengths. */
    public static Value ofOctets(byte[] octets) {
        ValueType type = ValueType.ofOctets(octets.length);
        long high = 0;
        long low = 0;
        for (byte octet : octets) {
            high = (high << 8) | (low >>> 56);
            low = (low << 8) | (octet & 0xff);
        }
        return new Value(type, high, low);
    }

    /** A value whose lowest {@code bits} are ones. */
    public static Value ones(ValueType type, int bits) {
        return new Value(type, ones(bits - 64), ones(bits));
    }

    /** The lowest {@code bits} of a word as ones; none below 1, all from 64 on. */
    public static long ones(int bits) {
        if (bits <= 0) return 0;
        return bits >= 64 ? -1 : (1L << bits) - 1;
    }

    /** Octet {@code index} of {@code type().octets()}, the most significant being 0; 0 to 255. */
    public int octet(int index) {
        int shift = (type.octets() - 1 - index) * 8;
        return (int) (shift >= 64 ? high >>> (shift - 64) : low >>> shift) & 0xff;
    }

    /** How many bits the number needs: 0 for zero. */
    public int bitLength() {
        return high != 0 ? 128 - Long.numberOfLeadingZeros(high) : 64 - Long.numberOfLeadingZeros(low);
    }

    @Override
    public String toString() {
        return "0x" + hex(high, low);
    }

    private static String hex(long high, long low) {
        return high == 0 ? Long.toHexString(low) : String.format("%x%016x", high, low);
    }
}
