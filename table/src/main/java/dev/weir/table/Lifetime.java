package dev.weir.table;

/** Lifetimes as a table stores them: unsigned 32-bit milliseconds of idleness, all ones for never. */
public final class Lifetime {
    /** The flow is never idle too long. */
    public static final int NEVER = -1;
    /** The longest lifetime that ends: 49 days. */
    public static final long MAX_MILLIS = 0xFFFF_FFFEL;

    private Lifetime() {}

    /** A lifetime of that many seconds; fails when it is negative or over {@link #MAX_MILLIS}. */
    public static int ofSeconds(long seconds) {
        return ofMillis(Math.multiplyExact(seconds, 1000L));
    }

    /** A lifetime of that many milliseconds; fails when it is negative or over {@link #MAX_MILLIS}. */
    public static int ofMillis(long millis) {
        if (millis < 0 || millis > MAX_MILLIS) {
            throw new IllegalArgumentException("lifetime out of range: millis=" + millis + ", limit=" + MAX_MILLIS);
        }
        return (int) millis;
    }

    /** In nanoseconds; {@link Long#MAX_VALUE} for {@link #NEVER}. */
    static long nanos(int lifetime) {
        return lifetime == NEVER ? Long.MAX_VALUE : (lifetime & 0xFFFF_FFFFL) * 1_000_000L;
    }
}
