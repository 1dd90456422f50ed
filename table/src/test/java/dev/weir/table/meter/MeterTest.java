package dev.weir.table.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeterTest {
    private static final long MILLI = 1_000_000L;

    /** Packets of 100 octets, so many milliseconds apart: the colours they get, and the colours they came with. */
    @ParameterizedTest(name = "{0}: {1} came {2} apart as {3}")
    @CsvSource(textBlock = """
            one rate,  1000 300 200,       0, GGGGGGG, GGGYYRR
            one rate,  1000 300 200,     100, GGGGGGG, GGGGGGG
            one rate,  1000 300 200,      50, GGGGGGGGGGGG, GGGGGYGYGRGR
            one rate,  1000 300 200,       0, YYYG,    YYRG
            one rate,  1000 300 200,       0, RGR,     RGR
            one rate,  0 100 100,       1000, GGG,     GYR
            two rates, 1000 200 2000 400,  0, GGGGG,   GGYYR
            two rates, 1000 200 2000 400, 50, GGGGGGGG, GGGYGYGY
            two rates, 1000 200 2000 400,  0, YYYYG,   YYYYR
            two rates, 1000 200 2000 400,  0, RGG,     RGG
            """)
    void packets_atAPace_getTheColorsOfTheRfc(String kind, String rates, long millis, String came, String marked) {
        try (Arena arena = Arena.ofConfined()) {
            var state = arena.allocate(Meter.STATE_BYTES, 8);
            Meter meter = meter(kind, rates);
            var colors = new StringBuilder();
            for (int i = 0; i < came.length(); i++) {
                colors.append(
                        "GYR".charAt(meter.mark(state, 0, "GYR".indexOf(came.charAt(i)), 100, i * millis * MILLI)));
            }
            assertThat(colors).hasToString(marked);
        }
    }

    private static Meter meter(String kind, String rates) {
        String[] numbers = rates.split(" ", -1);
        long[] n = new long[numbers.length];
        for (int i = 0; i < n.length; i++) {
            n[i] = Long.parseLong(numbers[i]);
        }
        return kind.equals("one rate") ? Meter.singleRate(n[0], n[1], n[2]) : Meter.twoRate(n[0], n[1], n[2], n[3]);
    }

    /** The RFCs' text with exact decimals: tokens are counted as they come, not as they are missing. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void meters_randomPackets_agreeWithExactArithmetic(long seed) {
        var random = new SplittableRandom(seed);
        try (Arena arena = Arena.ofConfined()) {
            for (int round = 0; round < 100; round++) {
                boolean two = random.nextBoolean();
                long rate = random.nextLong(1L << random.nextInt(1, 40)), peak = rate + random.nextLong(1 + rate);
                long burst = random.nextLong(1L << random.nextInt(1, 33)), burst2 = random.nextLong(1L << 33);
                var model = new Model(two, rate, burst, peak, burst2);
                Meter meter = two ? Meter.twoRate(rate, burst, peak, burst2) : Meter.singleRate(rate, burst, burst2);
                var state = arena.allocate(Meter.STATE_BYTES, 8);
                long now = random.nextLong(1L << 60);
                meter.mark(state, 0, Meter.RED, 0, now);
                for (int step = 0; step < 200; step++) {
                    long nanos = random.nextLong(1L << random.nextInt(1, 45));
                    long units = random.nextLong(1L << random.nextInt(1, 33));
                    int color = random.nextInt(3);
                    // One that is older counts at the time of the last.
                    long stamp = random.nextInt(10) == 0 ? now - random.nextLong(1000) : now + nanos;
                    int expected = model.mark(color, units, Math.max(0, stamp - now));
                    now = Math.max(now, stamp);
                    assertThat(meter.mark(state, 0, color, units, stamp))
                            .as("seed=%d round=%d step=%d two=%b", seed, round, step, two)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private static final class Model {
        private final boolean two;
        private final BigDecimal rate, burst, peak, burst2;
        private BigDecimal tokens, tokens2;

        private Model(boolean two, long rate, long burst, long peak, long burst2) {
            this.two = two;
            this.rate = BigDecimal.valueOf(rate);
            this.burst = BigDecimal.valueOf(burst);
            this.peak = BigDecimal.valueOf(peak);
            this.burst2 = BigDecimal.valueOf(burst2);
            tokens = this.burst;
            tokens2 = this.burst2;
        }

        private int mark(int color, long units, long nanos) {
            BigDecimal size = BigDecimal.valueOf(units), seconds = BigDecimal.valueOf(nanos, 9);
            tokens = tokens.add(rate.multiply(seconds));
            BigDecimal spilled = tokens.subtract(burst).max(BigDecimal.ZERO);
            tokens = tokens.min(burst);
            tokens2 = tokens2.add(two ? peak.multiply(seconds) : spilled).min(burst2);
            boolean first = tokens.compareTo(size) >= 0, second = tokens2.compareTo(size) >= 0;
            int marked = two ? trtcm(color, first, second) : srtcm(color, first, second);
            if (marked == Meter.GREEN) {
                tokens = tokens.subtract(size);
            }
            if (marked == Meter.YELLOW || (two && marked == Meter.GREEN)) {
                tokens2 = tokens2.subtract(size);
            }
            return marked;
        }

        /** RFC 2697 section 3, colour-aware. */
        private static int srtcm(int color, boolean committed, boolean excess) {
            if (color == Meter.GREEN && committed) {
                return Meter.GREEN;
            }
            return color != Meter.RED && excess ? Meter.YELLOW : Meter.RED;
        }

        /** RFC 2698 section 3, colour-aware. */
        private static int trtcm(int color, boolean committed, boolean peak) {
            if (color == Meter.RED || !peak) {
                return Meter.RED;
            }
            return color == Meter.YELLOW || !committed ? Meter.YELLOW : Meter.GREEN;
        }
    }

    @Test
    void rates_outOfRange_sayTheRemedy() {
        assertThatThrownBy(() -> Meter.twoRate(10, 1, 9, 1))
                .hasMessage("meter: the peak rate of 9 is below the committed rate of 10; give at least that");
        assertThatThrownBy(() -> Meter.singleRate(10, -1, 9))
                .hasMessage("meter: a rate of 10 and a burst of -1 are out of range; give none below 0, and a burst up"
                        + " to 8589934592");
    }
}
