package dev.weir.p4.run;

/**
 * Which entries of a table were changed: a bit for each, by number. A table marks in any case, also where nobody reads it, into one word then: a branch that is
 * never taken until a program is replaced would have HotSpot throw away the code of all programs' packets at that moment, when it is needed most. One
 * thread's; nothing allocates.
 */
final class Marks {
    private final long[] words;
    private final int wrap;

    private Marks(int words) {
        this.words = new long[words];
        wrap = words - 1;
    }

    /** For numbers below {@code capacity}. */
    static Marks of(int capacity) {
        int words = Math.max(1, (capacity + Long.SIZE - 1) / Long.SIZE);
        return new Marks(1 << (Integer.SIZE - Integer.numberOfLeadingZeros(words - 1)));
    }

    /** That nobody reads. */
    static Marks unread() {
        return new Marks(1);
    }

    void mark(int entry) {
        words[(entry >>> 6) & wrap] |= 1L << entry;
    }

    /** How many words there are, each of 64 entries. */
    int size() {
        return words.length;
    }

    /** The marks of entries from {@code 64 * word} on, the lowest bit first; they are gone then. */
    long take(int word) {
        long taken = words[word];
        words[word] = 0;
        return taken;
    }
}
