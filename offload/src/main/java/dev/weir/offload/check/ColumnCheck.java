package dev.weir.offload.check;

import dev.weir.offload.model.Field;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import org.jspecify.annotations.Nullable;

/** Whether what a flow asks of one column fits, and what it asks in normal form. Immutable: any thread may ask. */
final class ColumnCheck {
    private final FieldRef column;
    private final String name;
    private final int width;
    /** All ones, as wide as the field. */
    private final long fullHigh;

    private final long fullLow;

    /** @param header name of the column's header */
    ColumnCheck(FieldRef column, String header, Field field) {
        this.column = column;
        this.name = header + "." + field.name();
        this.width = (int) field.bitWidth();
        this.fullHigh = Value.ones(width - 64);
        this.fullLow = Value.ones(width);
    }

    /** Header and field. */
    String name() {
        return name;
    }

    boolean isExact() {
        return column.maskType() == MaskType.EXACT;
    }

    boolean isOf(FieldRef ref) {
        return column.sameField(ref);
    }

    /**
     * Notes mask and value under it, as words {@code at} and {@code at + 1}, high and low; throws where what is asked does not fit.
     *
     * @param table of the flow, in whose name faults are
     */
    void put(TableCheck table, Flow flow, FieldRef ref, long[] masks, long[] values, int at) throws FlowFault {
        Value value = ref.value();
        if (value == null) throw table.fault(Fault.MISSING_VALUE, flow, name, "has no value; give type and value");
        if (ref.type().bits() < width || value.bitLength() > width) throw wrongWidth(table, flow, ref, value);
        MaskType asked = ref.maskType();
        MaskType allowed = column.maskType();
        if (asked != allowed && !(allowed == MaskType.MASK && asked == MaskType.EXACT)) {
            throw wrongMaskType(table, flow, asked);
        }
        Value mask = ref.mask();
        if (mask != null || asked != MaskType.EXACT) checkMask(table, flow, ref.type(), asked, mask);
        masks[at] = mask == null ? fullHigh : mask.high();
        masks[at + 1] = mask == null ? fullLow : mask.low();
        values[at] = value.high() & masks[at];
        values[at + 1] = value.low() & masks[at + 1];
    }

    /** Whether the column's field is asked for, wholly, by a value that fits: what most flows do. */
    boolean takesWhole(FieldRef ref) {
        Value value = ref.value();
        return value != null
                && ref.mask() == null
                && ref.maskType() == MaskType.EXACT
                && (column.maskType() == MaskType.EXACT || column.maskType() == MaskType.MASK)
                && isOf(ref)
                && ref.type().bits() >= width
                && value.bitLength() <= width;
    }

    /** Notes the value of a field that {@link #takesWhole}, as words from {@code at} on, as far as the field has them; returns where the next column's are. */
    int putWhole(Value value, long[] values, int at) {
        int next = at;
        if (fullHigh != 0) values[next++] = value.high();
        if (fullLow != 0) values[next++] = value.low();
        return next;
    }

    /** Notes a mask of all ones as words {@code at} and {@code at + 1}, high and low. */
    void putFullMask(long[] masks, int at) {
        masks[at] = fullHigh;
        masks[at + 1] = fullLow;
    }

    private FlowFault wrongWidth(TableCheck table, Flow flow, FieldRef ref, Value value) {
        return table.fault(
                Fault.WRONG_WIDTH,
                flow,
                name,
                "value " + value + " of type " + ref.type() + " for a field of " + width
                        + " bits; give a value that fits, of a type as wide");
    }

    private FlowFault wrongMaskType(TableCheck table, Flow flow, MaskType asked) {
        MaskType allowed = column.maskType();
        return table.fault(
                Fault.WRONG_MASK_TYPE,
                flow,
                name,
                "is asked for by " + asked + ", the column is matched by " + allowed + "; give mask_type "
                        + allowed.number());
    }

    private void checkMask(TableCheck table, Flow flow, ValueType type, MaskType asked, @Nullable Value mask)
            throws FlowFault {
        if (mask == null) {
            throw table.fault(Fault.WRONG_MASK, flow, name, "has no mask; give one, zeros match every value");
        }
        String wrong = wrongMask(type, asked, mask);
        if (wrong != null) throw table.fault(Fault.WRONG_MASK, flow, name, "mask " + mask + " " + wrong);
    }

    private @Nullable String wrongMask(ValueType type, MaskType asked, Value mask) {
        if (mask.bitLength() > width) return "is wider than the field of " + width + " bits; give a mask of that width";
        boolean isFull = mask.high() == fullHigh && mask.low() == fullLow;
        if (asked == MaskType.EXACT && !isFull) {
            return "is not all ones, as exact wants; give " + Value.ones(type, width);
        }
        if (asked == MaskType.LPM && !isPrefix(mask)) return "is no prefix; give ones first, then zeros";
        return null;
    }

    /** Whether the zeros of a mask are its lowest bits: they are then one less than a power of two. */
    private boolean isPrefix(Value mask) {
        long high = mask.high() ^ fullHigh;
        long low = mask.low() ^ fullLow;
        boolean lowIsTail = (low & (low + 1)) == 0;
        if (high == 0) return lowIsTail;
        return low == -1 && (high & (high + 1)) == 0;
    }
}
