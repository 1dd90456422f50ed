package dev.weir.p4.ir;

import java.util.List;

/**
 * How a header lies in a packet: its fields one after the other from the first bit on, in network order. All of them together are whole bytes;
 * so is what is before a varbit field.
 */
public record HeaderType(String name, List<Field> fields) {
    /** The width of the place that holds a varbit field's length. */
    public static final int LENGTH_BITS = 16;

    public HeaderType {
        fields = List.copyOf(fields);
    }

    /** @param width in bits; of a varbit field the greatest */
    public record Field(String name, int width, boolean varbit) {}

    /** Without its varbit fields. */
    public int fixedBits() {
        int bits = 0;
        for (Field field : fields) {
            if (!field.varbit()) bits += field.width();
        }
        return bits;
    }

    /** With its varbit fields at their greatest. */
    public int mostBits() {
        int bits = 0;
        for (Field field : fields) bits += field.width();
        return bits;
    }

    public boolean hasVarbit() {
        return fields.stream().anyMatch(Field::varbit);
    }
}
