package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Allocation;
import dev.weir.testing.Frames;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a worker is kept from its packets for when it is asked what it has counted, and that numbers get the right names. */
class CounterCopyTest {
    private static final GraphConfig CONFIG = GraphConfig.builder()
            .ports("a", "b")
            .node("path", new StaticPath("a", "b"))
            .build();

    @Test
    void copy_allocatesNothing() {
        try (var graph = GraphTester.of(CONFIG)) {
            CounterCopy copy = graph.worker().counterCopy();
            assertThat(Allocation.octetsPerCall(1_000, () -> graph.worker().copyCounters(copy)))
                    .isZero();
        }
    }

    @Test
    void part_hasTheNumbersOfEachStageByName() {
        try (var graph = GraphTester.of(CONFIG)) {
            graph.in("a", 1, udp(1))
                    .in("a", 2, udp(2))
                    .in("a", 3, new byte[] {1, 2, 3})
                    .run();
            CounterCopy copy = graph.worker().counterCopy();
            graph.worker().copyCounters(copy);
            CounterCopy.Part part = copy.part();
            assertThat(part.nodes())
                    .extracting(NodeCounters::name)
                    .containsExactly(GraphConfig.FLOW_TABLE, "path", GraphConfig.OUTPUT);
            assertThat(part.nodes()).extracting(NodeCounters::packets).containsExactly(3L, 3L, 3L);
            assertThat(part.table())
                    .containsEntry("CREATED", 2L)
                    .containsEntry("UNHANDLED", 1L)
                    .containsEntry("ended:idle", 0L);
            assertThat(part.table().keySet()).startsWith("HIT", "THRU", "CREATED", "UNHANDLED", "TIMER_EXPIRE");
            assertThat(part.malformed()).containsExactly(Map.entry("truncated-link", 1L));
        }
    }

    /** A worker that has gone over to a larger graph since it was asked copies that one's. */
    @Test
    void copy_madeForASmallerGraph_isThatOfTheOneInForce() {
        GraphConfig larger = GraphConfig.builder()
                .ports("a", "b")
                .node("first", new StaticPath("a", "b"))
                .node("second", new StaticPath("a", "b"))
                .build();
        try (var small = GraphTester.of(CONFIG);
                var large = GraphTester.of(larger)) {
            large.in("a", 1, udp(1)).run();
            CounterCopy copy = small.worker().counterCopy();
            large.worker().copyCounters(copy);
            copy.copyStages(large.worker().graph());
            assertThat(copy.part().nodes())
                    .extracting(NodeCounters::name)
                    .containsExactly(GraphConfig.FLOW_TABLE, "first", "second", GraphConfig.OUTPUT);
            assertThat(copy.part().nodes().getLast().packets()).isOne();
        }
    }

    /** Names are given, and what hangs on the answer is done, by another thread than the one that forwards. */
    @Test
    void counters_areNotPutTogetherByAWorker() throws Exception {
        List<MemoryPort> ports = List.of(new MemoryPort("a", 1, 1), new MemoryPort("b", 2, 1));
        try (var plane = Dataplane.start(CONFIG, ports, DataplaneOptions.defaults())) {
            for (int i = 0; i < 1_000; i++) {
                CompletableFuture<String> by =
                        plane.counters().thenApply(_ -> Thread.currentThread().getName());
                assertThat(by.join()).doesNotStartWith("weir-worker");
            }
        }
    }

    private static byte[] udp(int number) {
        return Frames.ethernet(
                Frames.ipv4(0x0A00_0001, 0x0A00_0002, Frames.UDP, Frames.udp(1000 + number, 53, new byte[10])));
    }
}
