package dev.weir.offload.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchersTest {
    @Test
    void aSlowWatcher_isToldHowMuchItMissed() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch missed = new CountDownLatch(1);
        List<FlowEvent> told = new CopyOnWriteArrayList<>();
        try (Watchers watchers = new Watchers(4)) {
            watchers.add(event -> {
                await(go);
                told.add(event);
                if (event instanceof FlowEvent.Lost lost && lost.count() > 0) missed.countDown();
            });
            for (int i = 0; i < 100; i++) watchers.tell(new FlowEvent.Lost(-1));
            go.countDown();
            assertThat(missed.await(10, TimeUnit.SECONDS)).isTrue();
        }
        long lost = told.stream()
                .mapToLong(event -> ((FlowEvent.Lost) event).count())
                .filter(count -> count > 0)
                .sum();
        long seen = told.stream()
                .filter(event -> ((FlowEvent.Lost) event).count() == -1)
                .count();
        assertThat(seen).isBetween(4L, 5L);
        assertThat(lost + seen).isEqualTo(100);
    }

    @Test
    void aWatchThatWasClosed_isToldNothingMore() {
        try (Watchers watchers = new Watchers()) {
            FlowDriver.Watch watch = watchers.add(_ -> {});
            assertThat(watchers.isEmpty()).isFalse();
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
