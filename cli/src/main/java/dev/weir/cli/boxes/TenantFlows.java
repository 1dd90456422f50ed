package dev.weir.cli.boxes;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which flow the next packet is of. So many are alive at a time, each in a place; the n-th place is as likely as n to the power of minus skew. The set drifts: so
 * many flows a second end, and a new one takes the place. The order in which places are taken is not that of their likelihood, so what is new is as likely
 * to be hot as what was before. Same seed, same flows. One thread; allocates nothing after it was made.
 */
final class TenantFlows {
    private static final long SPREAD = 0x9E37_79B1L;

    private final int places;
    private final double driftPerNano;
    private final double @Nullable [] shares;
    private final SplittableRandom random;

    /**
     * @param places flows that are alive at a time
     * @param skew 0 for all alike
     * @param drift how many flows a second are replaced
     */
    TenantFlows(int places, double skew, double drift, long seed) {
        this.places = places;
        driftPerNano = drift / 1e9;
        shares = skew == 0 ? null : shares(places, skew);
        random = new SplittableRandom(seed);
    }

    /** Cumulated shares of the places. */
    private static double[] shares(int places, double skew) {
        double[] shares = new double[places];
        double sum = 0;
        for (int i = 0; i < places; i++) {
            sum += Math.pow(i + 1, -skew);
            shares[i] = sum;
        }
        for (int i = 0; i < places; i++) shares[i] /= sum;
        return shares;
    }

    /**
     * The number of the next packet's flow.
     *
     * @param elapsed nanoseconds since the first
     */
    long next(long elapsed) {
        int place = place();
        long replaced = (long) (elapsed * driftPerNano);
        long turn = place * SPREAD % places; // when in a round of replacements the place is
        long rounds = replaced / places + (turn < replaced % places ? 1 : 0);
        return place + rounds * places;
    }

    private int place() {
        if (shares == null) return random.nextInt(places);
        int found = Arrays.binarySearch(shares, random.nextDouble());
        return Math.min(found < 0 ? -found - 1 : found, places - 1);
    }
}
