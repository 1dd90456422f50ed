package dev.weir.export.parquet;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A column of texts that are made from 136 bits: each different one is kept once, in an open-addressed table, and written once, into the
 * dictionary. Where most are different the texts stand in the page themselves, since a dictionary would only add to them.
 *
 * <p>The hash mixes in a secret of the process, so that no sender of packets can aim at one slot. One thread; allocates when it grows, and for a group
 * that is encoded.
 */
final class TextBuffer extends IndexBuffer {
    private static final long SECRET = ThreadLocalRandom.current().nextLong();
    private static final int FIRST_TEXTS = 1 << 10, GROWTH = 16, LENGTH_OCTETS = 4;

    private final int groupRows;
    private final int[] blockKinds = new int[RecordBlock.ROWS];
    private final long[] blockHigh = new long[RecordBlock.ROWS], blockLow = new long[RecordBlock.ROWS];

    /** 1 + which text; a power of two, at least twice as many as there may be texts. */
    private int[] slots = new int[2 * FIRST_TEXTS];

    private long[] high = new long[FIRST_TEXTS], low = new long[FIRST_TEXTS];
    private byte[] kinds = new byte[FIRST_TEXTS];
    private int texts;

    TextBuffer(ParquetColumn column, int groupRows) {
        super(column, groupRows);
        this.groupRows = groupRows;
    }

    @Override
    void find(RecordBlock records, int[] places, int at) {
        column.texts(records, blockKinds, blockHigh, blockLow);
        int n = records.rows();
        if (texts + n > high.length) {
            more(texts + n);
        }
        for (int i = 0; i < n; i++) {
            places[at + i] = find(blockKinds[i], blockHigh[i], blockLow[i]);
        }
    }

    private int find(int kind, long h, long l) {
        int mask = slots.length - 1;
        int slot = hash(kind, h, l) & mask;
        while (slots[slot] != 0) {
            int text = slots[slot] - 1;
            if (high[text] == h && low[text] == l && kinds[text] == (byte) kind) {
                return text;
            }
            slot = (slot + 1) & mask;
        }
        high[texts] = h;
        low[texts] = l;
        kinds[texts] = (byte) kind;
        slots[slot] = ++texts;
        return texts - 1;
    }

    /** In large steps: little is put in again. */
    private void more(int needed) {
        int step = Math.min(GROWTH * high.length, Integer.highestOneBit(Math.max(1, groupRows - 1)) << 1);
        int capacity = Math.max(step, Integer.highestOneBit(needed - 1) << 1);
        high = Arrays.copyOf(high, capacity);
        low = Arrays.copyOf(low, capacity);
        kinds = Arrays.copyOf(kinds, capacity);
        slots = new int[2 * capacity];
        for (int from = 0; from < texts; from += RecordBlock.ROWS) {
            putAgain(from, Math.min(texts, from + RecordBlock.ROWS));
        }
    }

    private void putAgain(int from, int to) {
        int mask = slots.length - 1;
        for (int text = from; text < to; text++) {
            int slot = hash(kinds[text], high[text], low[text]) & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = text + 1;
        }
    }

    private static int hash(int kind, long h, long l) {
        long mixed = (h ^ SECRET) * 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ (mixed >>> 32) ^ l ^ kind) * 0xD6E8_FEB8_6659_FD93L;
        return (int) (mixed >>> 32 ^ mixed >>> 13);
    }

    @Override
    Encoded encode(Octets dictionary, Octets page) {
        var encoded = new Encoded();
        encoded.values = count;
        int[] starts = new int[texts + 1];
        for (int from = 0; from < texts; from += RecordBlock.ROWS) {
            format(from, Math.min(texts, from + RecordBlock.ROWS), starts, dictionary);
        }
        bounds(dictionary.array(), starts, encoded);
        if (count == 0 || texts > count / 2) {
            encoded.encoding = PLAIN;
            for (int from = 0; from < count; from += RecordBlock.ROWS) {
                copy(from, Math.min(count, from + RecordBlock.ROWS), starts, dictionary.array(), page);
            }
            dictionary.clear();
        } else {
            places(texts, page, encoded);
        }
        return encoded;
    }

    /** Texts with their lengths before them, as they stand in a dictionary. */
    private void format(int from, int to, int[] starts, Octets out) {
        out.room((to - from) * (LENGTH_OCTETS + column.longestText()));
        byte[] octets = out.array();
        int at = out.size();
        for (int text = from; text < to; text++) {
            int length = column.text(kinds[text], high[text], low[text], octets, at + LENGTH_OCTETS);
            octets[at] = (byte) length;
            octets[at + 1] = (byte) (length >>> 8);
            octets[at + 2] = (byte) (length >>> 16);
            octets[at + 3] = 0;
            at += LENGTH_OCTETS + length;
            starts[text + 1] = at;
        }
        out.advance(at - out.size());
    }

    /** Each row's text with its length. */
    private void copy(int from, int to, int[] starts, byte[] all, Octets out) {
        out.room((to - from) * (LENGTH_OCTETS + column.longestText()));
        byte[] octets = out.array();
        int at = out.size();
        for (int i = from; i < to; i++) {
            int start = starts[indexes[i]], length = starts[indexes[i] + 1] - start;
            System.arraycopy(all, start, octets, at, length);
            at += length;
        }
        out.advance(at - out.size());
    }

    private void bounds(byte[] all, int[] starts, Encoded encoded) {
        int least = 0, most = 0;
        for (int from = 0; from < texts; from += RecordBlock.ROWS) {
            int to = Math.min(texts, from + RecordBlock.ROWS);
            least = extreme(all, starts, from, to, least, -1);
            most = extreme(all, starts, from, to, most, 1);
        }
        if (texts > 0) {
            encoded.min = Arrays.copyOfRange(all, starts[least] + LENGTH_OCTETS, starts[least + 1]);
            encoded.max = Arrays.copyOfRange(all, starts[most] + LENGTH_OCTETS, starts[most + 1]);
        }
    }

    /** Which of these and the best so far comes first in that direction. */
    private static int extreme(byte[] all, int[] starts, int from, int to, int best, int direction) {
        int found = best;
        for (int text = from; text < to; text++) {
            if (direction * compare(all, starts, text, found) > 0) {
                found = text;
            }
        }
        return found;
    }

    private static int compare(byte[] all, int[] starts, int a, int b) {
        int i = starts[a] + LENGTH_OCTETS, j = starts[b] + LENGTH_OCTETS;
        int endA = starts[a + 1], endB = starts[b + 1];
        while (i < endA && j < endB) {
            if (all[i] != all[j]) {
                return (all[i] & 0xFF) - (all[j] & 0xFF);
            }
            i++;
            j++;
        }
        return (endA - i) - (endB - j);
    }

    @Override
    void clear() {
        texts = 0;
        count = 0;
        Arrays.fill(slots, 0);
    }
}
