package dev.weir.table.meter;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Three-colour markers: with one rate and two bursts (RFC 2697), or with two rates of a burst each (RFC 2698). Both are two
 * {@link TokenBucket}s in exact integers. A packet comes with a colour, green for a colour-blind meter, and never gets a better
 * one; it takes tokens of the buckets that its colour stands for, and none if it is red.
 *
 * <p>The rates are the object's, which is immutable and may be shared; what changes is 24 octets of the caller's, which
 * all zeros are a meter with full buckets. {@link #mark} belongs to the thread that owns these, and allocates nothing.
 *
 * <pre>
 * byte 0      8                          16                                   24
 *      | last | missing to a full        | missing to a full excess bucket,   |
 *      | time | committed bucket         | or peak bucket                     |
 * </pre>
 */
public final class Meter {
    public static final int GREEN = 0, YELLOW = 1, RED = 2;

    /** Octets of a meter's state. */
    public static final int STATE_BYTES = 24;

    private static final int TIME = 0, COMMITTED = 8, SECOND = 16;
    private final TokenBucket committed, second;
    private final boolean twoRates;

    private Meter(TokenBucket committed, TokenBucket second, boolean twoRates) {
        this.committed = committed;
        this.second = second;
        this.twoRates = twoRates;
    }

    /**
     * RFC 2697: green within the committed burst, yellow within the excess burst, which gets the tokens that the committed
     * bucket has no room for.
     *
     * @param rate units a second, octets or packets; see {@link TokenBucket} for what is allowed
     * @param committedBurst units
     * @param excessBurst units
     */
    public static Meter singleRate(long rate, long committedBurst, long excessBurst) {
        return new Meter(new TokenBucket(rate, committedBurst), new TokenBucket(rate, excessBurst), false);
    }

    /** RFC 2698: red beyond the peak rate, yellow beyond the committed one; fails when the peak rate is the lower one. */
    public static Meter twoRate(long committedRate, long committedBurst, long peakRate, long peakBurst) {
        if (peakRate < committedRate) {
            throw new IllegalArgumentException("meter: the peak rate of " + peakRate
                    + " is below the committed rate of " + committedRate + "; give at least that");
        }
        return new Meter(new TokenBucket(committedRate, committedBurst), new TokenBucket(peakRate, peakBurst), true);
    }

    /**
     * Colours a packet of so many units at that time; an earlier time than the last counts as the last.
     *
     * @param state has the state in 24 octets from {@code at} on
     * @param color what the packet had; {@link #GREEN} for a colour-blind meter
     */
    public int mark(MemorySegment state, long at, int color, long units, long now) {
        long last = state.get(JAVA_LONG_UNALIGNED, at + TIME);
        long time = Math.max(last, now);
        long nanos = time - last;
        long missing = state.get(JAVA_LONG_UNALIGNED, at + COMMITTED);
        long missing2 = state.get(JAVA_LONG_UNALIGNED, at + SECOND);
        missing2 =
                twoRates ? second.refill(missing2, nanos) : Math.max(0, missing2 - committed.overflow(missing, nanos));
        missing = committed.refill(missing, nanos);
        long after = color == GREEN ? committed.take(missing, units) : -1;
        long after2 = color == RED ? -1 : second.take(missing2, units);
        int marked = twoRates ? twoRateColor(after, after2) : singleRateColor(after, after2);
        boolean takesSecond = marked == YELLOW || (twoRates && marked == GREEN);
        state.set(JAVA_LONG_UNALIGNED, at + TIME, time);
        state.set(JAVA_LONG_UNALIGNED, at + COMMITTED, marked == GREEN ? after : missing);
        state.set(JAVA_LONG_UNALIGNED, at + SECOND, takesSecond ? after2 : missing2);
        return marked;
    }

    /** What is negative could not be taken. */
    private static int singleRateColor(long afterCommitted, long afterExcess) {
        return afterCommitted >= 0 ? GREEN : afterExcess >= 0 ? YELLOW : RED;
    }

    private static int twoRateColor(long afterCommitted, long afterPeak) {
        return afterPeak < 0 ? RED : afterCommitted < 0 ? YELLOW : GREEN;
    }
}
