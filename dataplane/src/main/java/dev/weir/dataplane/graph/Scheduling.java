package dev.weir.dataplane.graph;

/** How workers share their processors with other threads. */
public enum Scheduling {
    /** In short slices, each thread its share: who comes to a busy processor waits for who is there. */
    FAIR,
    /**
     * In the real-time class while they keep up with their packets, so that they run as soon as packets come. A worker that has its processor nearly all the time
     * leaves the class for a while: others starve hardly more than with {@link #FAIR}.
     */
    REAL_TIME
}
