package dev.weir.export.parquet;

import dev.weir.table.FlowRecord;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values of one column of the group that is being filled, and how they become pages. Grows with the group to the rows of a whole one and is then
 * reused. One thread; allocates when it grows.
 */
abstract class ColumnBuffer {
    /** What an encoded column is, beside its pages. */
    static final class Encoded {
        /** Values of the dictionary; 0 where there is none. */
        int dictionaryValues;

        int encoding;
        long nulls;
        byte @Nullable [] min;
        byte @Nullable [] max;
    }

    static final int PLAIN = 0, RLE = 3, DELTA_BINARY_PACKED = 5, RLE_DICTIONARY = 8;
    private static final int FIRST_ROWS = 1024;

    final ParquetColumn column;
    private final FlowRecord view = new FlowRecord();
    /** 1 where there is a value; only of optional columns. */
    private int[] present = new int[0];

    private int rows;
    private int values;
    private int capacity;

    ColumnBuffer(ParquetColumn column) {
        this.column = column;
    }

    static ColumnBuffer of(ParquetColumn column) {
        return switch (column.type().physical) {
            case INT64, DOUBLE -> new LongBuffer(column);
            case INT32, BOOLEAN -> new IntBuffer(column);
            case BYTE_ARRAY -> column.type() == ParquetType.WORD ? new WordBuffer(column) : new TextBuffer(column);
        };
    }

    /** Takes the column's values of records that lie one behind the other. */
    final void append(MemorySegment records, int count, int stride) {
        if (rows + count > capacity) {
            capacity = Math.max(Math.max(FIRST_ROWS, 2 * capacity), rows + count);
            grow(capacity);
            if (column.optional()) {
                present = Arrays.copyOf(present, capacity);
            }
        }
        if (column.optional()) {
            for (int i = 0; i < count; i++) {
                FlowRecord record = view.wrap(records, (long) i * stride);
                boolean isNull = column.isNull(record);
                present[rows + i] = isNull ? 0 : 1;
                if (!isNull) {
                    take(record, values++);
                }
            }
        } else {
            for (int i = 0; i < count; i++) {
                take(view.wrap(records, (long) i * stride), values++);
            }
        }
        rows += count;
    }

    /** Puts the pages' contents, not compressed; the values stay. */
    final Encoded encode(Octets dictionary, Octets page) {
        var encoded = new Encoded();
        encoded.nulls = (long) rows - values;
        if (column.optional()) {
            page.putInt(0);
            Runs.hybrid(present, rows, 1, page);
            int length = page.size() - 4;
            for (int i = 0; i < 4; i++) {
                page.array()[i] = (byte) (length >>> (8 * i));
            }
        }
        encode(values, dictionary, page, encoded);
        return encoded;
    }

    final void clear() {
        rows = 0;
        values = 0;
        forget();
    }

    abstract void take(FlowRecord record, int at);

    abstract void grow(int newCapacity);

    abstract void encode(int count, Octets dictionary, Octets page, Encoded encoded);

    /** What else belongs to the values. */
    void forget() {}

    /** Numbers of 64 bits. */
    private static final class LongBuffer extends ColumnBuffer {
        private long[] values = new long[0];

        LongBuffer(ParquetColumn column) {
            super(column);
        }

        @Override
        void take(FlowRecord record, int at) {
            values[at] = column.number(record);
        }

        @Override
        void grow(int newCapacity) {
            values = Arrays.copyOf(values, newCapacity);
        }

        @Override
        void encode(int count, Octets dictionary, Octets page, Encoded encoded) {
            if (column.type() == ParquetType.DOUBLE) {
                bounds(count, encoded);
            } else if (count > 0) {
                long min = values[0], max = values[0];
                for (int i = 1; i < count; i++) {
                    min = Math.min(min, values[i]);
                    max = Math.max(max, values[i]);
                }
                encoded.min = octets(min, 8);
                encoded.max = octets(max, 8);
            }
            if (column.type().differences()) {
                encoded.encoding = DELTA_BINARY_PACKED;
                Runs.differences(values, count, page);
            } else {
                encoded.encoding = PLAIN;
                page.putLongs(values, count);
            }
        }

