package dev.weir.offload.model;

/**
 * A field of a header.
 *
 * @param uid unique inside its header
 * @param bitWidth bits; {@link #VARIABLE} or 0 for a length that differs by packet
 */
public record Field(String name, long uid, long bitWidth) {
    public static final long VARIABLE = U32.MAX;

    public Field {
        Name.check(name);
        U32.check("uid", uid);
        U32.check("bitwidth", bitWidth);
    }

    /** Whether flows can match it: its width is known and fits a value. */
    public boolean matchable() {
        return bitWidth >= 1 && bitWidth <= 128;
    }
}
