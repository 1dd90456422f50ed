package dev.weir.offload.circle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.FlowEdit;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.OffloadPolicy;
import dev.weir.dataplane.nodes.count.CountConfig;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.dataplane.nodes.drop.DropConfig;
import dev.weir.dataplane.nodes.firewall.FirewallConfig;
import dev.weir.table.EndReason;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowUpdate;
import dev.weir.testing.Frames;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The circle with a carrier in memory: what the flows say is what they would say without. */
class CircleTest {
    private static final long SECOND = 1_000_000_000L, MILLI = 1_000_000L, START = 1_700_000_000L * SECOND;
    private static final String LEFT = "10.0.0.1", RIGHT = "10.0.0.2";
    private static final FlowKey KEY =
            new FlowKey(InetAddress.ofLiteral(LEFT), 1000, InetAddress.ofLiteral(RIGHT), 2000, Frames.UDP, 0);
    private static final CrossConnectConfig WIRES =
            new CrossConnectConfig(List.of(new CrossConnectConfig.Pair("in", "out")));
    private static final OffloadPolicy ELEPHANTS = new OffloadPolicy(4, true, Set.of(Frames.TCP, Frames.UDP));

    private static byte[] datagram(boolean reverse, int octets) {
        return reverse
                ? Frames.udpFrame(RIGHT, 2000, LEFT, 1000, octets)
                : Frames.udpFrame(LEFT, 1000, RIGHT, 2000, octets);
    }

    private static String text(FlowRecord record) {
        return String.join(
                " ",
                record.key().toString(),
                "start " + (record.startTime() - START),
                "end " + (record.endTime() - START),
                "at " + (record.at() - START),
                record.forwardPackets() + "/" + record.reversePackets(),
                record.forwardBytes() + "/" + record.reverseBytes(),
                record.forwardFrameBytes() + "/" + record.reverseFrameBytes(),
                record.forwardTcpFlags() + "/" + record.reverseTcpFlags(),
                "state " + record.tcpState(),
                "reason " + record.reason());
    }

    private static List<String> texts(CircleRig rig) {
        return rig.records().stream().map(CircleTest::text).sorted().toList();
    }

    /** Rounds of traffic of some flows, with pauses between in which all of them idle out. */
    private static void traffic(CircleRig rig, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long time = START;
        for (int round = 0; round < 4; round++) {
            int[] seen = new int[8];
            for (int i = 0; i < 400; i++) {
                int flow = random.nextInt(seen.length);
                time += random.nextLong(MILLI);
                rig.put(time, frame(flow, seen[flow]++, random));
                if (random.nextInt(20) == 0) {
                    rig.settle();
                }
            }
            rig.settle();
            time += 400 * SECOND;
            rig.put(time, Frames.udpFrame("10.9.9.9", 9, "10.9.9.8", 9, 10));
            rig.settle();
            CircleRig.await(() -> rig.plane.list(_ -> true, 10).join().size() == 1);
        }
    }

    /** The {@code n}-th packet of a flow: of the first four TCP from its beginning, which two end. */
    private static byte[] frame(int flow, int n, SplittableRandom random) {
        boolean reverse = n == 1 || (n > 2 && random.nextBoolean());
        int port = 3000 + flow, octets = random.nextInt(50);
        String from = reverse ? RIGHT : LEFT, to = reverse ? LEFT : RIGHT;
        int fromPort = reverse ? 80 : port, toPort = reverse ? port : 80;
        if (flow >= 4) {
            return Frames.udpFrame(from, fromPort, to, toPort, octets);
        }
        boolean ends = flow < 2 && n > 30;
        int flags =
                n == 0 ? Frames.SYN : n == 1 ? Frames.SYN | Frames.ACK : ends ? Frames.FIN | Frames.ACK : Frames.ACK;
        return Frames.tcpFrame(from, fromPort, to, toPort, flags | (n > 5 ? Frames.PSH : 0), octets);
    }

    @Test
    void sameTraffic_withAndWithoutCarrier_givesEqualRecords() throws Exception {
        long seed = new SplittableRandom().nextLong();
        List<String> expected, seen;
        int sent;
        try (CircleRig rig = CircleRig.software(CircleRig.graph(WIRES))) {
            traffic(rig, seed);
            rig.finish();
            expected = texts(rig);
            sent = rig.out.sent().size();
        }
        MemoryCarrier carrier = new MemoryCarrier(100);
        try (CircleRig rig = CircleRig.carried(CircleRig.graph(WIRES), carrier, ELEPHANTS)) {
            traffic(rig, seed);
            rig.finish();
            seen = texts(rig);
            assertThat(rig.told()).isEmpty();
            int carried = carrier.carried().size();
            assertThat(carried).as("seed %d: carried", seed).isPositive();
            assertThat(carried + rig.out.sent().size())
                    .as("seed %d: sent", seed)
                    .isEqualTo(sent);
            assertThat(carrier.size()).as("left behind").isZero();
        }
        assertThat(seen).as("seed %d", seed).isEqualTo(expected);
    }

