package dev.weir.export;

import dev.weir.table.FlowRecord;
import dev.weir.table.feature.FeatureSet;
import dev.weir.table.feature.FeatureValues;
import java.util.List;

/**
 * Renders the features of records as text, the same in every text format but for what stands around and between the
 * values of a list. No value holds a character that CSV or JSON would have to escape. One thread; allocates nothing a
 * record.
 */
final class FeatureWriter {
    /** No single number is longer. */
    private static final int MAX_NUMBER = 32;
    /** Lists of one number a packet. */
    private static final int LISTS = 3;

    private final TextBuffer out;
    private final List<FeatureColumn> listed;
    private final FeatureColumn[] columns;
    private final FeatureValues values;
    private final int room;

    FeatureWriter(TextBuffer out, FeatureSet set) {
        this.out = out;
        this.listed = FeatureColumns.of(set);
        this.columns = listed.toArray(new FeatureColumn[0]);
        this.values = new FeatureValues(set);
        int labels = 0;
        for (FeatureColumn column : columns) {
            labels += column.label().length() + MAX_NUMBER;
        }
        this.room = labels + columns.length * MAX_NUMBER + LISTS * set.firstPackets() * MAX_NUMBER;
    }

    /** The columns that it puts. */
    List<FeatureColumn> columns() {
        return listed;
    }

    /** No line's features are longer, names included. */
    int room() {
        return room;
    }

    /** Turns to the features of a record. */
    void turnTo(FlowRecord record) {
        values.wrap(record.segment(), record.offset() + FlowRecord.SIZE);
    }

    /** Puts the value of the {@code i}-th column; the buffer must have room. {@code between} separates a list's. */
    void put(int i, char between) {
        FeatureColumn column = columns[i];
        switch (column.kind()) {
            case INTEGER -> out.putDecimal(column.integer(values));
            case DECIMAL -> out.putFixed(column.decimal(values), column.digits());
            case INTEGERS -> {
                for (int j = 0; j < column.size(values); j++) {
                    separate(j, between);
                    out.putDecimal(column.integer(values, j));
                }
            }
            case DECIMALS -> {
                for (int j = 0; j < column.size(values); j++) {
                    separate(j, between);
                    out.putFixed(column.decimal(values, j), column.digits());
                }
            }
            case TEXT -> {
                for (int j = 0; j < column.size(values); j++) {
                    out.put((char) column.integer(values, j));
                }
            }
        }
    }

    private void separate(int j, char between) {
        if (j != 0) {
            out.put(between);
        }
    }
}
