package dev.weir.offload.circle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.FlowEdit;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.OffloadPolicy;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.dataplane.nodes.drop.DropConfig;
import dev.weir.offload.circle.MarkNode.Say;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowUpdate;
import dev.weir.testing.Frames;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who marks a flow, how often it is put into the carrier and taken out, why, and who is told. */
class CircleMarksTest {
    private static final long SECOND = 1_000_000_000L, START = 1_700_000_000L * SECOND;
    private static final String LEFT = "10.0.0.1", RIGHT = "10.0.0.2";
    private static final CrossConnectConfig WIRES =
            new CrossConnectConfig(List.of(new CrossConnectConfig.Pair("in", "out")));
    private static final OffloadPolicy ELEPHANTS = new OffloadPolicy(4, true, Set.of(Frames.TCP, Frames.UDP));
    private final MemoryCarrier carrier = new MemoryCarrier(100);

    private static FlowKey key(int protocol) {
        return new FlowKey(InetAddress.ofLiteral(LEFT), 1000, InetAddress.ofLiteral(RIGHT), 2000, protocol, 0);
    }

    private static byte[] datagram(boolean reverse) {
        return reverse ? Frames.udpFrame(RIGHT, 2000, LEFT, 1000, 10) : Frames.udpFrame(LEFT, 1000, RIGHT, 2000, 10);
    }

    private static byte[] segment(boolean reverse, int flags) {
        return reverse
                ? Frames.tcpFrame(RIGHT, 2000, LEFT, 1000, flags, 10)
                : Frames.tcpFrame(LEFT, 1000, RIGHT, 2000, flags, 10);
    }

