package dev.weir.export.parquet;

import java.util.Arrays;

/**
 * Numbers that are stored as they are, of 32 bits without a sign or of 64; and those that may be none. They are kept in an array of their size, whose octets become the
 * page in one copy. One thread; allocates when it grows.
 */
final class PlainBuffer extends ColumnBuffer {
    private final int groupRows;
    private final Bounds bounds;
    private final long[] block = new long[RecordBlock.ROWS];
    private final boolean isNarrow;
    /** The values; one of the two stays empty. */
    private long[] wide = new long[0];

    private int[] narrow = new int[0];
    /** 1 where there is a value; only of optional columns. */
    private int[] present = new int[0];

    private int rows, count;

    PlainBuffer(ParquetColumn column, int groupRows) {
        super(column);
        this.groupRows = groupRows;
        this.bounds = new Bounds(column.type());
        this.isNarrow = column.type().octets() == Integer.BYTES;
    }

    @Override
    void append(RecordBlock records) {
        column.numbers(records, block);
        int n = column.optional() ? compact(records.rows()) : records.rows();
        bounds.add(block, n);
        if (count + n > wide.length + narrow.length) {
            grow(capacity(count + n, groupRows));
        }
        if (isNarrow) {
            narrow(block, narrow, count, n);
        } else {
            System.arraycopy(block, 0, wide, count, n);
        }
        rows += records.rows();
        count += n;
    }

    private void grow(int capacity) {
        if (isNarrow) {
            narrow = Arrays.copyOf(narrow, capacity);
        } else {
            wide = Arrays.copyOf(wide, capacity);
        }
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

    private static void narrow(long[] from, int[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] = (int) from[i];
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
        if (isNarrow) {
            page.putInts(narrow, count);
        } else {
            page.putLongs(wide, count);
        }
        bounds.tell(encoded);
        return encoded;
    }

    @Override
    void clear() {
        bounds.clear();
        rows = 0;
        count = 0;
    }
}
