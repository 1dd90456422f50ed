package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.table.FlowRecord;
import dev.weir.testing.Frames;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two hosts, with the graph between them as a wire that counts. */
class TransparentTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int A = 0x0A00_0001, B = 0x0A00_0002;

    private final GraphConfig wire = GraphConfig.builder()
            .ports("a", "b")
            .node("path", new StaticPath("a", "b"))
            .build();

    @Test
    void conversation_throughTheGraph_arrivesAndIsOneFlow() {
        byte[] there = Frames.ethernet(Frames.ipv4(A, B, Frames.UDP, Frames.udp(1000, 53, Frames.payload(20))));
        byte[] back = Frames.ethernet(Frames.ipv4(B, A, Frames.UDP, Frames.udp(53, 1000, Frames.payload(80))));
        try (var graph = GraphTester.of(wire)) {
            graph.in("a", SECOND, there).in("b", SECOND + 5, back).in("a", SECOND + 9, there);
            graph.run();
            assertThat(graph.out("b")).containsExactly(there, there);
            assertThat(graph.out("a")).containsExactly(back);
            assertThat(graph.flows()).isOne();
            graph.advance(100 * SECOND);
            FlowRecord record = graph.records().getFirst();
            assertThat(List.of(record.forwardPackets(), record.reversePackets()))
                    .containsExactly(2L, 1L);
            assertThat(record.startTime()).isEqualTo(SECOND);
        }
    }

    @Test
    void arp_hasNoFlow_passes() {
        byte[] arp = Frames.ethernet(0x0806, Frames.payload(46));
        try (var graph = GraphTester.of(wire)) {
            assertThat(graph.in("a", SECOND, arp).run().out("b")).containsExactly(arp);
            assertThat(graph.flows()).isZero();
        }
    }
}
