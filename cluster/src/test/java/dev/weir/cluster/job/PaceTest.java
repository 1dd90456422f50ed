package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long a reader waits, by a clock of the test's. */
class PaceTest {
    private static final long MILLI = 1_000_000L, SECOND = 1000 * MILLI;

    /** Reads vectors of 100 as soon as it may, each in two milliseconds; returns how many packets until then. */
    private static long packets(Pace pace, long from, long until) {
        long now = from, packets = 0;
        while (now < until) {
            long wait = pace.untilNext(now);
            if (wait > 0) {
                now += wait;
            } else {
                now += 2 * MILLI;
                pace.read(100, now);
                packets += 100;
            }
        }
        return packets;
    }

    @Test
    void packets_atARate_areThatMany() {
        assertThat(packets(new Pace(10_000), -3 * SECOND, 7 * SECOND)).isBetween(99_900L, 100_700L);
    }

    @Test
    void packets_afterAPause_areNotMadeUpFor() {
        var pace = new Pace(10_000);
        packets(pace, 0, SECOND);
        assertThat(packets(pace, 100 * SECOND, 101 * SECOND)).isBetween(9_900L, 10_700L);
    }

    @Test
    void packets_withoutARate_neverWait() {
        var pace = new Pace(0);
        pace.read(1 << 20, 5);
        assertThat(pace.untilNext(5)).isZero();
    }
}
