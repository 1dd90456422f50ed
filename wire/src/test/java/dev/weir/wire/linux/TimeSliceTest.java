package dev.weir.wire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSliceTest {
    private static final Executor OWN_THREAD =
            task -> Thread.ofPlatform().name("weir-slice-test").start(task);

    /** Kernels before 6.12 know no slices of single threads, and say 0. */
    @ParameterizedTest
    @ValueSource(longs = {TimeSlice.SHORTEST_NANOS, 700_000, TimeSlice.LONGEST_NANOS})
    void ask_changesTheSliceOfTheCallingThreadOnly(long nanos) {
        long before = TimeSlice.current();
        long after = CompletableFuture.supplyAsync(
                        () -> {
                            assertThat(TimeSlice.ask(nanos)).isTrue();
                            return TimeSlice.current();
                        },
                        OWN_THREAD)
                .join();

        assertThat(after).isIn(nanos, 0L);
        assertThat(TimeSlice.current()).isEqualTo(before);
    }

    @Test
    void ask_keepsTheNiceness() throws Exception {
        var task = new FutureTask<>(() -> {
            Niceness.set(Niceness.LOWEST_PRIORITY);
            assertThat(TimeSlice.ask(TimeSlice.SHORTEST_NANOS)).isTrue();
            return NicenessTest.ofThisThread();
        });
        OWN_THREAD.execute(task);
        assertThat(task.get()).isEqualTo(Niceness.LOWEST_PRIORITY);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, TimeSlice.SHORTEST_NANOS - 1, TimeSlice.LONGEST_NANOS + 1})
    void ask_outOfRange_isRefused(long nanos) {
        assertThatThrownBy(() -> TimeSlice.ask(nanos)).hasMessageContaining("nanos=" + nanos);
    }
}
