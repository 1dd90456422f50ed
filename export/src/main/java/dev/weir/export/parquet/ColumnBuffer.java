package dev.weir.export.parquet;

import org.jspecify.annotations.Nullable;

/**
 * The values of one column of the group that is being filled, and how they become pages. Grows with the group to the rows of a whole one and is then
 * reused. One thread; allocates when it grows.
 *
 * <p>What is done for each record is done block by block, in small static methods with a loop over arrays: a program that runs for half a second has no
 * time to compile much, and such methods are compiled in a millisecond.
 */
abstract class ColumnBuffer {
    /** What an encoded column is, beside its pages. */
    static final class Encoded {
        /** Values of the dictionary; 0 where there is none. */
        int dictionaryValues;

        int encoding;
        /** Values of the data page, those that are none included. */
        int values;

        long nulls;
        byte @Nullable [] min;
        byte @Nullable [] max;
    }

    private static final int FEW_ROWS = 4096;

    static final int PLAIN = 0, RLE = 3, DELTA_BINARY_PACKED = 5, RLE_DICTIONARY = 8;

    final ParquetColumn column;

    ColumnBuffer(ParquetColumn column) {
        this.column = column;
    }

    /** @param groupRows of a whole group */
    static ColumnBuffer of(ParquetColumn column, int groupRows) {
        if (column.type().isList()) {
            return new ListBuffer(column, groupRows);
        }
        return switch (column.type()) {
            case IDENTIFIER, TIME -> new DifferenceBuffer(column, groupRows);
            case BOOLEAN -> new BitBuffer(column, groupRows);
            case WORD -> new WordBuffer(column, groupRows);
            case TEXT -> new TextBuffer(column, groupRows);
            default -> new PlainBuffer(column, groupRows);
        };
    }

    /** Takes the column's values of these records. */
    abstract void append(RecordBlock records);

    /** Puts the pages' contents, not compressed; the values stay. */
    abstract Encoded encode(Octets dictionary, Octets page);

    abstract void clear();

    /** How many octets its lists take, whose length is not bounded by the rows; 0 where it has none. */
    long listOctets() {
        return 0;
    }

    /**
     * To how many values an array grows that is to hold so many: a few at first, then those of a whole group at once, so that little is copied and
     * thrown away.
     */
    static int capacity(int needed, int groupRows) {
        return needed <= FEW_ROWS ? FEW_ROWS : Math.max(needed, groupRows);
    }

    static byte[] octets(long value, int count) {
        byte[] octets = new byte[count];
        for (int i = 0; i < count; i++) {
            octets[i] = (byte) (value >>> (8 * i));
        }
        return octets;
    }
}
