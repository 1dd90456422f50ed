package dev.weir.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class WireSearchTest {
    private static final double FASTEST = 2e6;

    @Test
    void search_findsWhereLossBegins() throws IOException {
        for (double limit : new double[] {40_000, 333_000, 1_250_000}) {
            WireSearch.Found found = search(rate -> forward(Math.min(rate, FASTEST), limit), 12);
            assertThat(found.rate()).isLessThanOrEqualTo(limit).isCloseTo(limit, Percentage.withPercentage(2));
            assertThat(found.flatOut().receivedRate()).isCloseTo(limit, Percentage.withPercentage(1));
        }
    }

    @Test
    void search_whereNothingIsLost_findsWhatTheGeneratorCanDo() throws IOException {
        assertThat(search(rate -> forward(Math.min(rate, FASTEST), 1e9), 8).rate())
                .isEqualTo(FASTEST);
    }

    @Test
    void search_whereAllIsLost_findsNoRate() throws IOException {
        assertThat(search(rate -> forward(Math.min(rate, FASTEST), 0), 8).rate())
                .isZero();
    }

    @Test
    void search_givesARateThatFailedOnceASecondChance() throws IOException {
        int[] trials = {0};
        WireSearch.Found found = WireSearch.run(
                rate -> forward(Math.min(rate, FASTEST), trials[0]++ % 2 == 0 ? 500_000 : 0),
                rate -> forward(rate, 500_000),
                1);
        assertThat(found.rate()).isEqualTo(500_000);
        assertThat(trials[0]).isEqualTo(3);
    }

    @Test
    void search_lowersWhatDoesNotHoldInALongerTrial() throws IOException {
        WireSearch.Found found =
                WireSearch.run(rate -> forward(Math.min(rate, FASTEST), 500_000), rate -> forward(rate, 400_000), 12);
        assertThat(found.rate()).isLessThanOrEqualTo(400_000).isGreaterThan(350_000);
    }

    @Test
    void search_whereNoRateHolds_findsNone() throws IOException {
        assertThat(WireSearch.run(rate -> forward(Math.min(rate, FASTEST), 500_000), rate -> forward(rate, 0), 12)
                        .rate())
                .isZero();
    }

    private static WireSearch.Found search(WireSearch.Trials trials, int steps) throws IOException {
        return WireSearch.run(trials, trials, steps);
    }

    /** One second in which at most so many frames go through. */
    private static WireTrial forward(double rate, double limit) {
        return new WireTrial((long) rate, 1, (long) Math.min(rate, limit), 0, 0, new LatencyHistogram());
    }
}
