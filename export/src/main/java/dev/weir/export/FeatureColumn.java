package dev.weir.export;

import dev.weir.table.feature.FeatureValues;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A column of features: its name, what its values are, and how one is read from a record's annex. {@link FeatureColumns}
 * lists them; {@code docs/features.md} defines each. Immutable; reading allocates nothing.
 */
public final class FeatureColumn {
    /** What a value is, and which of the readers answers. */
    public enum Kind {
        /** {@link FeatureColumn#integer}. */
        INTEGER,
        /** {@link FeatureColumn#decimal}. */
        DECIMAL,
        /** {@link FeatureColumn#size} whole numbers, {@link FeatureColumn#integer(FeatureValues, int)}. */
        INTEGERS,
        /** {@link FeatureColumn#size} numbers, {@link FeatureColumn#decimal(FeatureValues, int)}. */
        DECIMALS,
        /** {@link FeatureColumn#size} letters of ASCII, {@link FeatureColumn#integer(FeatureValues, int)}. */
        TEXT
    }

    /** One of a list's whole numbers. */
    interface IntegerAt {
        long of(FeatureValues values, int i);
    }

    /** One of a list's numbers. */
    interface DecimalAt {
        double of(FeatureValues values, int i);
    }

    private final String label;
    private final Kind kind;
    private final int digits;
    private final @Nullable ToLongFunction<FeatureValues> integer;
    private final @Nullable ToDoubleFunction<FeatureValues> decimal;
    private final @Nullable ToIntFunction<FeatureValues> size;
    private final @Nullable IntegerAt integerAt;
    private final @Nullable DecimalAt decimalAt;

    private FeatureColumn(
            String label,
            Kind kind,
            int digits,
            @Nullable ToLongFunction<FeatureValues> integer,
            @Nullable ToDoubleFunction<FeatureValues> decimal,
            @Nullable ToIntFunction<FeatureValues> size,
            @Nullable IntegerAt integerAt,
            @Nullable DecimalAt decimalAt) {
        this.label = label;
        this.kind = kind;
        this.digits = digits;
        this.integer = integer;
        this.decimal = decimal;
        this.size = size;
        this.integerAt = integerAt;
        this.decimalAt = decimalAt;
    }

    static FeatureColumn integer(String label, ToLongFunction<FeatureValues> reader) {
        return new FeatureColumn(label, Kind.INTEGER, 0, reader, null, null, null, null);
    }

    static FeatureColumn decimal(String label, int digits, ToDoubleFunction<FeatureValues> reader) {
        return new FeatureColumn(label, Kind.DECIMAL, digits, null, reader, null, null, null);
    }

    static FeatureColumn integers(String label, ToIntFunction<FeatureValues> size, IntegerAt reader) {
        return new FeatureColumn(label, Kind.INTEGERS, 0, null, null, size, reader, null);
    }

    static FeatureColumn decimals(String label, int digits, ToIntFunction<FeatureValues> size, DecimalAt reader) {
        return new FeatureColumn(label, Kind.DECIMALS, digits, null, null, size, null, reader);
    }

    static FeatureColumn text(String label, ToIntFunction<FeatureValues> size, IntegerAt reader) {
        return new FeatureColumn(label, Kind.TEXT, 0, null, null, size, reader, null);
    }

    /** As headers and keys spell it. */
    public String label() {
        return label;
    }

    public Kind kind() {
        return kind;
    }

    /** How many fraction digits text formats write of a decimal. */
    public int digits() {
        return digits;
    }

    /** The value of a column of {@link Kind#INTEGER}. */
    public long integer(FeatureValues values) {
        return wanted(integer).applyAsLong(values);
    }

    /** The value of a column of {@link Kind#DECIMAL}. */
    public double decimal(FeatureValues values) {
        return wanted(decimal).applyAsDouble(values);
    }

    /** How many numbers or letters a list or text has. */
    public int size(FeatureValues values) {
        return wanted(size).applyAsInt(values);
    }

    /** The {@code i}-th of {@link Kind#INTEGERS} or {@link Kind#TEXT}. */
    public long integer(FeatureValues values, int i) {
        return wanted(integerAt).of(values, i);
    }

    /** The {@code i}-th of {@link Kind#DECIMALS}. */
    public double decimal(FeatureValues values, int i) {
        return wanted(decimalAt).of(values, i);
    }

    private <T> T wanted(@Nullable T reader) {
        if (reader == null) {
            throw new IllegalStateException(label + ": is of kind " + kind);
        }
        return reader;
    }
}
