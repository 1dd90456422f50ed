package dev.weir.table.match;

import java.math.BigInteger;

/** What an entry says of one field of its key; values are unsigned. Immutable; for the control path. */
public sealed interface FieldMatch {
    /** The field is that. */
    record Exact(BigInteger value) implements FieldMatch {}

    /** The field begins with the first {@code prefix} bits of the value; the others are ignored. */
    record Lpm(BigInteger value, int prefix) implements FieldMatch {}

    /** The field has the value's bits where the mask has ones; bits elsewhere are ignored. */
    record Ternary(BigInteger value, BigInteger mask) implements FieldMatch {}

    /** The field lies between the bounds, both included. */
    record Range(BigInteger low, BigInteger high) implements FieldMatch {}

    /** Whatever the field is. */
    record Any() implements FieldMatch {}

    static FieldMatch exact(long value) {
        return new Exact(unsigned(value));
    }

    static FieldMatch lpm(long value, int prefix) {
        return new Lpm(unsigned(value), prefix);
    }

    static FieldMatch ternary(long value, long mask) {
        return new Ternary(unsigned(value), unsigned(mask));
    }

    static FieldMatch range(long low, long high) {
        return new Range(unsigned(low), unsigned(high));
    }

    static FieldMatch any() {
        return new Any();
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