        /** None where a value is no number; the format wants -0 below and +0 above. */
        private void bounds(int count, Encoded encoded) {
            double min = Double.POSITIVE_INFINITY, max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < count; i++) {
                double value = Double.longBitsToDouble(values[i]);
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
            if (count > 0 && !Double.isNaN(min)) {
                encoded.min = octets(Double.doubleToRawLongBits(min == 0 ? -0.0 : min), 8);
                encoded.max = octets(Double.doubleToRawLongBits(max == 0 ? 0.0 : max), 8);
            }
        }
    }

    /** Numbers of at most 32 bits without a sign, and booleans. */
    private static final class IntBuffer extends ColumnBuffer {
        private int[] values = new int[0];

        IntBuffer(ParquetColumn column) {
            super(column);
        }

        @Override
        void take(FlowRecord record, int at) {
            values[at] = (int) column.number(record);
        }

        @Override
        void grow(int newCapacity) {
            values = Arrays.copyOf(values, newCapacity);
        }

        @Override
        void encode(int count, Octets dictionary, Octets page, Encoded encoded) {
            boolean isBoolean = column.type() == ParquetType.BOOLEAN;
            encoded.encoding = PLAIN;
            if (count > 0) {
                int min = Integer.MAX_VALUE, max = Integer.MIN_VALUE;
                for (int i = 0; i < count; i++) {
                    min = Math.min(min, values[i] ^ Integer.MIN_VALUE);
                    max = Math.max(max, values[i] ^ Integer.MIN_VALUE);
                }
                encoded.min = octets(min ^ Integer.MIN_VALUE, isBoolean ? 1 : 4);
                encoded.max = octets(max ^ Integer.MIN_VALUE, isBoolean ? 1 : 4);
            }
            if (isBoolean) {
                bits(count, page);
            } else {
                page.putInts(values, count);
            }
        }

        private void bits(int count, Octets page) {
            for (int from = 0; from < count; from += 8) {
                int octet = 0;
                for (int i = from; i < Math.min(count, from + 8); i++) {
                    octet |= values[i] << (i - from);
                }
                page.put(octet);
            }
        }
    }

    /** Words of a known set: which one. */
    private static final class WordBuffer extends ColumnBuffer {
        private static final int WORDS = 256;

        private int[] values = new int[0];

        WordBuffer(ParquetColumn column) {
            super(column);
        }

        @Override
        void take(FlowRecord record, int at) {
            values[at] = (int) column.number(record);
        }

        @Override
        void grow(int newCapacity) {
            values = Arrays.copyOf(values, newCapacity);
        }

        @Override
        void encode(int count, Octets dictionary, Octets page, Encoded encoded) {
            int[] places = new int[WORDS];
            Arrays.fill(places, -1);
            int[] indexes = new int[count];
            for (int i = 0; i < count; i++) {
                int word = values[i];
                if (places[word] < 0) {
                    places[word] = encoded.dictionaryValues++;
                    byte[] text = column.word(word);
                    dictionary.putInt(text.length);
                    dictionary.put(text, 0, text.length);
                    if (encoded.min == null || Arrays.compareUnsigned(text, encoded.min) < 0) {
                        encoded.min = text;
                    }
                    if (encoded.max == null || Arrays.compareUnsigned(text, encoded.max) > 0) {
                        encoded.max = text;
                    }
                }
                indexes[i] = places[word];
            }
            indexes(indexes, count, page, encoded);
        }
    }

    static void indexes(int[] indexes, int count, Octets page, Encoded encoded) {
        encoded.encoding = RLE_DICTIONARY;
        int width = Math.max(1, Runs.width(encoded.dictionaryValues - 1));
        page.put(width);
        Runs.hybrid(indexes, count, width, page);
    }

    static byte[] octets(long value, int count) {
        byte[] octets = new byte[count];
        for (int i = 0; i < count; i++) {
            octets[i] = (byte) (value >>> (8 * i));
        }
        return octets;
    }
}
