package dev.weir.offload.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.Samples;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.FlowStats;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Selection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scenarios by seed: flows are set and deleted over a faulty line, some calls before others have their answers, and the backend restarts or is cut off at any
 * time. What the driver said it did is what the backend has in the end; what it said failed is not. {@code -Dweir.scenarios=10000} runs more than the few of each build.
 * Scenarios wait more than they work, so several run at a time.
 */
@Execution(ExecutionMode.CONCURRENT)
class LoopbackFaultsTest {
    private static final long IFINDEX = 7;
    private static final Duration TIMEOUT = Duration.ofMillis(30);
    private static final Map<Long, Model> MODELS = Map.of(IFINDEX, Samples.model(2000));

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("weir.scenarios", 100));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatTheDriverSaid_isWhatTheBackendHas(long seed) throws Exception {
        Path socket = folder.resolve("driver");
        Path line = folder.resolve("line");
        try (LoopbackDriver driver = LoopbackDriver.open(socket, TIMEOUT);
                FaultyLine faulty = new FaultyLine(socket, line, seed)) {
            Scenario scenario = new Scenario(driver, faulty, line, new SplittableRandom(seed));
            try {
                scenario.run();
                faulty.mend();
                scenario.settle();
                assertThat(scenario.there())
                        .as("seed %d, %s", seed, driver.counts())
                        .isEqualTo(scenario.expected);
            } finally {
                scenario.stop();
            }
        }
    }

    private record Asked(FlowChange change, CompletableFuture<BatchResult> answer) {}

    private static final class Scenario {
        private final LoopbackDriver driver;
        private final FaultyLine line;
        private final Path socket;
        private final SplittableRandom random;
        private final Map<Long, Flow> expected = new HashMap<>();
        private final List<Asked> calls = new ArrayList<>();
        private MemoryDriver memory = MemoryDriver.by(() -> 0, MODELS);
        private LoopbackBackend backend;

        Scenario(LoopbackDriver driver, FaultyLine line, Path socket, SplittableRandom random) {
            this.driver = driver;
            this.line = line;
            this.socket = socket;
            this.random = random;
            this.backend = LoopbackBackend.start(socket, memory, Duration.ofMillis(2));
        }

        void run() {
            for (int step = 0; step < 25; step++) {
                switch (random.nextInt(25)) {
                    case 0 -> restart();
                    case 1 -> line.cut();
                    default -> change();
                }
                if (random.nextBoolean()) await();
            }
            await();
        }

        private void restart() {
            stop();
            memory = MemoryDriver.by(() -> 0, MODELS);
            backend = LoopbackBackend.start(socket, memory, Duration.ofMillis(2));
        }

        void stop() {
            backend.close();
            memory.close();
        }

        private void change() {
            List<Flow> flows =
                    random.longs(3, 0, 12).distinct().mapToObj(Samples::bridged).toList();
            boolean set = random.nextInt(3) > 0;
            ErrorMode errors = random.nextBoolean() ? ErrorMode.ATOMIC : ErrorMode.CONTINUE_LOG;
            FlowChange change = set
                    ? FlowChange.set(IFINDEX, flows, errors)
                    : FlowChange.delete(IFINDEX, flows, Selection.UID, errors);
            calls.add(new Asked(change, driver.change(change)));
        }

        /** Waits for all answers, and notes what they say was done, in the order of the calls. */
        private void await() {
            for (Asked asked : calls) {
                BatchResult result = get(asked.answer);
                if (result != null) note(asked.change, result);
                else LoopbackDriverTest.sleep(random.nextInt(5));
            }
            calls.clear();
        }

        private void note(FlowChange change, BatchResult result) {
            if (change.errors() == ErrorMode.ATOMIC && result.refused() > 0) return;
            List<Long> refused = result.told().stream().map(Flow::uid).toList();
            for (Flow flow : change.flows()) {
                if (refused.contains(flow.uid())) continue;
                if (change.kind() == FlowChange.Kind.SET) expected.put(flow.uid(), flow);
                else expected.remove(flow.uid());
            }
        }

        /** What came of a change; null where it failed. One that never ends would fail the test. */
        private static @Nullable BatchResult get(CompletableFuture<BatchResult> answer) {
            return answer.orTimeout(20, TimeUnit.SECONDS)
                    .exceptionally(failure -> {
                        if (failure instanceof TimeoutException) throw new AssertionError("stuck");
                        return null;
                    })
                    .join();
        }

        /** The line being mended, all agrees soon. */
        void settle() {
            for (int i = 0; i < 10_000 && !there().equals(expected); i++) LoopbackDriverTest.sleep(1);
        }

        Map<Long, Flow> there() {
            Map<Long, Flow> there = new HashMap<>();
            for (Flow flow :
                    memory.flows(IFINDEX, FlowQuery.all(Samples.BRIDGE)).join()) {
                there.put(flow.uid(), flow.with((FlowStats) null));
            }
            return there;
        }
    }
}