    private static List<byte[]> datagrams(int n) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            frames.add(datagram(i % 2 != 0));
        }
        return frames;
    }

    private void awaitCarried(int directions) {
        CircleRig.await(() -> carrier.size() == directions);
    }

    private static void awaitRemoved(CircleRig rig, Map<String, Long> by) {
        CircleRig.await(() -> rig.status().removedBy().equals(by));
    }

    /** Many packets of a flow come at once, all of which would tell what is to become of it. */
    @Test
    void conversation_isPutOnceInEachDirection_andRemovedOnce() throws Exception {
        try (CircleRig rig = CircleRig.carried(CircleRig.graph(WIRES), carrier, ELEPHANTS)) {
            rig.putTogether(START, datagrams(40));
            rig.settle();
            awaitCarried(2);
            for (int i = 0; i < 200; i++) {
                rig.put(START + SECOND + i, datagram(i % 2 != 0));
            }
            CircleRig.await(() -> rig.status().packets() == 200);
            assertThat(rig.status().added()).isEqualTo(2);
            assertThat(rig.status().removedBy()).isEmpty();
            rig.plane.delete(key(Frames.UDP)).join();
            awaitRemoved(rig, Map.of("ended", 2L));
            assertThat(rig.status().added()).isEqualTo(2);
            assertThat(rig.records().getFirst().forwardPackets()).isEqualTo(120);
        }
    }

    /** Each way in which a flow comes back, and what it is counted as. */
    @ParameterizedTest
    @CsvSource({"delete, ended", "unmark, unmarked", "reroute, rerouted", "reload, graph", "idle, idle", "close, closed"
    })
    void flowThatComesBack_isCountedByItsReason(String how, String reason) throws Exception {
        GraphConfig graph = graph(WIRES);
        try (CircleRig rig = CircleRig.carried(graph, carrier, ELEPHANTS)) {
            rig.put(START, segment(false, Frames.SYN));
            rig.put(START + 1, segment(true, Frames.SYN | Frames.ACK));
            for (int i = 2; i < 10; i++) {
                rig.put(START + i, segment(i % 2 != 0, Frames.ACK));
                rig.settle();
            }
            awaitCarried(2);
            end(rig, how);
            awaitRemoved(rig, Map.of(reason, 2L));
            assertThat(rig.status().removed()).isEqualTo(2);
        }
    }

    private static GraphConfig graph(CrossConnectConfig wires) {
        return GraphConfig.builder()
                .node("wall", new DropConfig("wall"))
                .node("wires", wires)
                .chain("default", new GraphConfig.Chain(List.of("wires"), List.of("wires"), List.of()))
                .chain("blocked", new GraphConfig.Chain(List.of("wall"), List.of("wall"), List.of()))
                .ports("in", "out")
                .build();
    }

    private static void end(CircleRig rig, String how) throws Exception {
        switch (how) {
            case "delete" -> rig.plane.delete(key(Frames.TCP)).join();
            case "unmark" ->
                rig.plane
                        .update(key(Frames.TCP), FlowUpdate.NOTHING.withOffloaded(false))
                        .join();
            case "reroute" ->
                rig.plane
                        .edit(new FlowEdit(key(Frames.TCP), FlowUpdate.NOTHING, "blocked", "blocked"))
                        .join();
            case "reload" -> rig.plane.reload(CircleRig.graph(new DropConfig("shut")), List.of());
            case "idle" -> rig.put(START + 400 * SECOND, Frames.udpFrame("10.9.9.9", 9, "10.9.9.8", 9, 10));
            default -> {
                rig.put(START + SECOND, segment(false, Frames.FIN | Frames.ACK));
                rig.put(START + SECOND + 1, segment(true, Frames.FIN | Frames.ACK));
                rig.settle();
                rig.put(START + SECOND + 2, segment(false, Frames.FIN | Frames.ACK));
            }
        }
    }

    /** Watchers hear of a mark once, and who set it. */
    @ParameterizedTest
    @CsvSource({"policy", "node", "control"})
    void mark_isToldWithItsAuthor(String who) throws Exception {
        MarkNode.Orders orders = new MarkNode.Orders();
        boolean isPolicy = who.equals("policy");
        GraphConfig graph = isPolicy ? CircleRig.graph(WIRES) : CircleRig.graph(new MarkNode.Config(orders), WIRES);
        try (CircleRig rig = CircleRig.carried(graph, carrier, isPolicy ? ELEPHANTS : OffloadPolicy.NONE)) {
            rig.putTogether(START, datagrams(4));
            rig.settle();
            assertThat(rig.updates()).isEmpty();
            if (who.equals("node")) {
                orders.forward = Say.OFFLOADED;
                orders.reverse = Say.OFFLOADED;
            } else if (who.equals("control")) {
                rig.plane
                        .update(key(Frames.UDP), FlowUpdate.NOTHING.withOffloaded(true))
                        .join();
            }
            rig.putTogether(START + SECOND, datagrams(20));
            CircleRig.await(() -> rig.updates().size() == 1);
            rig.settle();
            FlowRecord told = rig.updates().getFirst();
            assertThat(told.offloaded()).isTrue();
            assertThat(told.author()).isEqualTo(who.equals("control") ? FlowEvent.BY_CONTROL : FlowEvent.BY_DATA_PATH);
            rig.finish();
            assertThat(rig.updates()).hasSize(1);
        }
    }

    @Test
    void nodeThatSaysNothing_keepsItsPackets_untilItDoes() throws Exception {
        MarkNode.Orders orders = new MarkNode.Orders();
        GraphConfig graph = CircleRig.graph(new MarkNode.Config(orders), WIRES);
        try (CircleRig rig = CircleRig.carried(graph, carrier, ELEPHANTS)) {
            for (int i = 0; i < 20; i++) {
                rig.put(START + i, datagram(i % 2 != 0));
                rig.settle();
            }
            assertThat(rig.cameUp()).isEqualTo(20);
            assertThat(rig.plane.lookup(key(Frames.UDP)).join().orElseThrow().offloaded())
                    .isFalse();
            orders.forward = Say.OFFLOADED;
            rig.put(START + 20, datagram(false));
            awaitCarried(1);
            for (int i = 21; i < 30; i++) {
                rig.put(START + i, datagram(true));
                rig.settle();
            }
            assertThat(rig.cameUp()).isEqualTo(30);
            orders.reverse = Say.OFFLOADED;
            rig.put(START + 30, datagram(true));
            awaitCarried(2);
            assertThat(rig.status().refused()).isEmpty();
        }
    }

    @Test
    void nodeThatDecidesAnew_hasFlowsBack_andSaysAgain() throws Exception {
        MarkNode.Orders orders = new MarkNode.Orders();
        orders.forward = Say.OFFLOADED;
        orders.reverse = Say.OFFLOADED;
        GraphConfig graph = CircleRig.graph(new MarkNode.Config(orders), WIRES);
        try (CircleRig rig = CircleRig.carried(graph, carrier, OffloadPolicy.NONE)) {
            rig.putTogether(START, datagrams(2));
            rig.settle();
            rig.putTogether(START + SECOND, datagrams(2));
            awaitCarried(2);
            orders.forward = Say.NOTHING;
            orders.decidesAnew.set(true);
            awaitRemoved(rig, Map.of("decision", 2L));
            awaitCarried(0);
            for (int i = 0; i < 4; i++) {
                rig.put(START + 2 * SECOND + i, datagram(i % 2 != 0));
                rig.settle();
            }
            awaitCarried(1);
            orders.reverse = Say.NOT_OFFLOADED;
            orders.forward = Say.NOT_OFFLOADED;
            rig.put(START + 3 * SECOND, datagram(false));
            awaitRemoved(rig, Map.of("decision", 2L, "unmarked", 1L));
            assertThat(rig.plane.lookup(key(Frames.UDP)).join().orElseThrow().offloaded())
                    .isFalse();
        }
    }
}
