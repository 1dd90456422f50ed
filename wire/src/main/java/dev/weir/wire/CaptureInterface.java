package dev.weir.wire;

/**
 * An interface that a pcapng section describes, and the arithmetic of its time stamps: 64-bit counts of 10<sup>-n</sup>
 * or 2<sup>-n</sup> seconds since 1970, plus an offset in seconds.
 */
final class CaptureInterface {
    /** Bounds of a time: from 1970 to 2255, so that adding a lifetime to any time cannot overflow. */
    static final long EARLIEST = 0, LATEST = 9_000_000_000_000_000_000L;

    private static final long SECOND = 1_000_000_000L;

    final int port;
    final int linkType;
    final int maxCaptured;
    private final long snapLength;
    private final boolean binary;
    private final int exponent;
    private final long multiplier;
    private final long divisor;
    private final long offset;
    private long clampedTimes;
    private long dropped;

    /** @param resolution the octet of {@code if_tsresol}: the exponent, with the highest bit set that of 2 */
    CaptureInterface(int port, int linkType, long snapLength, int resolution, long offsetSeconds) {
        this.port = port;
        this.linkType = linkType;
        this.snapLength = snapLength;
        maxCaptured = Framing.maxCaptured(linkType);
        binary = (resolution & 0x80) != 0;
        exponent = resolution & 0x7F;
        multiplier = binary ? SECOND : power(9 - exponent);
        divisor = power(exponent - 9);
        offset = Math.clamp(offsetSeconds, -LATEST / SECOND, LATEST / SECOND) * SECOND;
    }

    /** 10 to the power of n, 1 for a negative one, 0 where a long does not hold it. */
    private static long power(int n) {
        if (n > 18) return 0;
        long power = 1;
        for (int i = 0; i < n; i++) power *= 10;
        return power;
    }

    /** Nanoseconds since 1970 of a time stamp, clamped to [{@link #EARLIEST}, {@link #LATEST}]. */
    long nanos(long ticks) {
        long high = Math.unsignedMultiplyHigh(ticks, multiplier);
        long low = ticks * multiplier;
        if (binary) {
            if (exponent >= 64) {
                low = exponent == 64 ? high : high >>> (exponent - 64);
                high = 0;
            } else if (exponent > 0) {
                low = (low >>> exponent) | (high << (64 - exponent));
                high >>>= exponent;
            }
        } else if (divisor != 1) {
            low = divisor == 0 ? 0 : Long.divideUnsigned(low, divisor);
        }
        return high != 0 || low < 0 || low > LATEST || offset > LATEST - low || low + offset < EARLIEST
                ? clamped(low)
                : low + offset;
    }

    private long clamped(long low) {
        clampedTimes++;
        return low >= 0 && low + offset < EARLIEST ? EARLIEST : LATEST;
    }

    long clampedTimes() {
        return clampedTimes;
    }

    /** What of a packet of that length a simple packet block holds. */
    long truncated(long length) {
        return snapLength == 0 ? length : Math.min(length, snapLength);
    }

    /** Fraction digits of a second that its time stamps have, at least 1 and at most 9. */
    int timeDigits() {
        int digits = binary ? (int) Math.ceil(exponent * Math.log10(2)) : exponent;
        return Math.clamp(digits, 1, 9);
    }

    /** Takes in what the latest statistics say. */
    void dropped(long packets) {
        dropped = Math.max(packets, 0);
    }

    long dropped() {
        return dropped;
    }
}
