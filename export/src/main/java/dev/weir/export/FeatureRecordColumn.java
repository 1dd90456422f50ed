package dev.weir.export;

import dev.weir.export.parquet.ParquetColumn;
import dev.weir.export.parquet.ParquetType;
import dev.weir.export.parquet.RecordBlock;
import dev.weir.table.FlowRecord;
import dev.weir.table.feature.FeatureSet;
import dev.weir.table.feature.FeatureValues;
import java.util.List;

/**
 * A {@link FeatureColumn} as Parquet has it: whole numbers, doubles that are not rounded, lists as lists, letters as text. One thread; allocates nothing
 * a record.
 */
final class FeatureRecordColumn extends ParquetColumn {
    /** A text's letters, all of ASCII's from {@code @} on, six bits each, ten in a half. No feature has more than twenty. */
    private static final int LETTER_BITS = 6, LETTERS_IN_HALF = 10, BEFORE_LETTERS = '@' - 1;

    private final FeatureColumn column;
    private final FeatureValues values;

    private FeatureRecordColumn(FeatureColumn column, FeatureValues values) {
        super(column.label(), type(column), false);
        this.column = column;
        this.values = values;
    }

    static List<ParquetColumn> of(FeatureSet set) {
        var values = new FeatureValues(set);
        return FeatureColumns.of(set).stream()
                .<ParquetColumn>map(column -> new FeatureRecordColumn(column, values))
                .toList();
    }

    private static ParquetType type(FeatureColumn column) {
        return switch (column.kind()) {
            case INTEGER -> ParquetType.COUNT;
            case DECIMAL -> ParquetType.DOUBLE;
            case INTEGERS -> ParquetType.COUNTS;
            case DECIMALS -> ParquetType.DOUBLES;
            case TEXT -> ParquetType.TEXT;
        };
    }

    private FeatureValues of(RecordBlock records, int row) {
        return values.wrap(records.segment(), (long) row * records.stride() * Long.BYTES + FlowRecord.SIZE);
    }

    @Override
    public void numbers(RecordBlock records, long[] into) {
        boolean decimal = column.kind() == FeatureColumn.Kind.DECIMAL;
        for (int row = 0; row < records.rows(); row++) {
            FeatureValues of = of(records, row);
            into[row] = decimal ? Double.doubleToRawLongBits(column.decimal(of)) : column.integer(of);
        }
    }

    @Override
    public int list(RecordBlock records, int row, long[] into) {
        FeatureValues of = of(records, row);
        boolean decimal = column.kind() == FeatureColumn.Kind.DECIMALS;
        int size = column.size(of);
        for (int i = 0; i < size; i++) {
            into[i] = decimal ? Double.doubleToRawLongBits(column.decimal(of, i)) : column.integer(of, i);
        }
        return size;
    }

    @Override
    public void texts(RecordBlock records, int[] kinds, long[] high, long[] low) {
        for (int row = 0; row < records.rows(); row++) {
            FeatureValues of = of(records, row);
            int size = column.size(of);
            kinds[row] = 0;
            high[row] = letters(of, 0, Math.min(size, LETTERS_IN_HALF));
            low[row] = letters(of, LETTERS_IN_HALF, size);
        }
    }

    /** The first in the lowest bits; 0 ends. */
    private long letters(FeatureValues of, int from, int to) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            bits |= (column.integer(of, i) - BEFORE_LETTERS) << (LETTER_BITS * (i - from));
        }
        return bits;
    }

    @Override
    public int text(int kind, long high, long low, byte[] into, int at) {
        int length = put(high, into, at);
        return length + put(low, into, at + length);
    }

    private static int put(long letters, byte[] into, int at) {
        int length = 0;
        for (long rest = letters; rest != 0; rest >>>= LETTER_BITS) {
            into[at + length++] = (byte) ((rest & ((1 << LETTER_BITS) - 1)) + BEFORE_LETTERS);
        }
        return length;
    }
}
