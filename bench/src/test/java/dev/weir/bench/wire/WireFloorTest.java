package dev.weir.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireFloorTest {
    /** Of a second, in microseconds: a thousandth of it, 1000 us, may wait longer. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                  | 0      | 0",
                "999                 | 0      | 999",
                "1001                | 1      | 1001",
                "5000                | 4000   | 5000",
                "500 500 500         | 166.67 | 500",
                "3000 2500           | 2250   | 3000",
                "3000 2500 10 10 10  | 2250   | 3000",
            })
    void p999_isWhatAThousandthOfAllInstantsWaitsLongerThan(String gaps, double p999, double longest) {
        long[] nanos = gaps.isEmpty()
                ? new long[0]
                : LongStream.of(Arrays.stream(gaps.split(" ", -1))
                                .mapToLong(Long::parseLong)
                                .toArray())
                        .map(each -> each * 1000)
                        .toArray();
        WireFloor floor = WireFloor.of(nanos, 1_000_000_000);
        assertThat(floor.p999() / 1e3).isCloseTo(p999, within(0.01));
        assertThat(floor.longest() / 1e3).isEqualTo(longest);
    }

    @Test
    void p999_agreesWithInstantsThatAreDrawn() {
        var random = new SplittableRandom(7);
        long[] gaps = random.longs(200, 1_000, 3_000_000).toArray();
        long nanos = 100_000_000_000L;
        double p999 = WireFloor.of(gaps, nanos).p999();
        double waiting =
                LongStream.of(gaps).mapToDouble(gap -> Math.max(0, gap - p999)).sum();
        assertThat(waiting / nanos).isCloseTo(0.001, within(1e-9));
    }

    @Test
    void measure_seesThisMachine() throws IOException {
        WireFloor floor = WireFloor.measure(WireCores.forSubject(1), 0.2, true);
        assertThat(floor.longest()).isPositive();
        assertThat(floor.p999()).isBetween(0.0, floor.longest());
    }
}
