package dev.weir.offload.model;

/**
 * How many octets a value has on the wire (NFL_FIELD_REF_ATTR_TYPE, NFL_ACTION_ARG_TYPE). The number is the wire's.
 * {@link #U128} is an extension: the Flow Table API ends at 64 bits, which no IPv6 address fits.
 */
public enum ValueType {
    NONE(0, 0),
    U8(1, 1),
    U16(2, 2),
    U32(3, 4),
    U64(4, 8),
    U128(5, 16);

    private static final ValueType[] BY_NUMBER = values();

    private final int number;
    private final int octets;

    ValueType(int number, int octets) {
        this.number = number;
        this.octets = octets;
    }

    public int octets() {
        return octets;
    }

    public int bits() {
        return octets * 8;
    }

    public int number() {
        return number;
    }

    /** The type with the wire's number; otherwise throws. */
    public static ValueType ofNumber(long number) {
        if (number >= 0 && number < BY_NUMBER.length) return BY_NUMBER[(int) number];
        throw new IllegalArgumentException(
                "type: " + number + " is no type of a value; give 0 to " + (BY_NUMBER.length - 1));
    }

    /** The type whose values have that many octets; otherwise throws. */
    public static ValueType ofOctets(int octets) {
        return switch (octets) {
            case 1 -> U8;
            case 2 -> U16;
            case 4 -> U32;
            case 8 -> U64;
            case 16 -> U128;
            default ->
                throw new IllegalArgumentException(
                        "value: has " + octets + " octets; give 1, 2, 4, 8 or 16, zeros first where it is shorter");
        };
    }

    /** The smallest type that holds fields of that many bits, 1 to 128. */
    public static ValueType ofBits(long bits) {
        if (bits <= 8) return U8;
        if (bits <= 16) return U16;
        if (bits <= 32) return U32;
        return bits <= 64 ? U64 : U128;
    }

    @Override
    public String toString() {
        return this == NONE ? "none" : "u" + bits();
    }
}
