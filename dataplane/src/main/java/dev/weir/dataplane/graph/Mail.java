package dev.weir.dataplane.graph;

/** Something that control wants done by a worker, between two vectors. */
interface Mail {
    /** Does it, or a piece of it that does not hold up packets for long; whether it is done. Never throws. */
    boolean run(Worker worker);
}
