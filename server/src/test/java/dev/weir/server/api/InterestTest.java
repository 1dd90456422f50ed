package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.events.EventLog;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What hangs on the workers' agreement is not theirs to do. */
class InterestTest {
    @Test
    @Timeout(60)
    void join_whileAnotherCallHoldsTheLock_keepsNoWorkerWaiting() {
        try (var rig = new ApiRig(2);
                var log = new EventLog(64);
                ExecutorService calls = Executors.newSingleThreadExecutor()) {
            var interest = new Interest(rig.plane, log, calls);
            CompletableFuture<?> joined;
            synchronized (interest) {
                joined = interest.join(Interest.ALL);
                assertThat(rig.plane.counters().join().workers()).hasSize(2);
                assertThat(joined).isNotDone();
            }
            joined.join();
            assertThat(interest.completeAfter(Interest.ALL)).isZero();
        }
    }
}
