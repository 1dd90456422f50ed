package dev.weir.export.parquet;

import java.util.Arrays;

/** Numbers of 64 bits that are stored as differences. One thread; allocates when it grows. */
final class DifferenceBuffer extends ColumnBuffer {
    private final int groupRows;
    private final Bounds bounds;
    private final long[] block = new long[RecordBlock.ROWS];
    private long[] values = new long[0];
    private int count;

    DifferenceBuffer(ParquetColumn column, int groupRows) {
        super(column);
        this.groupRows = groupRows;
        this.bounds = new Bounds(column.type());
    }

    @Override
    void append(RecordBlock records) {
        int n = records.rows();
        column.numbers(records, block);
        bounds.add(block, n);
        if (count + n > values.length) {
            values = Arrays.copyOf(values, capacity(count + n, groupRows));
        }
        System.arraycopy(block, 0, values, count, n);
        count += n;
    }

    @Override
    Encoded encode(Octets dictionary, Octets page) {
        var encoded = new Encoded();
        encoded.encoding = DELTA_BINARY_PACKED;
        encoded.values = count;
        bounds.tell(encoded);
        Runs.differences(values, count, page);
        return encoded;
    }

    @Override
    void clear() {
        bounds.clear();
        count = 0;
    }
}
