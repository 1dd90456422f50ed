package dev.weir.offload.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.Samples;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The backend as a process of its own, which is killed, and stopped and continued. */
class LoopbackProcessTest {
    private static final long IFINDEX = 7;

    @TempDir
    private Path folder;

    /** The process: answers at the socket that is its argument, until it is killed. */
    static final class Backend {
        private Backend() {}

        public static void main(String[] arguments) throws InterruptedException {
            MemoryDriver memory = MemoryDriver.start(Map.of(IFINDEX, Samples.model(10_000)));
            try (memory;
                    LoopbackBackend backend = LoopbackBackend.start(Path.of(arguments[0]), memory)) {
                backend.awaitEnd(Duration.ofMinutes(2));
            }
        }
    }

    private static Process start(Path socket) throws IOException {
        String java = ProcessHandle.current().info().command().orElse("java");
        return new ProcessBuilder(
                        java, "-cp", System.getProperty("java.class.path"), Backend.class.getName(), socket.toString())
                .inheritIO()
                .start();
    }

    private static void signal(Process process, String signal) throws Exception {
        int code = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    private static CompletableFuture<BatchResult> set(LoopbackDriver driver, long from, long to) {
        List<Flow> flows = LongStream.range(from, to).mapToObj(Samples::bridged).toList();
        return driver.change(FlowChange.set(IFINDEX, flows, ErrorMode.ATOMIC));
    }

    private static List<Long> uids(LoopbackDriver driver) {
        return driver.flows(IFINDEX, FlowQuery.all(Samples.BRIDGE)).join().stream()
                .map(Flow::uid)
                .sorted()
                .toList();
    }

    private static void await(BooleanSupplier condition) {
        for (int i = 0; i < 20_000 && !condition.getAsBoolean(); i++) LoopbackDriverTest.sleep(1);
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void aBackendThatIsKilled_hasItsFlowsWhenItRunsAgain() throws Exception {
        Path socket = folder.resolve("killed");
        try (LoopbackDriver driver = LoopbackDriver.open(socket, Duration.ofSeconds(10))) {
            Process first = start(socket);
            Process second = null;
            try {
                await(driver::isReady);
                assertThat(set(driver, 0, 5000).join().applied()).isEqualTo(5000);
                CompletableFuture<BatchResult> under = set(driver, 5000, 6000);
                first.destroyForcibly().waitFor();
                long expected = under.handle((result, failure) -> failure == null ? 6000L : 5000L)
                        .join();
                await(() -> !driver.isReady());
                assertThatThrownBy(() -> set(driver, 7000, 7001).join()).hasMessageContaining("backend-gone");
                second = start(socket);
                await(driver::isReady);
                assertThat(uids(driver))
                        .isEqualTo(LongStream.range(0, expected).boxed().toList());
                assertThat(driver.counts().repaired()).isEqualTo(expected);
            } finally {
                first.destroyForcibly();
                if (second != null) second.destroyForcibly();
            }
        }
    }

    @Test
    void aBackendThatIsStopped_timesOutAndAgreesWhenItGoesOn() throws Exception {
        Path socket = folder.resolve("stopped");
        try (LoopbackDriver driver = LoopbackDriver.open(socket, Duration.ofMillis(500))) {
            Process backend = start(socket);
            try {
                await(driver::isReady);
                set(driver, 0, 100).join();
                signal(backend, "STOP");
                assertThatThrownBy(() -> set(driver, 100, 200).join())
                        .hasMessageContaining("timed-out: driver loopback: the backend has not answered in PT0.5S; ");
                signal(backend, "CONT");
                await(driver::isReady);
                assertThat(uids(driver))
                        .isEqualTo(LongStream.range(0, 100).boxed().toList());
                assertThat(set(driver, 100, 200).join().applied()).isEqualTo(100);
            } finally {
                backend.destroyForcibly();
            }
        }
    }
}
