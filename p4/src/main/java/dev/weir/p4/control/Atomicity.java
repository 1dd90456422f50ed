package dev.weir.p4.control;

/** What one change that fails means to the others of a batch, as P4Runtime has it. Each change by itself is done by all workers, or by none. */
public enum Atomicity {
    /** The others are done. */
    CONTINUE_ON_ERROR,
    /** Those before it are undone, those behind it are not begun. */
    ROLLBACK_ON_ERROR,
    /** The same, and no packet of a worker sees some of them done and others not yet. */
    DATAPLANE_ATOMIC
}
