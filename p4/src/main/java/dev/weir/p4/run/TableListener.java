package dev.weir.p4.run;

/** Is told what becomes of entries, in the worker's thread, while the entry is there to be read. */
public interface TableListener {
    /** Tells nobody. */
    TableListener NONE = new TableListener() {};

    default void created(TableRun table, int entry, Author author) {}

    default void updated(TableRun table, int entry, Author author) {}

    /** It goes when this returns. */
    default void deleted(TableRun table, int entry, Author author) {}

    /** It was not hit for its lifetime, and stays. */
    default void idle(TableRun table, int entry) {}
}
