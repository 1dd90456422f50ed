package dev.weir.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void quantile_ofNothing_isNotANumber() {
        assertThat(new LatencyHistogram().quantile(0.5)).isNaN();
    }

    @Test
    void quantiles_ofRandomTimes_areWithinAClassOfTheSortedOnes() {
        long seed = 7;
        var random = new SplittableRandom(seed);
        long[] times = new long[20_000];
        var histogram = new LatencyHistogram();
        for (int i = 0; i < times.length; i++) {
            times[i] = random.nextLong(1L << random.nextInt(1, 40));
            histogram.add(times[i]);
        }
        Arrays.sort(times);
        for (double part : new double[] {0.001, 0.25, 0.5, 0.9, 0.999, 1}) {
            double exact = times[(int) Math.ceil(part * times.length) - 1];
            assertThat(histogram.quantile(part))
                    .as("seed %d, quantile %s", seed, part)
                    .isGreaterThanOrEqualTo(exact)
                    .isCloseTo(exact, Percentage.withPercentage(1.6));
        }
        assertThat(histogram.largest()).isEqualTo(times[times.length - 1]);
        assertThat(histogram.count()).isEqualTo(times.length);
    }

    @Test
    void negativeTime_countsAsZero_andTheLongestOneFits() {
        var histogram = new LatencyHistogram();
        histogram.add(-5);
        histogram.add(Long.MAX_VALUE);
        assertThat(histogram.quantile(0.5)).isZero();
        assertThat(histogram.quantile(1)).isCloseTo(Long.MAX_VALUE, within(1.0));
    }
}
