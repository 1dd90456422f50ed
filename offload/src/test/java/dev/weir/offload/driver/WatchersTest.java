package dev.weir.offload.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.driver.FlowEvent.Cause;
import dev.weir.offload.model.Flow;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchersTest {
    private static final FlowEvent.Changed EVENT = new FlowEvent.Changed(1, Cause.SET, Flow.named(1, 1));

    @Test
    void aSlowWatcher_isToldHowMuchItMissed() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch missed = new CountDownLatch(1);
        List<FlowEvent> told = new CopyOnWriteArrayList<>();
        try (Watchers watchers = new Watchers(4)) {
            watchers.add(EnumSet.allOf(Cause.class), event -> {
                await(go);
                told.add(event);
                if (event instanceof FlowEvent.Lost) missed.countDown();
            });
            for (int i = 0; i < 100; i++) watchers.tell(EVENT);
            go.countDown();
            assertThat(missed.await(10, TimeUnit.SECONDS)).isTrue();
        }
        long lost = told.stream()
                .mapToLong(event -> event instanceof FlowEvent.Lost some ? some.count() : 0)
                .sum();
        long seen = told.stream().filter(EVENT::equals).count();
        assertThat(seen).isBetween(4L, 5L);
        assertThat(lost + seen).isEqualTo(100);
    }

    @Test
    void aWatchThatWasClosed_isToldNothingMore() {
        try (Watchers watchers = new Watchers()) {
            FlowDriver.Watch watch = watchers.add(EnumSet.of(Cause.SET), _ -> {});
            assertThat(watchers.isEmpty()).isFalse();
            assertThat(watchers.want(Cause.SET)).isTrue();
            assertThat(watchers.want(Cause.DELETED)).isFalse();
            watch.close();
            assertThat(watchers.isEmpty()).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
