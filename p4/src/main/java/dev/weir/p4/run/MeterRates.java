package dev.weir.p4.run;

/**
 * The rates of a two-rate three-colour marker (RFC 2698). Rates are in bytes or packets a second, bursts in bytes or packets, as the meter counts.
 * With {@code peakRate == committedRate} it is what RFC 2697 calls a marker with an excess burst of {@code peakBurst}, but for how tokens overflow.
 */
public record MeterRates(long committedRate, long committedBurst, long peakRate, long peakBurst) {
    /** The most of each: 17 gigabytes a second. */
    public static final long MOST = (1L << 34) - 1;

    public MeterRates {
        for (long value : new long[] {committedRate, committedBurst, peakRate, peakBurst}) {
            if (value < 0 || value > MOST) {
                throw new IllegalArgumentException("meter: " + value + " is out of range; give 0 to " + MOST);
            }
        }
        if (peakRate < committedRate) {
            throw new IllegalArgumentException("meter: the peak rate " + peakRate + " is below the committed rate "
                    + committedRate + "; make it at least that");
        }
    }
}
