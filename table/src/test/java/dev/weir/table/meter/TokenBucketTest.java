package dev.weir.table.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {
    /** Tokens as exact decimals: {@code min(burst, tokens + rate * seconds)}, and a packet passes when there are enough. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 0x5EED})
    void bucket_agreesWithExactArithmetic(long seed) {
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            long rate = 1 + random.nextLong(1L << random.nextInt(1, 40));
            long burst = 1 + random.nextLong(1L << random.nextInt(1, 33));
            var bucket = new TokenBucket(rate, burst);
            var full = BigDecimal.valueOf(burst);
            var tokens = full;
            long missing = 0;
            for (int step = 0; step < 500; step++) {
                long nanos = random.nextInt(20) == 0
                        ? Long.MAX_VALUE >>> random.nextInt(60)
                        : random.nextLong(1L << random.nextInt(1, 40));
                long units = 1 + random.nextLong(Math.min(burst, 1L << random.nextInt(1, 33)) + 1);
                tokens = tokens.add(BigDecimal.valueOf(rate).multiply(BigDecimal.valueOf(nanos, 9)))
                        .min(full);
                missing = bucket.refill(missing, nanos);
                boolean passes = tokens.compareTo(BigDecimal.valueOf(units)) >= 0;
                long after = bucket.take(missing, units);
                String where = "seed=%d round=%d step=%d rate=%d burst=%d".formatted(seed, round, step, rate, burst);
                assertThat(after >= 0).as(where).isEqualTo(passes);
                if (passes) {
                    tokens = tokens.subtract(BigDecimal.valueOf(units));
                    missing = after;
                }
                assertThat(BigDecimal.valueOf(missing, 9)).as(where).isEqualByComparingTo(full.subtract(tokens));
            }
        }
    }

    @Test
    void bucket_neverDrifts() {
        var bucket = new TokenBucket(3, 1);
        long missing = bucket.take(0, 1);
        long passed = 0;
        for (long step = 1; step <= 3_000_000; step++) {
            missing = bucket.refill(missing, 1000);
            long after = bucket.take(missing, 1);
            passed += after >= 0 ? 1 : 0;
            missing = after < 0 ? missing : after;
        }
        assertThat(passed)
                .as("three a second, in three seconds, but for what waiting for a step costs")
                .isBetween(8L, 9L);
    }
}
