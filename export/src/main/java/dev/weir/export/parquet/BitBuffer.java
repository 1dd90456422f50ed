package dev.weir.export.parquet;

import java.util.Arrays;

/** Booleans, eight in an octet, the first in its lowest bit. One thread; allocates when it grows. */
final class BitBuffer extends ColumnBuffer {
    private final int groupRows;
    private final Bounds bounds;
    private final long[] block = new long[RecordBlock.ROWS];
    /** Zero from {@link #count} on. */
    private byte[] bits = new byte[0];

    private int count;

    BitBuffer(ParquetColumn column, int groupRows) {
        super(column);
        this.groupRows = groupRows;
        this.bounds = new Bounds(column.type());
    }

    @Override
    void append(RecordBlock records) {
        int n = records.rows();
        column.numbers(records, block);
        bounds.add(block, n);
        if (octets(count + n) > bits.length) {
            bits = Arrays.copyOf(bits, octets(capacity(count + n, groupRows)));
        }
        set(bits, count, block, n);
        count += n;
    }

    private static int octets(int values) {
        return (values + Byte.SIZE - 1) / Byte.SIZE;
    }

    private static void set(byte[] octets, int at, long[] values, int count) {
        for (int i = 0; i < count; i++) {
            octets[(at + i) >> 3] |= (byte) (values[i] << ((at + i) & 7));
        }
    }

    @Override
    Encoded encode(Octets dictionary, Octets page) {
        var encoded = new Encoded();
        encoded.encoding = PLAIN;
        encoded.values = count;
        bounds.tell(encoded);
        page.put(bits, 0, octets(count));
        return encoded;
    }

    @Override
    void clear() {
        Arrays.fill(bits, (byte) 0);
        bounds.clear();
        count = 0;
    }
}
