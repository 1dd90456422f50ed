package dev.weir.dataplane.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.GraphTester;
import dev.weir.dataplane.nodes.bridge.BridgeConfig;
import dev.weir.dataplane.nodes.count.CountConfig;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig.Pair;
import dev.weir.dataplane.nodes.drop.DropConfig;
import dev.weir.dataplane.nodes.meter.MeterConfig;
import dev.weir.dataplane.nodes.meter.MeterUnit;
import dev.weir.dataplane.nodes.mirror.MirrorConfig;
import dev.weir.dataplane.nodes.pcapout.PcapOutConfig;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowUpdate;
import dev.weir.testing.Frames;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes together in the real graph: what their own tests cannot show of chains, arcs and offloaded flows. */
class NodesInGraphTest {
    private static final long SECOND = 1_000_000_000L, START = 1_790_000_000L * SECOND;
    private static final String A = "10.0.0.1", B = "10.0.0.2";
    private static final byte[] ASK = Frames.udpFrame(A, 5000, B, 53, 10);
    private static final byte[] ANSWER = Frames.ethernet(
            Frames.HOST_A,
            Frames.HOST_B,
            0x0800,
            Frames.ip(B, A, Frames.UDP, Frames.udp(53, 5000, Frames.payload(30))));
    private static final FlowKey KEY =
            new FlowKey(InetAddress.ofLiteral(A), 5000, InetAddress.ofLiteral(B), 53, Frames.UDP, 0);

    @TempDir
    private Path directory = Path.of("");

    private static void offload(GraphTester graph) {
        assertThat(graph.update(KEY, FlowUpdate.NOTHING.withOffloaded(true))).isTrue();
    }

    private static long counter(GraphTester graph, String node, String name) {
        return graph.counters(node).own().getOrDefault(name, -1L);
    }

    @Test
    void offloadedFlow_passesTheMirrorBy_andIsCountedThere() {
        var config = GraphConfig.builder()
                .ports("east", "west", "tap")
                .node("mirror", MirrorConfig.to("tap"))
                .node("count", new CountConfig())
                .node("path", new CrossConnectConfig(List.of(new Pair("east", "west"))))
                .build();
        try (var graph = GraphTester.of(config)) {
            graph.in("east", START, ASK).in("west", START + 1, ANSWER).run();
            assertThat(graph.out("tap")).hasSize(2);
            offload(graph);
            graph.in("east", START + 2, ASK).in("west", START + 3, ANSWER).run();
            assertThat(graph.out("tap")).isEmpty();
            assertThat(graph.out("west")).hasSize(2);
            assertThat(graph.out("east")).hasSize(2);
            assertThat(counter(graph, "mirror", "HITS")).isEqualTo(2);
            assertThat(counter(graph, "mirror", "OFFLOADED")).isEqualTo(2);
            assertThat(counter(graph, "count", "FORWARD_PACKETS")).isEqualTo(2);
            graph.advance(START + 100 * SECOND);
            assertThat(graph.out("tap")).as("word of its end").hasSize(1);
        }
    }

    @Test
    void offloadedFlow_whoseFirstPacketWasFlooded_isBridgedToWhereItsStationIs() {
        var config = GraphConfig.builder()
                .ports("p0", "p1", "p2")
                .node("mirror", MirrorConfig.to("p2"))
                .node("bridge", BridgeConfig.of("p0", "p1", "p2"))
                .build();
        try (var graph = GraphTester.of(config)) {
            graph.in("p0", START, ASK).run();
            offload(graph);
            graph.in("p1", START + 1, ANSWER).run();
            assertThat(graph.out("p1")).as("flooded").hasSize(1);
            graph.in("p0", START + 2, ASK).run();
            assertThat(graph.out("p1"))
                    .as("B is behind p1, though the flow last left by p2")
                    .hasSize(1);
        }
    }

    @Test
    void whatExceeds_goesWhereItsArcLeads() {
        var config = GraphConfig.builder()
                .ports("east", "west")
                .node("meter", new MeterConfig(MeterUnit.PACKETS, 1, 3, false, true), Map.of("exceeded", "busy"))
                .node("path", new CrossConnectConfig(List.of(new Pair("east", "west"))))
                .node("busy", new DropConfig("too-busy"))
                .chain(
                        GraphConfig.DEFAULT_CHAIN,
                        new GraphConfig.Chain(List.of("meter", "path"), List.of("meter", "path"), List.of("path")))
                .build();
        try (var graph = GraphTester.of(config)) {
            for (int i = 0; i < 5; i++) {
                graph.in("east", START + i, ASK);
            }
            graph.in("east", START, Frames.arp()).run();
            assertThat(graph.out("west")).hasSize(4);
            assertThat(graph.counters("busy").drops()).containsEntry("too-busy", 2L);
        }
    }

    @Test
    void whatIsWritten_isWhatLeaves() throws Exception {
        Path file = directory.resolve("out.pcap");
        var config = GraphConfig.builder()
                .ports("east", "west")
                .node("write", PcapOutConfig.to(file))
                .node("path", new CrossConnectConfig(List.of(new Pair("east", "west"))))
                .build();
        try (var graph = GraphTester.of(config)) {
            graph.in("east", START, ASK).in("east", START + 1, Frames.arp()).run();
            assertThat(graph.out("west")).hasSize(2);
        }
        long expected = 24L + 16 + ASK.length + 16 + Frames.arp().length;
        for (int i = 0; i < 1000 && (!Files.exists(file) || Files.size(file) < expected); i++) {
            Thread.sleep(5);
        }
        assertThat(file).hasSize(expected);
    }

    @Test
    void fragmentsBeforeTheirFirst_followItAndItsFlow() {
        var config = GraphConfig.builder()
                .ports("east", "west")
                .node("path", new CrossConnectConfig(List.of(new Pair("east", "west"))))
                .build();
        byte[] first = Frames.ethernet(
                Frames.ipv4(A, B, Frames.UDP, 9, Frames.MORE_FRAGMENTS, Frames.udp(5000, 53, Frames.payload(8))));
        byte[] second =
                Frames.ethernet(Frames.ipv4(A, B, Frames.UDP, 9, Frames.MORE_FRAGMENTS | 2, Frames.payload(16)));
        byte[] third = Frames.ethernet(Frames.ipv4(A, B, Frames.UDP, 9, 4, Frames.payload(5)));
        byte[] lost = Frames.ethernet(Frames.ipv4(A, B, Frames.UDP, 10, 4, Frames.payload(5)));
        try (var graph = GraphTester.of(config)) {
            graph.in("east", START, third)
                    .in("east", START + 1, second)
                    .in("east", START + 2, lost)
                    .run();
            assertThat(graph.out("west")).isEmpty();
            assertThat(graph.flows()).isZero();
            graph.in("east", START + 3, ASK).in("east", START + 4, first).run();
            assertThat(graph.out("west")).containsExactly(ASK, first, third, second);
            assertThat(graph.flows()).as("the flow of the ports, and no other").isOne();
            graph.advance(START + 100 * SECOND);
            assertThat(graph.records().getFirst().forwardPackets()).isEqualTo(4);
            assertThat(counter(graph, GraphConfig.FLOW_TABLE, "FRAGMENTS_RELEASED"))
                    .isEqualTo(2);
            assertThat(counter(graph, GraphConfig.FLOW_TABLE, "FRAGMENTS_TIMED_OUT"))
                    .isOne();
        }
    }
}
