package dev.weir.export.parquet;

import java.util.Arrays;

/**
 * Lists of numbers of 64 bits, which may be empty: the numbers of all rows, and for each whether it begins a row (repetition level 0), and whether it is one at
 * all (definition level 1) or stands for an empty list. One thread; allocates when it grows.
 */
final class ListBuffer extends ColumnBuffer {
    private final int groupRows;
    private final long[] list = new long[ParquetColumn.LONGEST_LIST];
    private final Octets values = new Octets(0);
    private int[] repeats = new int[0], present = new int[0];
    private int entries;

    ListBuffer(ParquetColumn column, int groupRows) {
        super(column);
        this.groupRows = groupRows;
    }

    @Override
    void append(RecordBlock records) {
        for (int row = 0; row < records.rows(); row++) {
            int length = column.list(records, row, list);
            if (entries + Math.max(1, length) > repeats.length) {
                int capacity = Math.max(capacity(entries + length, groupRows), 2 * repeats.length);
                repeats = Arrays.copyOf(repeats, capacity);
                present = Arrays.copyOf(present, capacity);
            }
            repeats[entries] = 0;
            present[entries] = length == 0 ? 0 : 1;
            if (length > 1) {
                Arrays.fill(repeats, entries + 1, entries + length, 1);
                Arrays.fill(present, entries + 1, entries + length, 1);
            }
            entries += Math.max(1, length);
            values.putLongs(list, length);
        }
    }

    @Override
    Encoded encode(Octets dictionary, Octets page) {
        var encoded = new Encoded();
        encoded.encoding = PLAIN;
        encoded.values = entries;
        Runs.levels(repeats, entries, page);
        Runs.levels(present, entries, page);
        page.put(values);
        return encoded;
    }

    @Override
    long listOctets() {
        return values.size() + 2L * Integer.BYTES * entries;
    }

    @Override
    void clear() {
        values.clear();
        entries = 0;
    }
}
