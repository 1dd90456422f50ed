package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.GraphConfig.Chain;
import dev.weir.dataplane.graph.GraphConfig.PortEntry;
import dev.weir.dataplane.graph.GraphConfig.Tenant;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowUpdate;
import dev.weir.table.TenantMode;
import dev.weir.testing.Frames;
import dev.weir.wire.SendFault;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which flow a packet has, and which nodes it visits for that. */
class FlowStageTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int A = 0x0A00_0001, B = 0x0A00_0002, ROUTER = 0x0A00_00FE;

    /** Writes down, of each packet, its length and flags. */
    private record Watch(List<String> seen, boolean honoursOffload, boolean takesUnhandled) implements NodeConfig {
        @Override
        public String type() {
            return "watch";
        }

        @Override
        public List<String> counters() {
            return List.of("offloaded");
        }

        @Override
        public int offloadedCounter() {
            return 0;
        }

        @Override
        public Node create(NodeContext context) {
            return new Node() {
                @Override
                public void process(Batch batch, int[] picks, int n) {
                    for (int j = 0; j < n; j++) {
                        int i = picks[j];
                        seen.add((batch.hasFlow(i) ? "flow" : "none")
                                + (batch.isReverse(i) ? " reverse" : "")
                                + (batch.isFirst(i) ? " first" : "")
                                + (batch.isRelated(i) ? " related" : "")
                                + (batch.isOffloaded(i) ? " offloaded" : ""));
                        batch.next(i);
                    }
                }

                @Override
                public void trace(Batch batch, int i, StringBuilder out) {
                    out.append("watched");
                }
            };
        }
    }

    private static byte[] udp(int source, int sourcePort, int destination, int destinationPort) {
        byte[] segment = Frames.udp(sourcePort, destinationPort, Frames.payload(30));
        return Frames.ethernet(Frames.ipv4(source, destination, Frames.UDP, segment));
    }

    private static byte[] packet(byte[] frame) {
        return Arrays.copyOfRange(frame, 14, frame.length);
    }

    /** A destination-unreachable message that quotes so many octets. */
    private static byte[] unreachable(byte[] quoted, int octets, int type) {
        return ByteBuffer.allocate(8 + octets)
                .put((byte) type)
                .put((byte) 1)
                .position(8)
                .put(quoted, 0, octets)
                .array();
    }

    private final List<String> seen = new ArrayList<>();

    private GraphConfig.Builder watched(boolean honoursOffload) {
        return GraphConfig.builder()
                .ports("a", "b")
                .node("watch", new Watch(seen, honoursOffload, false))
                .node("path", new StaticPath("a", "b"));
    }

    @Test
    void error_quotingAForwardPacket_isRelatedAndGoesReverse() {
        byte[] there = udp(A, 1000, B, 53);
        byte[] error = Frames.ethernet(Frames.ipv4(ROUTER, A, Frames.ICMP, unreachable(packet(there), 28, 3)));
        try (var graph = GraphTester.of(watched(false).build())) {
            graph.in("a", SECOND, there).in("b", SECOND, error).run();
            assertThat(seen).containsExactly("flow first", "flow reverse related");
            assertThat(graph.flows())
                    .as("the error is counted as a flow of its own")
                    .isEqualTo(2);
            assertThat(graph.out("a")).containsExactly(error);
        }
    }

    @Test
    void error_quotingAReversePacketOfIpv6_isRelatedAndGoesForward() {
        byte[] there = Frames.ethernet(Frames.ipv6(1, 2, Frames.UDP, Frames.udp(9, 10, Frames.payload(10))));
        byte[] back = Frames.ethernet(Frames.ipv6(2, 1, Frames.UDP, Frames.udp(10, 9, Frames.payload(10))));
        byte[] error = Frames.ethernet(Frames.ipv6(3, 2, Frames.ICMPV6, unreachable(packet(back), 48, 1)));
        try (var graph = GraphTester.of(watched(false).build())) {
            graph.in("a", SECOND, there).in("b", SECOND + 1, back).in("a", SECOND + 2, error);
            graph.run();
            assertThat(seen).containsExactly("flow first", "flow reverse", "flow related");
        }
    }

    @Test
    void error_quotingNoFlow_isAFlowOfItsOwn() {
        byte[] error =
                Frames.ethernet(Frames.ipv4(ROUTER, A, Frames.ICMP, unreachable(packet(udp(A, 1, B, 2)), 28, 3)));
        try (var graph = GraphTester.of(watched(false).build())) {
            graph.in("b", SECOND, error).run();
            assertThat(seen).containsExactly("flow first");
        }
    }

    @Test
    void offloadedFlow_passesByNodesThatHonourIt_andIsCounted() throws UnknownHostException {
        var key = new FlowKey(
                InetAddress.getByAddress(new byte[] {10, 0, 0, 2}),
                53,
                InetAddress.getByAddress(new byte[] {10, 0, 0, 1}),
                1000,
                Frames.UDP,
                0);
        byte[] there = udp(A, 1000, B, 53), back = udp(B, 53, A, 1000);
        try (var graph = GraphTester.of(watched(true).build())) {
            graph.in("a", SECOND, there).run();
            assertThat(graph.update(key, FlowUpdate.NOTHING.withOffloaded(true)))
                    .isTrue();
            graph.in("a", SECOND + 1, there).in("b", SECOND + 2, back).in("b", SECOND + 3, back);
            graph.run();
            assertThat(seen).containsExactly("flow first");
            assertThat(graph.counters("watch").own()).containsEntry("offloaded", 3L);
            assertThat(graph.out("b")).containsExactly(there, there);
            assertThat(graph.out("a")).containsExactly(back, back);
            graph.advance(100 * SECOND);
            FlowRecord record = graph.records().getFirst();
            assertThat(record.forwardPackets() + record.reversePackets()).isEqualTo(4);
            assertThat(record.endTime()).isEqualTo(SECOND + 3);
        }
    }

    @Test
    void tenants_withEqualTuples_haveFlowsAndChainsOfTheirOwn() {
        byte[] frame = udp(A, 1000, B, 53);
        var red = new Tenant("red", 7, "watched", OptionalInt.of(5_000));
        var config = watched(false)
                .port(new PortEntry("c", "red", null, null, true))
                .port(new PortEntry("d", "red", null, null, true))
                .tenants(TenantMode.INTERFACE, List.of(red))
                .chain("watched", new Chain(List.of("watch", "path"), List.of("watch", "path"), List.of()))
                .chain("default", new Chain(List.of("path"), List.of("path"), List.of("path")));
        try (var graph = GraphTester.of(config.build())) {
            graph.in("a", SECOND, frame).in("c", SECOND, frame).in("d", SECOND, udp(B, 53, A, 1000));
            graph.run();
            assertThat(graph.flows()).isEqualTo(2);
            assertThat(seen).as("only the tenant's chain is watched").containsExactly("flow first", "flow reverse");
            graph.advance(10 * SECOND);
            assertThat(graph.records()).singleElement().satisfies(record -> {
                assertThat(record.tenant()).isEqualTo(7);
                assertThat(record.reversePackets()).isOne();
            });
        }
    }

    @Test
    void port_withNextNode_skipsThoseBefore_andWithoutFlowTableHasNoFlows() {
        byte[] frame = udp(A, 1000, B, 53);
        var config = GraphConfig.builder()
                .port(new PortEntry("a", null, null, "path", true))
                .port(new PortEntry("b", null, null, null, false))
                .node("watch", new Watch(seen, false, true))
                .node("path", new StaticPath("a", "b"));
        try (var graph = GraphTester.of(config.build())) {
            graph.in("a", SECOND, frame).in("b", SECOND + 1, frame).run();
            assertThat(seen).containsExactly("none");
            assertThat(graph.flows()).isOne();
            assertThat(graph.out("a")).hasSize(1);
            assertThat(graph.out("b")).hasSize(1);
        }
    }

    @Test
    void laterFragments_followTheFirst() {
        byte[] segment = Frames.udp(1000, 53, Frames.payload(56));
        byte[] first = Frames.ethernet(Frames.ipv4(A, B, Frames.UDP, 9, Frames.MORE_FRAGMENTS, segment));
        byte[] later = Frames.ethernet(Frames.ipv4(A, B, Frames.UDP, 9, 8, Frames.payload(40)));
        try (var graph = GraphTester.of(watched(false).build())) {
            graph.in("a", SECOND, first).in("a", SECOND + 1, later).run();
            assertThat(graph.flows()).isOne();
            assertThat(seen).containsExactly("flow first", "flow");
        }
    }

    @Test
    void flowRecycledWithinItsVector_isDroppedWhereNodesNeedIt_andPassesWhereTheyDoNot() {
        var transparent = GraphConfig.builder().ports("a", "b").node("path", new StaticPath("a", "b"));
        for (GraphConfig.Builder config : List.of(watched(false), transparent)) {
            boolean needed = !config.build().nodes().getFirst().config().takesUnhandled();
            var table = FlowTableConfig.defaults().withMaxFlows(4);
            try (var graph = GraphTester.of(config.table(table).build())) {
                for (int flow = 0; flow < 100; flow++) {
                    graph.in("a", SECOND, udp(A, 1000 + flow, B, 53));
                }
                graph.run();
                int out = graph.out("b").size();
                long dropped = graph.counters(GraphConfig.FLOW_TABLE).drops().getOrDefault("flow-ended", 0L);
                assertThat(out + dropped).isEqualTo(100);
                assertThat(dropped == 0).isEqualTo(!needed);
            }
        }
    }

    @Test
    void egressUnknownOrRefused_isCountedByReason() {
        var config = GraphConfig.builder().ports("a", "b").node("watch", new Watch(seen, false, true));
        try (var graph = GraphTester.of(config.build())) {
            graph.in("a", SECOND, udp(A, 1000, B, 53)).run();
            assertThat(graph.counters(GraphConfig.OUTPUT).drops()).containsEntry("no-egress", 1L);
        }
        try (var graph = GraphTester.of(watched(false).build())) {
            graph.port("b").refuse(SendFault.RING_FULL);
            graph.in("a", SECOND, udp(A, 1000, B, 53)).run();
            assertThat(graph.counters(GraphConfig.OUTPUT).drops()).containsEntry("tx-ring-full", 1L);
            graph.port("b").refuse(SendFault.NONE);
            assertThat(graph.in("a", SECOND, udp(A, 1000, B, 53)).run().out("b"))
                    .hasSize(1);
        }
    }

    @Test
    void trace_followsPacketsNodeByNode() {
        try (var graph = GraphTester.of(watched(false).build())) {
            Trace trace = graph.trace(GraphConfig.FLOW_TABLE, 1);
            graph.in("a", SECOND, udp(A, 1000, B, 53)).in("a", SECOND, udp(A, 1001, B, 53));
            graph.run();
            assertThat(trace.isDone()).isTrue();
            assertThat(trace.texts()).containsExactly("""
                    1970-01-01T00:00:01Z port a, 72 octets
                      flowtable: protocol 17, ports 1000 > 53, tenant 0, forward, first
                      watch: watched; next
                      path: next
                      output: port b
                    """);
        }
    }
}
