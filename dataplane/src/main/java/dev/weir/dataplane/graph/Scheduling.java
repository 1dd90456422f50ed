package dev.weir.dataplane.graph;

/** How workers share their processors with other threads. */
public enum Scheduling {
    /** In short slices, each thread its share: who comes to a busy processor waits for who is there. */
    FAIR,
    /**
     * In the real-time class while they keep up with their packets, so that they run as soon as packets come. A worker that has its processor nearly all the time
     * leaves the class for moments, and none enters it before the JVM has compiled what the start needs: others starve hardly more than with {@link #FAIR}. Takes CAP_SYS_NICE, and a JVM that
     * was started with {@code -XX:CompileCommandFile=cli/launcher/compile-first}: without it all of a processor can stand still for up to a second.
     */
    REAL_TIME
}
