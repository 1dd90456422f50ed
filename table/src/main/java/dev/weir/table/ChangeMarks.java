package dev.weir.table;

import java.util.Arrays;

/**
 * Which slots of a store changed since somebody looked: a bit each, kept only while somebody wants to know. Setting one costs a load, a compare and a store; nothing is
 * told of what changed in it. One thread, the store's owner.
 */
final class ChangeMarks {
    private static final int WORD_SHIFT = 6;
    private static final long[] NONE = {};

    private long[] words = NONE;

    /** From now on changes are marked; the first {@code used} of {@code slots} are at once. */
    void begin(int slots, int used) {
        words = new long[(slots + Long.SIZE - 1) >>> WORD_SHIFT];
        Arrays.fill(words, 0, used >>> WORD_SHIFT, -1);
        if (used % Long.SIZE != 0) {
            words[used >>> WORD_SHIFT] = (1L << used) - 1;
        }
    }

    void end() {
        words = NONE;
    }

    boolean isOn() {
        return words.length != 0;
    }

    void set(int slot) {
        int word = slot >>> WORD_SHIFT;
        if (word < words.length) {
            words[word] |= 1L << slot;
        }
    }

    void clear(int slot) {
        words[slot >>> WORD_SHIFT] &= ~(1L << slot);
    }

    /** The first marked slot from {@code from} on that is before {@code to}; {@code to} where there is none. */
    int next(int from, int to) {
        int word = from >>> WORD_SHIFT, last = Math.min(words.length, (to + Long.SIZE - 1) >>> WORD_SHIFT);
        long bits = word < last ? words[word] & -1L << from : 0;
        while (bits == 0 && ++word < last) {
            bits = words[word];
        }
        return bits == 0 ? to : Math.min(to, (word << WORD_SHIFT) + Long.numberOfTrailingZeros(bits));
    }
}
