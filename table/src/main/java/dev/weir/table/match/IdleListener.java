package dev.weir.table.match;

/** Is told of entries that were idle too long, in the thread of the table's owner. */
@FunctionalInterface
public interface IdleListener {
    /** Tells nobody. */
    IdleListener NONE = (_, _, _) -> {};

    /**
     * An entry's time ran out at {@code deadline}: at its last hit, or its add, plus its lifetime. Where it is to be removed
     * it is still whole, and goes when this returns. The listener may read the entry, write its payload and
     * count a hit; it must neither add to the table, nor remove from it, nor change lifetimes.
     */
    void idle(MatchTable table, int entry, long deadline);
}
