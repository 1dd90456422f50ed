package dev.weir.table.match;

/** What becomes of an entry that was not hit for its lifetime. */
public enum IdleTimeout {
    /** Nothing: the table has no timers. */
    NONE,
    /** It is told, stays, and is told again after each further lifetime without a hit. */
    NOTIFY,
    /** It is told and removed. No lookup finds it from that instant on. */
    DELETE
}
