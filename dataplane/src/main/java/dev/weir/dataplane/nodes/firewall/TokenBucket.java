package dev.weir.dataplane.nodes.firewall;

/** So many a second, and as many at once after a second of rest. One thread; times in nanoseconds, from anywhere. */
final class TokenBucket {
    private static final long SECOND = 1_000_000_000L;

    private final int perSecond;
    /** Tokens times {@link #SECOND}. */
    private long level;

    private long filled = Long.MIN_VALUE;

    TokenBucket(int perSecond) {
        this.perSecond = perSecond;
        level = perSecond * SECOND;
    }

    /** Takes over the level of another, as far as it fits. */
    void resume(TokenBucket old) {
        level = Math.min(old.level, level);
        filled = old.filled;
    }

    /** Takes a token; false where there is none. */
    boolean take(long now) {
        if (filled == Long.MIN_VALUE) {
            filled = now;
        }
        long passed = Math.min(now - filled, SECOND);
        if (passed > 0) {
            level = Math.min(level + passed * perSecond, perSecond * SECOND);
            filled = now;
        }
        if (level < SECOND) {
            return false;
        }
        level -= SECOND;
        return true;
    }
}
