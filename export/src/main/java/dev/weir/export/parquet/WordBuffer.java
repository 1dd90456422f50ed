package dev.weir.export.parquet;

import java.util.Arrays;

/** Words of a known set. One thread; allocates when it grows. */
final class WordBuffer extends IndexBuffer {
    private static final int WORDS = 256;

    private final long[] block = new long[RecordBlock.ROWS];
    /** By word: 1 + its place in the dictionary, 0 where it was not seen. */
    private final int[] places = new int[WORDS];

    private final byte[][] dictionary = new byte[WORDS][];
    private int words;

    WordBuffer(ParquetColumn column, int groupRows) {
        super(column, groupRows);
    }

    @Override
    void find(RecordBlock records, int[] indexes, int at) {
        column.numbers(records, block);
        int n = records.rows();
        for (int i = 0; i < n; ) {
            i = known(block, i, n, places, indexes, at);
            if (i < n) {
                int word = (int) block[i];
                dictionary[words] = column.word(word);
                places[word] = ++words;
            }
        }
    }

    /** Up to the first word that was not seen before. */
    private static int known(long[] block, int from, int count, int[] places, int[] indexes, int at) {
        for (int i = from; i < count; i++) {
            int place = places[(int) block[i]];
            if (place == 0) {
                return i;
            }
            indexes[at + i] = place - 1;
        }
        return count;
    }

    @Override
    Encoded encode(Octets dictionaryPage, Octets page) {
        var encoded = new Encoded();
        encoded.values = count;
        for (int i = 0; i < words; i++) {
            byte[] text = dictionary[i];
            dictionaryPage.putInt(text.length);
            dictionaryPage.put(text, 0, text.length);
            if (encoded.min == null || Arrays.compareUnsigned(text, encoded.min) < 0) {
                encoded.min = text;
            }
            if (encoded.max == null || Arrays.compareUnsigned(text, encoded.max) > 0) {
                encoded.max = text;
            }
        }
        places(words, page, encoded);
        return encoded;
    }

    @Override
    void clear() {
        Arrays.fill(places, 0);
        words = 0;
        count = 0;
    }
}
