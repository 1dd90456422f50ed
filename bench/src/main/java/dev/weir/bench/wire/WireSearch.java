package dev.weir.bench.wire;

import java.io.IOException;

/**
 * Finds the highest rate at which nothing is lost (throughput in the sense of RFC 2544 section 26.1), by bisection. A rate at which something
 * was lost gets a second chance, since what else the machine does is lost in as well. What was found must hold in a longer trial, without a
 * second chance; else the rate is lowered until it does.
 */
final class WireSearch {
    private static final int CHANCES = 2, STEPS_DOWN = 20;
    private static final double STEP_DOWN = 0.9;

    /** Sends at a rate, in frames a second, for the time of a trial. */
    interface Trials {
        WireTrial run(double rate) throws IOException;
    }

    /**
     * @param rate the highest offered without loss, in a longer trial too, frames a second; 0 when there was none
     * @param flatOut the trial in which the generator sent as fast as it could
     */
    record Found(double rate, WireTrial flatOut) {}

    private WireSearch() {}

    static Found run(Trials trials, Trials longer, int steps) throws IOException {
        WireTrial flatOut = trials.run(Double.POSITIVE_INFINITY);
        return new Found(confirmed(longer, highest(trials, flatOut, steps)), flatOut);
    }

    private static double highest(Trials trials, WireTrial flatOut, int steps) throws IOException {
        if (flatOut.lost() == 0) return flatOut.offeredRate();
        double low = 0, high = flatOut.offeredRate();
        double next = Math.min(flatOut.receivedRate(), 0.99 * high);
        for (int step = 0; step < steps; step++) {
            double carried = carried(trials, next);
            if (carried > 0) {
                low = Math.max(low, carried);
            } else {
                high = next;
            }
            if (low >= high) break;
            next = (low + high) / 2;
        }
        return low;
    }

    private static double confirmed(Trials longer, double found) throws IOException {
        double rate = found;
        for (int step = 0; step < STEPS_DOWN && rate > 0; step++) {
            WireTrial trial = longer.run(rate);
            if (trial.lost() == 0) return trial.offeredRate();
            rate *= STEP_DOWN;
        }
        return 0;
    }

    /** The rate that was really offered without loss, 0 when there was loss. */
    private static double carried(Trials trials, double rate) throws IOException {
        for (int chance = 0; chance < CHANCES; chance++) {
            WireTrial trial = trials.run(rate);
            if (trial.lost() == 0) return trial.offeredRate();
        }
        return 0;
    }
}
