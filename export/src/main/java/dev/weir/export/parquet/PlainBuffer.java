package dev.weir.export.parquet;

import java.util.Arrays;

/** Numbers that are stored as they are, of 32 bits without a sign or of 64; and those that may be none. One thread; allocates when it grows. */
final class PlainBuffer extends ColumnBuffer {
    private final int groupRows;
    private final Bounds bounds;
    private final long[] block = new long[RecordBlock.ROWS];
    private final int[] narrow;
    private final Octets values = new Octets(0);
    /** 1 where there is a value; only of optional columns. */
    private int[] present = new int[0];

    private int rows, count;

    PlainBuffer(ParquetColumn column, int groupRows) {
        super(column);
        this.groupRows = groupRows;
        this.bounds = new Bounds(column.type());
        this.narrow = new int[column.type().octets() == Integer.BYTES ? RecordBlock.ROWS : 0];
    }

    @Override
    void append(RecordBlock records) {
        column.numbers(records, block);
        int n = column.optional() ? compact(records.rows()) : records.rows();
        bounds.add(block, n);
        int octets = column.type().octets();
        values.grow(octets * capacity(count + n, groupRows));
        if (octets == Integer.BYTES) {
            narrow(block, narrow, n);
            values.putInts(narrow, n);
        } else {
            values.putLongs(block, n);
        }
        rows += records.rows();
        count += n;
    }

    /** Moves what is a value to the front; returns how many. */
    private int compact(int all) {
        if (rows + all > present.length) {
            present = Arrays.copyOf(present, capacity(rows + all, groupRows));
        }
        int n = 0;
        for (int i = 0; i < all; i++) {
            long value = block[i];
            present[rows + i] = value == ParquetColumn.NONE ? 0 : 1;
            if (value != ParquetColumn.NONE) {
                block[n++] = value;
            }
        }
        return n;
    }

    private static void narrow(long[] from, int[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = (int) from[i];
        }
    }

    @Override
    Encoded encode(Octets dictionary, Octets page) {
        var encoded = new Encoded();
        encoded.encoding = PLAIN;
        encoded.values = rows;
        encoded.nulls = (long) rows - count;
        if (column.optional()) {
            Runs.levels(present, rows, page);
        }
        page.put(values);
        bounds.tell(encoded);
        return encoded;
    }

    @Override
    void clear() {
        values.clear();
        bounds.clear();
        rows = 0;
        count = 0;
    }
}
