package dev.weir.export.parquet;

/** Booleans, eight in an octet, the first in its lowest bit. One thread; allocates when it grows. */
final class BitBuffer extends ColumnBuffer {
    private final Bounds bounds;
    private final long[] block = new long[RecordBlock.ROWS];
    private final Octets bits = new Octets(RecordBlock.ROWS);
    private int count;

    BitBuffer(ParquetColumn column) {
        super(column);
        this.bounds = new Bounds(column.type());
    }

    @Override
    void append(RecordBlock records) {
        int n = records.rows(), octets = (count + n + 7) / 8;
        column.numbers(records, block);
        bounds.add(block, n);
        bits.room(octets - bits.size());
        while (bits.size() < octets) {
            bits.put(0);
        }
        set(bits.array(), count, block, n);
        count += n;
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
        page.put(bits);
        return encoded;
    }

    @Override
    void clear() {
        bits.clear();
        bounds.clear();
        count = 0;
    }
}
