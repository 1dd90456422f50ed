package dev.weir.cluster.job;

/**
 * Keeps a reader to a number of packets a second. What was not read while nothing could be read, since there was nothing or since the lanes were full, is not made up
 * for. Times are the caller's, in nanoseconds of one clock. One thread.
 */
final class Pace {
    private static final long SECOND = 1_000_000_000L;
    /** Who is late by no more than this makes up for it. */
    private static final long SLACK = SECOND / 20;

    private final long packetsPerSecond;
    private long next;
    private boolean begun;

    /** @param packetsPerSecond 0 for any number */
    Pace(long packetsPerSecond) {
        this.packetsPerSecond = packetsPerSecond;
    }

    /** How long it is until packets may be read; 0 or less for now. */
    long untilNext(long now) {
        return begun ? next - now : 0;
    }

    /** So many were read. */
    void read(int packets, long now) {
        if (packetsPerSecond > 0) {
            long late = begun ? Math.clamp(now - next, Long.MIN_VALUE, SLACK) : 0;
            next = now - late + packets * SECOND / packetsPerSecond;
            begun = true;
        }
    }
}
