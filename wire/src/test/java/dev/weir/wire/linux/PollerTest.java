package dev.weir.wire.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.wire.PortException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for descriptors, and being woken. */
@Timeout(60)
class PollerTest {
    private static final int LONG_MILLIS = 50_000;

    @Test
    void await_wokenBefore_endsAtOnceAndOnlyOnce() throws PortException {
        try (var poller = new Poller(4)) {
            poller.wake();
            poller.wake();
            assertThat(poller.await(LONG_MILLIS)).as("only errors").isFalse();
            long before = System.nanoTime();
            assertThat(poller.await(20)).isFalse();
            assertThat(System.nanoTime() - before).as("the second wait lasts").isGreaterThan(10_000_000);
        }
    }

    @Test
    void await_wokenMeanwhile_ends() throws PortException, InterruptedException {
        try (var poller = new Poller(4)) {
            var waits = new CountDownLatch(1);
            Thread waiter = Thread.ofPlatform().start(() -> {
                waits.countDown();
                boolean _ = poller.await(LONG_MILLIS);
            });
            waits.await();
            poller.wake();
            waiter.join();
        }
    }

    @Test
    void await_ofADescriptorThatIsNone_saysThatThereWereOnlyErrors() throws PortException {
        try (var poller = new Poller(4)) {
            poller.watch(-1);
            assertThat(poller.await(1)).as("-1 is not watched").isFalse();
            poller.watch(1_000_000);
            assertThat(poller.await(LONG_MILLIS)).isTrue();
        }
    }

    @Test
    void pin_toAProcessorThatThereIs_works() throws InterruptedException {
        var pinned = new AtomicBoolean();
        var absent = new AtomicBoolean(true);
        Thread thread = Thread.ofPlatform().start(() -> {
            absent.set(Affinity.pin(1023) || Affinity.pin(-1));
            for (int cpu = 0; cpu < 256 && !pinned.get(); cpu++) {
                pinned.set(Affinity.pin(cpu));
            }
        });
        thread.join();
        assertThat(pinned).isTrue();
        assertThat(absent).isFalse();
    }
}
