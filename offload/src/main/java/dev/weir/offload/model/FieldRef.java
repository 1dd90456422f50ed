package dev.weir.offload.model;

import org.jspecify.annotations.Nullable;

/**
 * A field of a header as it was found by a node of the header graph, and what is asked of it. As a column of a table it has neither value nor
 * mask, as the condition of a jump or a match of a flow it has.
 *
 * @param instance uid of the header graph's node: tells outer from inner headers of one kind
 * @param header uid of the header
 * @param field uid of the field in it
 * @param type the values' type; {@link ValueType#NONE} where there is none
 * @param mask ones where bits count
 */
public record FieldRef(
        long instance,
        long header,
        long field,
        MaskType maskType,
        ValueType type,
        @Nullable Value value,
        @Nullable Value mask) {
    /** What stands where a jump has no condition. */
    public static final FieldRef ALWAYS = column(0, 0, 0, MaskType.UNSPEC);

    public FieldRef {
        U32.check("instance", instance);
        U32.check("header", header);
        U32.check("field", field);
        checkType("value", type, value);
        checkType("mask", type, mask);
    }

    /** A column of a table, matched as {@code maskType} says. */
    public static FieldRef column(long instance, long header, long field, MaskType maskType) {
        return new FieldRef(instance, header, field, maskType, ValueType.NONE, null, null);
    }

    /** The column's field with all bits equal to those of {@code value}. */
    public FieldRef exactly(Value value) {
        return new FieldRef(instance, header, field, MaskType.EXACT, value.type(), value, null);
    }

    /** The column's field, equal where {@code mask} has ones. */
    public FieldRef masked(Value value, Value mask) {
        return new FieldRef(instance, header, field, MaskType.MASK, value.type(), value, mask);
    }

    /** The column's field of {@code width} bits, beginning with the first {@code length} bits of {@code value}. */
    public FieldRef prefixed(Value value, int length, int width) {
        Value all = Value.ones(value.type(), width);
        Value rest = Value.ones(value.type(), width - length);
        Value mask = new Value(value.type(), all.high() ^ rest.high(), all.low() ^ rest.low());
        return new FieldRef(instance, header, field, MaskType.LPM, value.type(), value, mask);
    }

    /** Whether both speak of the same field of the same header. */
    public boolean sameField(FieldRef other) {
        return instance == other.instance && header == other.header && field == other.field;
    }

    private static void checkType(String what, ValueType type, @Nullable Value value) {
        if (value != null && value.type() != type) {
            throw new IllegalArgumentException(what + ": has " + value.type().octets() + " octets, its type " + type
                    + " has " + type.octets() + "; give as many octets as the type has");
        }
    }
}