    /** A flow of which both directions have been seen, marked; waits until both are carried. */
    private static void carry(CircleRig rig, MemoryCarrier carrier) {
        rig.put(START, datagram(false, 10));
        rig.put(START + 1, datagram(true, 20));
        rig.settle();
        assertThat(rig.plane.update(KEY, FlowUpdate.NOTHING.withOffloaded(true)).join())
                .isTrue();
        rig.put(START + 2, datagram(false, 10));
        rig.put(START + 3, datagram(true, 20));
        CircleRig.await(() -> carrier.size() == 2);
    }

    @Test
    void flowMarkedByControl_isCarried_andItsCountersGoOn() throws Exception {
        MemoryCarrier carrier = new MemoryCarrier(100);
        try (CircleRig rig = CircleRig.carried(CircleRig.graph(WIRES), carrier, OffloadPolicy.NONE)) {
            carry(rig, carrier);
            long before = rig.cameUp();
            for (int i = 0; i < 100; i++) {
                rig.put(START + SECOND + i, datagram(i % 4 == 0, 10));
            }
            assertThat(rig.cameUp()).isEqualTo(before);
            CircleRig.await(() -> rig.plane.lookup(KEY).join().orElseThrow().forwardPackets() == 77);
            FlowRecord flow = rig.plane.lookup(KEY).join().orElseThrow();
            assertThat(flow.reversePackets()).isEqualTo(27);
            assertThat(flow.endTime()).isEqualTo(START + SECOND + 99);
            CircleRig.await(() -> rig.status().packets() == 100);
            assertThat(rig.status().flows()).isEqualTo(1);
        }
    }

    /** Who ends a flow that is carried. */
    @ParameterizedTest
    @ValueSource(strings = {"delete", "purge", "close"})
    void flowEnded_whileCarried_hasAllPacketsOnRecord(String how) throws Exception {
        MemoryCarrier carrier = new MemoryCarrier(100);
        try (CircleRig rig = CircleRig.carried(CircleRig.graph(WIRES), carrier, OffloadPolicy.NONE)) {
            carry(rig, carrier);
            rig.put(START + SECOND, datagram(false, 10));
            int reason = end(rig, how);
            CircleRig.await(() -> rig.records().size() == 1);
            assertThat(rig.records().getFirst().forwardPackets()).isEqualTo(3);
            assertThat(rig.records().getFirst().reason()).isEqualTo(reason);
            assertThat(carrier.size()).isZero();
        }
    }

    private static int end(CircleRig rig, String how) {
        switch (how) {
            case "delete" -> rig.plane.delete(KEY).join();
            case "purge" -> rig.plane.purge(_ -> true).join();
            default -> rig.finish();
        }
        return how.equals("close") ? EndReason.FLUSHED : EndReason.DELETED;
    }

    @Test
    void flowNoLongerMarked_comesBack() throws Exception {
        MemoryCarrier carrier = new MemoryCarrier(100);
        try (CircleRig rig = CircleRig.carried(CircleRig.graph(WIRES), carrier, OffloadPolicy.NONE)) {
            carry(rig, carrier);
            rig.plane.update(KEY, FlowUpdate.NOTHING.withOffloaded(false)).join();
            CircleRig.await(() -> carrier.size() == 0);
            long before = rig.cameUp();
            rig.put(START + SECOND, datagram(false, 10));
            rig.settle();
            assertThat(rig.cameUp()).isEqualTo(before + 1);
            assertThat(carrier.size()).isZero();
        }
    }

    private static GraphConfig.Chain chain(String node) {
        return new GraphConfig.Chain(List.of(node), List.of(node), List.of());
    }

    @Test
    void flowSentElsewhere_isLearnedAnew() throws Exception {
        MemoryCarrier carrier = new MemoryCarrier(100);
        GraphConfig graph = GraphConfig.builder()
                .node("wall", new DropConfig("wall"))
                .node("wires", WIRES)
                .chain("default", chain("wires"))
                .chain("blocked", chain("wall"))
                .ports("in", "out")
                .build();
        try (CircleRig rig = CircleRig.carried(graph, carrier, OffloadPolicy.NONE)) {
            carry(rig, carrier);
            rig.plane
                    .edit(new FlowEdit(KEY, FlowUpdate.NOTHING, "blocked", "blocked"))
                    .join();
            CircleRig.await(() -> carrier.size() == 0);
            // a packet that comes before the worker knows that the carrier has let go teaches nothing
            CircleRig.await(() -> {
                rig.put(START + SECOND, datagram(false, 10));
                return carrier.size() == 1;
            });
            rig.settle();
            carrier.carried();
            long before = rig.cameUp();
            rig.put(START + SECOND + 1, datagram(false, 10));
            assertThat(rig.cameUp()).isEqualTo(before);
            assertThat(carrier.carried()).isEmpty();
        }
    }

