package dev.weir.p4.run;

/** Whose rules for the lifetime of entries a program follows, where the two differ. */
public enum Rules {
    /**
     * A hit refreshes an entry, whatever its action does. Entries that packets add age in every table, and are deleted when they are over;
     * listeners are told. {@code pna_idle_timeout} means nothing.
     */
    P4TC,
    /**
     * An entry is refreshed only by an action that restarts its timer. Entries age where the table says so, and are deleted or told of as
     * it says.
     */
    PNA
}
