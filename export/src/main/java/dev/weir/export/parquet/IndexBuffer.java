package dev.weir.export.parquet;

import java.util.Arrays;

/** Texts that stand in a dictionary, in the order in which they were seen; a row has its place there. One thread; allocates when it grows. */
abstract class IndexBuffer extends ColumnBuffer {
    private final int groupRows;
    /** Which text of the dictionary each row has. */
    int[] indexes = new int[0];

    int count;

    IndexBuffer(ParquetColumn column, int groupRows) {
        super(column);
        this.groupRows = groupRows;
    }

    @Override
    final void append(RecordBlock records) {
        int n = records.rows();
        if (count + n > indexes.length) {
            indexes = Arrays.copyOf(indexes, capacity(count + n, groupRows));
        }
        find(records, indexes, count);
        count += n;
    }

    /** Puts each record's place from {@code at} on. */
    abstract void find(RecordBlock records, int[] places, int at);

    /** Puts the page with places in a dictionary of that many texts. */
    final void places(int texts, Octets page, Encoded encoded) {
        encoded.dictionaryValues = texts;
        encoded.encoding = RLE_DICTIONARY;
        int width = Math.max(1, Runs.width(texts - 1));
        page.put(width);
        Runs.hybrid(indexes, count, width, page);
    }
}
