package dev.weir.dataplane.graph;

/** Something that control wants done by a worker, between two vectors. */
interface Mail {
    /** Does it, or a piece of it that does not hold up packets for long; whether it is done. Never throws. */
    boolean run(Worker worker);

    /** The worker has ended before it was done, or before it was sent. */
    default void abandon() {}

    /** Whether what is left of it waits for something, so that a worker may sleep meanwhile. */
    default boolean isWaiting() {
        return false;
    }
}
