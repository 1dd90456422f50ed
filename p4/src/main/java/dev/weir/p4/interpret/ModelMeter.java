package dev.weir.p4.interpret;

import dev.weir.p4.ir.Resource.Meter;
import dev.weir.p4.run.MeterRates;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The two-rate three-colour marker of RFC 2698 with tokens in billionths, so that nothing is rounded. */
final class ModelMeter {
    private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);

    private final @Nullable MeterRates rates;
    private BigInteger committed = BigInteger.ZERO;
    private BigInteger peak = BigInteger.ZERO;
    private long then;

    ModelMeter(@Nullable MeterRates rates, long now) {
        this.rates = rates;
        then = now;
        if (rates != null) {
            committed = BigInteger.valueOf(rates.committedBurst()).multiply(BILLION);
            peak = BigInteger.valueOf(rates.peakBurst()).multiply(BILLION);
        }
    }

    /** @param color what the packet has; green in a colour-blind meter */
    int execute(int color, long units, long now) {
        if (rates == null) return Meter.GREEN;
        committed = filled(committed, rates.committedRate(), rates.committedBurst(), now);
        peak = filled(peak, rates.peakRate(), rates.peakBurst(), now);
        then = Math.max(then, now);
        BigInteger needed = BigInteger.valueOf(units).multiply(BILLION);
        if (color == Meter.RED || peak.compareTo(needed) < 0) return Meter.RED;
        peak = peak.subtract(needed);
        if (color == Meter.YELLOW || committed.compareTo(needed) < 0) return Meter.YELLOW;
        committed = committed.subtract(needed);
        return Meter.GREEN;
    }

    private BigInteger filled(BigInteger tokens, long rate, long burst, long now) {
        BigInteger more = BigInteger.valueOf(rate).multiply(BigInteger.valueOf(Math.max(0, now - then)));
        return tokens.add(more).min(BigInteger.valueOf(burst).multiply(BILLION));
    }
}
