package dev.weir.table.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class WindowClimberTest {
    private static final int CAPACITY = 800;

    /** The window after so many samples, whose hits of a thousand follow from the window. */
    private static int after(int samples, IntUnaryOperator hits) {
        WindowClimber climber = new WindowClimber(CAPACITY);
        for (int i = 0; i < samples; i++) climber.sampled(hits.applyAsInt(climber.window()), 1000);
        return climber.window();
    }

    @Test
    void window_thatIsWorthIt_grows() {
        assertThat(after(20, window -> 300 + window / 2)).isGreaterThanOrEqualTo(500);
    }

    @Test
    void window_thatMakesNoDifference_goes() {
        assertThat(after(6, _ -> 500)).isZero();
    }

    @Test
    void window_thatCosts_goes() {
        assertThat(after(8, window -> 900 - window / 2)).isZero();
    }

    @Test
    void window_thatIsNone_isTriedAtLongerAndLongerIntervals() {
        WindowClimber climber = new WindowClimber(CAPACITY);
        int without = 0, changes = 0, before = climber.window();
        for (int i = 0; i < 500; i++) {
            climber.sampled(500, 1000);
            without += climber.window() == 0 ? 1 : 0;
            changes += climber.window() != before ? 1 : 0;
            before = climber.window();
        }
        assertThat(without).isGreaterThan(450);
        assertThat(changes).isBetween(10, 60);
    }

    @Test
    void window_afterOtherTraffic_isFoundAnew() {
        WindowClimber climber = new WindowClimber(CAPACITY);
        for (int i = 0; i < 40; i++) climber.sampled(700, 1000);
        assertThat(climber.window()).isZero();
        for (int i = 0; i < 20; i++) climber.sampled(200 + climber.window() / 2, 1000);
        assertThat(climber.window()).isGreaterThanOrEqualTo(500);
    }

    @Test
    void window_ofATinyTable_isNeverLarger() {
        for (int capacity = 1; capacity < 9; capacity++) {
            WindowClimber climber = new WindowClimber(capacity);
            for (int i = 0; i < 30; i++) {
                assertThat(climber.window()).isBetween(0, capacity);
                climber.sampled(i * 30L, 1000);
            }
        }
    }
}
