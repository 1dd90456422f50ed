package dev.weir.table.match;

/** A field of a key: its name, its width in bits, and how it is matched. */
public record KeyField(String name, int bits, MatchKind kind) {
    /** The widest field whose bounds a range can have. */
    public static final int MAX_RANGE_BITS = 64;

    public KeyField {
        if (bits < 1 || bits > KeyLayout.MAX_BITS) {
            throw new IllegalArgumentException(
                    "key field '" + name + "': it has " + bits + " bits; give it 1 to " + KeyLayout.MAX_BITS);
        }
        if (kind == MatchKind.RANGE && bits > MAX_RANGE_BITS) {
            throw new IllegalArgumentException("key field '" + name + "': a range of " + bits
                    + " bits; ranges have up to " + MAX_RANGE_BITS + ", match it by mask or prefix");
        }
    }
}
