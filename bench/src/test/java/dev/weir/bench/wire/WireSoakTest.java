package dev.weir.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WireSoakTest {
    @Test
    void pauses_areReadFromTheLogOfSafepoints() {
        assertThat(
                        WireSoak.Pauses.of(
                                List.of(
                                        "[1.4s] GC(0) Pause Young (Allocation Failure) 9M->2M(30M) 1.767ms",
                                        "[1.5s] Safepoint \"SerialCollectForAllocation\", Time since last: 1285101121 ns, Reaching safepoint: 3806 ns, "
                                                + "At safepoint: 16814806 ns, Leaving safepoint: 18618 ns, Total: 1500000 ns, Threads: 0 runnable, 10 total",
                                        "[2.1s] Safepoint \"Cleanup\", Time since last: 591530233 ns, Reaching safepoint: 2684 ns, "
                                                + "At safepoint: 181108 ns, Leaving safepoint: 258067 ns, Total: 500000 ns, Threads: 0 runnable, 10 total")))
                .isEqualTo(new WireSoak.Pauses(2, 1, 1.5, 2.0));
        assertThat(WireSoak.Pauses.of(List.of())).isEqualTo(new WireSoak.Pauses(0, 0, 0, 0));
    }
}
