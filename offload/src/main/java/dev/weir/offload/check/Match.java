package dev.weir.offload.check;

import java.util.Arrays;

/**
 * What a flow matches, in its one normal form: for each column of its table the mask, all zeros where the flow does not ask, and the value
 * under it. Two flows that match the same packets, written differently, have equal matches. Immutable; only of use among matches of one table.
 */
public final class Match {
    private final Tuple tuple;
    private final long[] values;

    /** @param values high and low word of each column, zero where the tuple is zero */
    Match(Tuple tuple, long[] values) {
        this.tuple = tuple;
        this.values = values;
    }

    /** Which bits count. */
    public Tuple tuple() {
        return tuple;
    }

    /** Whether every packet of this one is a packet of {@code other} as well. */
    public boolean isSubsetOf(Match other) {
        for (int i = 0; i < values.length; i++) {
            long asked = other.tuple.masks[i];
            if ((asked & ~tuple.masks[i]) != 0 || ((values[i] ^ other.values[i]) & asked) != 0) return false;
        }
        return true;
    }

    /** Whether some packet is of both. */
    public boolean overlaps(Match other) {
        for (int i = 0; i < values.length; i++) {
            if (((values[i] ^ other.values[i]) & tuple.masks[i] & other.tuple.masks[i]) != 0) return false;
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Match match && tuple.equals(match.tuple) && Arrays.equals(values, match.values);
    }

    @Override
    public int hashCode() {
        return tuple.hashCode() * 31 + spread(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            text.append(i == 0 ? "" : " ").append(Long.toHexString(values[i])).append('/');
            text.append(Long.toHexString(tuple.masks[i]));
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
        private final int hash;

        Tuple(long[] masks) {
            this.masks = masks;
            this.hash = spread(masks);
        }

        /** What a packet's fields are under this tuple. */
        public Match of(Packet packet) {
            long[] values = new long[masks.length];
            for (int i = 0; i < masks.length; i++) values[i] = packet.fields[i] & masks[i];
            return new Match(this, values);
        }

        @Override
        public boolean equals(Object other) {
            return this == other || (other instanceof Tuple tuple && Arrays.equals(masks, tuple.masks));
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
