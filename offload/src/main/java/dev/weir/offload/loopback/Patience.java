package dev.weir.offload.loopback;

/**
 * How long a thread looks again and again for what it waits for before it sleeps. To be woken takes longer than most calls; where there is one processor, that
 * is all the same the shorter way, since who answers runs on it.
 */
final class Patience {
    static final long NANOS = Runtime.getRuntime().availableProcessors() > 1 ? 50_000 : 0;

    private Patience() {}
}
