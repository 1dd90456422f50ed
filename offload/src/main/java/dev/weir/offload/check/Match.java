package dev.weir.offload.check;

import java.util.Arrays;

/**
 * What a flow matches, in its one normal form: for each column of its table the mask, all zeros where the flow does not ask, and the value
 * under it. Two flows that match the same packets, written differently, have equal matches. Immutable; only of use among matches of one table.
 */
public final class Match {
    private final Tuple tuple;
    private final long[] values;
    private final int hash;

    /** @param values the words that the tuple asks for, under its masks, in order */
    Match(Tuple tuple, long[] values) {
        this.tuple = tuple;
        this.values = values;
        this.hash = spread(values) + tuple.hash;
    }

    /** Which bits count. */
    public Tuple tuple() {
        return tuple;
    }

    /** Whether every packet of this one is a packet of {@code other} as well. */
    public boolean isSubsetOf(Match other) {
        for (int word = 0; word < tuple.masks.length; word++) {
            long asked = other.tuple.masks[word];
            if ((asked & ~tuple.masks[word]) != 0 || ((value(word) ^ other.value(word)) & asked) != 0) return false;
        }
        return true;
    }

    /** Whether some packet is of both. */
    public boolean overlaps(Match other) {
        for (int word = 0; word < tuple.masks.length; word++) {
            long asked = tuple.masks[word] & other.tuple.masks[word];
            if (((value(word) ^ other.value(word)) & asked) != 0) return false;
        }
        return true;
    }

    private long value(int word) {
        int place = tuple.places[word];
        return place < 0 ? 0 : values[place];
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Match match
                        && hash == match.hash
                        && tuple.equals(match.tuple)
                        && Arrays.equals(values, match.values));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int word = 0; word < tuple.masks.length; word++) {
            text.append(word == 0 ? "" : " ")
                    .append(Long.toHexString(value(word)))
                    .append('/');
            text.append(Long.toHexString(tuple.masks[word]));
        }
        return text.toString();
    }

    /** Keys in a table often differ in a few bits only, so these are spread over the whole word. */
    static int spread(long[] words) {
        long hash = 0;
        for (long word : words) {
            hash = (hash ^ word) * 0x9E37_79B9_7F4A_7C15L;
            hash ^= hash >>> 32;
        }
        return (int) (hash ^ (hash >>> 17));
    }

    /** The masks of a match. Flows of a table have few different ones, so a lookup tries each once. */
    public static final class Tuple {
        private final long[] masks;
        /** Where among a match's values a word is; -1 where it is not asked for. */
        private final int[] places;

        private final int asked;
        private final int hash;

        Tuple(long[] masks) {
            this.masks = masks;
            this.places = new int[masks.length];
            int count = 0;
            for (int word = 0; word < masks.length; word++) places[word] = masks[word] == 0 ? -1 : count++;
            this.asked = count;
            this.hash = spread(masks);
        }

        /** How many words are asked for. */
        int words() {
            return asked;
        }

        /** What a packet's fields are under this tuple. */
        public Match of(Packet packet) {
            return of(packet.fields);
        }

        /** @param words high and low word of each column */
        Match of(long[] words) {
            long[] values = new long[asked];
            for (int word = 0; word < masks.length; word++) {
                if (places[word] >= 0) values[places[word]] = words[word] & masks[word];
            }
            return new Match(this, values);
        }

        boolean has(long[] others) {
            return Arrays.equals(masks, others);
        }

        @Override
        public boolean equals(Object other) {
            return this == other || (other instanceof Tuple tuple && hash == tuple.hash && has(tuple.masks));
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** The fields of a packet that a table looks at. */
    public static final class Packet {
        private final long[] fields;

        /** @param fields high and low word of each column, in the table's order */
        public Packet(long... fields) {
            this.fields = fields.clone();
        }
    }
}
