package dev.weir.export.parquet;

import dev.weir.table.FlowRecord;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A column of texts that are made from 136 bits: each different one is kept once, in an open-addressed table, and written once, into the
 * dictionary. Where most are different the texts stand in the page themselves, since a dictionary would only add to them.
 *
 * <p>The hash mixes in a secret of the process, so that no sender of packets can aim at one slot. One thread; allocates when it grows, and for a group
 * that is encoded.
 */
final class TextBuffer extends ColumnBuffer {
    private static final long SECRET = ThreadLocalRandom.current().nextLong();
    private static final int FIRST_SLOTS = 2048, LONGEST = 64;

    /** Which text each row has. */
    private int[] indexes = new int[0];
    /** 1 + which text; a power of two. */
    private int[] slots = new int[FIRST_SLOTS];

    private long[] high = new long[FIRST_SLOTS / 2], low = new long[FIRST_SLOTS / 2];
    private byte[] kinds = new byte[FIRST_SLOTS / 2];
    private int texts;

    TextBuffer(ParquetColumn column) {
        super(column);
    }

    @Override
    void take(FlowRecord record, int at) {
        indexes[at] = find(column.kind(record), column.high(record), column.low(record));
    }

    @Override
    void grow(int newCapacity) {
        indexes = Arrays.copyOf(indexes, newCapacity);
    }

    @Override
    void forget() {
        texts = 0;
        Arrays.fill(slots, 0);
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
        if (texts == high.length) {
            more();
            return find(kind, h, l);
        }
        high[texts] = h;
        low[texts] = l;
        kinds[texts] = (byte) kind;
        slots[slot] = ++texts;
        return texts - 1;
    }

    private void more() {
        int capacity = 2 * high.length;
        high = Arrays.copyOf(high, capacity);
        low = Arrays.copyOf(low, capacity);
        kinds = Arrays.copyOf(kinds, capacity);
        slots = new int[2 * capacity];
        int mask = slots.length - 1;
        for (int text = 0; text < texts; text++) {
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
    void encode(int count, Octets dictionary, Octets page, Encoded encoded) {
        int[] starts = new int[texts + 1];
        byte[] all = new byte[Math.max(16, texts) * LONGEST];
        int least = 0, most = 0;
        for (int text = 0; text < texts; text++) {
            int start = starts[text];
            starts[text + 1] = start + column.text(kinds[text], high[text], low[text], all, start);
            least = compare(all, starts, text, least) < 0 ? text : least;
            most = compare(all, starts, text, most) > 0 ? text : most;
        }
        if (texts > 0) {
            encoded.min = Arrays.copyOfRange(all, starts[least], starts[least + 1]);
            encoded.max = Arrays.copyOfRange(all, starts[most], starts[most + 1]);
        }
        if (count == 0 || texts > count / 2) {
            encoded.encoding = PLAIN;
            for (int i = 0; i < count; i++) {
                put(all, starts, indexes[i], page);
            }
        } else {
            for (int text = 0; text < texts; text++) {
                put(all, starts, text, dictionary);
            }
            encoded.dictionaryValues = texts;
            indexes(indexes, count, page, encoded);
        }
    }

    private static int compare(byte[] all, int[] starts, int a, int b) {
        return Arrays.compareUnsigned(all, starts[a], starts[a + 1], all, starts[b], starts[b + 1]);
    }

    private static void put(byte[] all, int[] starts, int text, Octets to) {
        int length = starts[text + 1] - starts[text];
        to.putInt(length);
        to.put(all, starts[text], length);
    }
}
