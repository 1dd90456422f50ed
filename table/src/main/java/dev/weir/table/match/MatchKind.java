package dev.weir.table.match;

/** How a field of a key is matched; P4's names. */
public enum MatchKind {
    /** All bits are equal. */
    EXACT,
    /** The first bits are equal, as many as the entry says; the entry that says most wins. */
    LPM,
    /** The bits of the entry's mask are equal. */
    TERNARY,
    /** The field lies between two bounds, both included. */
    RANGE,
    /** All bits are equal, or the entry does not care. */
    OPTIONAL
}
