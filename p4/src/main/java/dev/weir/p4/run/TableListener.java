package dev.weir.p4.run;

/**
 * Is told what becomes of entries, in the worker's thread, while the entry is there to be read by {@link TableControl#view}. It changes no entries. Nobody is
 * told of those that a program begins with.
 */
public interface TableListener {
    /** Tells nobody. */
    TableListener NONE = new TableListener() {};

    default void created(TableControl table, int entry, Author author) {}

    default void updated(TableControl table, int entry, Author author) {}

    /** It goes when this returns. */
    default void deleted(TableControl table, int entry, Author author) {}

    /** It was not hit for its lifetime, and stays. */
    default void idle(TableControl table, int entry) {}
}
