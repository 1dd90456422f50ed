package dev.weir.export.filter;

/**
 * What a column holds and a literal means, as bits.
 *
 * @param kind {@link #NUMBER}: signed, in {@code low}; {@link #IPV4}: in the lower half of {@code low}; {@link #IPV6} and
 *     {@link #OCTETS}: unsigned, of 128 bits
 */
record Value(int kind, long high, long low) implements Comparable<Value> {
    static final int NUMBER = 0, IPV4 = 4, IPV6 = 6, OCTETS = 16;

    static Value of(long number) {
        return new Value(NUMBER, 0, number);
    }

    /** Whether it takes two longs. */
    boolean isWide() {
        return kind >= IPV6;
    }

    /** By kind, then by magnitude. */
    @Override
    public int compareTo(Value other) {
        if (kind != other.kind) {
            return Integer.compare(kind, other.kind);
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : isWide() ? Long.compareUnsigned(low, other.low) : Long.compare(low, other.low);
    }
}