    @Test
    void elephantThatIsDenied_isDropped_andNotLetThrough() throws Exception {
        MemoryCarrier carrier = new MemoryCarrier(100);
        OffloadPolicy any = new OffloadPolicy(4, false, Set.of(Frames.UDP));
        try (CircleRig rig = CircleRig.carried(CircleRig.graph(FirewallConfig.of(), WIRES), carrier, any)) {
            for (int i = 0; i < 10; i++) {
                rig.put(START + i, datagram(false, 10));
                rig.settle();
            }
            CircleRig.await(() -> carrier.size() == 1);
            rig.put(START + SECOND, datagram(true, 10));
            rig.settle();
            CircleRig.await(() -> carrier.size() == 2);
            assertThat(rig.out.sent()).isEmpty();
            assertThat(carrier.carried()).isEmpty();
        }
    }

    @Test
    void nodeThatNeedsEveryPacket_keepsThem() throws Exception {
        MemoryCarrier carrier = new MemoryCarrier(100);
        GraphConfig graph = CircleRig.graph(new CountConfig(), WIRES);
        try (CircleRig rig = CircleRig.carried(graph, carrier, ELEPHANTS)) {
            for (int i = 0; i < 20; i++) {
                rig.put(START + i, datagram(i % 2 == 0, 10));
                rig.settle();
            }
            CircleRig.await(() -> rig.status().refused().getOrDefault("node", 0L) == 2);
            assertThat(carrier.size()).isZero();
            assertThat(rig.cameUp()).isEqualTo(20);
        }
    }

    @Test
    void carrierWithoutRoom_leavesFlowsInSoftware_andSaysItOnce() throws Exception {
        MemoryCarrier carrier = new MemoryCarrier(1);
        try (CircleRig rig = CircleRig.carried(CircleRig.graph(WIRES), carrier, ELEPHANTS)) {
            for (int i = 0; i < 40; i++) {
                int port = 1000 + i % 4;
                rig.put(
                        START + i,
                        i / 4 % 2 == 0
                                ? Frames.udpFrame(LEFT, port, RIGHT, 80, 10)
                                : Frames.udpFrame(RIGHT, 80, LEFT, port, 10));
                rig.settle();
            }
            CircleRig.await(() -> rig.status().refused().getOrDefault("full", 0L) > 0);
            assertThat(carrier.size()).isEqualTo(1);
            assertThat(rig.told()).hasSize(1).first().asString().contains("full", "raise offload.flows");
            rig.finish();
            assertThat(rig.records().stream()
                            .mapToLong(record -> record.forwardPackets() + record.reversePackets())
                            .sum())
                    .isEqualTo(40);
        }
    }

    @Test
    void carrierThatFails_leavesFlowsInSoftware_andSaysItOnce() throws Exception {
        MemoryCarrier carrier = new MemoryCarrier(100);
        carrier.fail();
        try (CircleRig rig = CircleRig.carried(CircleRig.graph(WIRES), carrier, ELEPHANTS)) {
            for (int i = 0; i < 40; i++) {
                rig.put(START + i, datagram(i % 2 == 0, 10));
                rig.settle();
            }
            CircleRig.await(() -> rig.status().refused().getOrDefault("driver", 0L) > 0);
            assertThat(rig.told()).hasSize(1);
            rig.finish();
            assertThat(rig.records().getFirst().forwardPackets()).isEqualTo(20);
        }
    }

    @Test
    void changedGraph_isLearnedAnew() throws Exception {
        MemoryCarrier carrier = new MemoryCarrier(100);
        GraphConfig graph = CircleRig.graph(WIRES);
        try (CircleRig rig = CircleRig.carried(graph, carrier, OffloadPolicy.NONE)) {
            carry(rig, carrier);
            rig.plane.reload(CircleRig.graph(new DropConfig("shut")), List.of());
            CircleRig.await(() -> carrier.size() == 0);
            rig.put(START + SECOND, datagram(false, 10));
            CircleRig.await(() -> carrier.size() == 1);
            carrier.carried();
            rig.put(START + SECOND, datagram(false, 10));
            assertThat(carrier.carried()).isEmpty();
        }
    }
}
