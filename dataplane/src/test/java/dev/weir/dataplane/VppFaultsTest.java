package dev.weir.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.GraphTester;
import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.dataplane.nodes.count.CountConfig;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig.Pair;
import dev.weir.dataplane.nodes.mirror.Expirations;
import dev.weir.dataplane.nodes.mirror.Expirations.Message;
import dev.weir.dataplane.nodes.mirror.MirrorConfig;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowUpdate;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpState;
import dev.weir.testing.Frames;
import dev.weir.wire.SendFault;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The faults that VPP's flow table plugin had, by their numbers in our notes on it, each shown not to be ours. Number 6 is
 * of the command line, where the bound on flows was read into another option: the tests of the configuration's reader
 * have it.
 */
class VppFaultsTest {
    private static final String A = "10.0.0.1", B = "10.0.0.2";
    private static final long SECOND = 1_000_000_000L, START = 1_790_000_000L * SECOND;

    private static GraphTester wire() {
        return GraphTester.of(GraphConfig.builder()
                .ports("east", "west", "tap")
                .node("mirror", MirrorConfig.to("tap"))
                .node("path", new CrossConnectConfig(List.of(new Pair("east", "west"))))
                .build());
    }

    private static byte[] udp(int sourcePort, int octets) {
        return Frames.udpFrame(A, sourcePort, B, 53, octets);
    }

    private static byte[] there(int flags, int octets) {
        return Frames.tcpFrame(A, 40000, B, 80, flags, octets);
    }

    private static byte[] back(int flags, int octets) {
        return Frames.tcpFrame(B, 80, A, 40000, flags, octets);
    }

    private static void handshake(GraphTester graph, long time) {
        graph.in("east", time, there(Frames.SYN, 0));
        graph.in("west", time + 1, back(Frames.SYN | Frames.ACK, 0));
        graph.in("east", time + 2, there(Frames.ACK, 0)).run();
    }

    private static FlowKey key(int sourcePort) {
        return new FlowKey(InetAddress.ofLiteral(A), sourcePort, InetAddress.ofLiteral(B), 53, Frames.UDP, 0);
    }

    @Test
    void fault01_busyFlow_livesAsLongAsItIsHit() {
        try (var graph = wire()) {
            for (int second = 0; second <= 600; second += 50) {
                graph.in("east", START + second * SECOND, udp(5000, 8)).run();
            }
            handshake(graph, START + 601 * SECOND);
            for (int second = 800; second <= 4000; second += 200) {
                graph.in("east", START + second * SECOND, there(Frames.ACK | Frames.PSH, 10))
                        .run();
            }
            graph.advance(START + 10_000 * SECOND);
            assertThat(graph.records()).extracting(FlowRecord::forwardPackets).containsExactly(13L, 2L + 17L);
            assertThat(graph.records())
                    .extracting(FlowRecord::at)
                    .containsExactly(START + 660 * SECOND, START + (4000 + 299) * SECOND);
        }
    }

    @Test
    void fault02_dataOfAnEstablishedFlow_leavesItEstablished() {
        try (var graph = wire()) {
            handshake(graph, START);
            for (int i = 1; i <= 10; i++) {
                graph.in("east", START + i * SECOND, there(Frames.ACK | Frames.PSH, 100));
                graph.in("west", START + i * SECOND + 1, back(Frames.ACK, 0));
            }
            graph.run().advance(START + 1000 * SECOND);
            assertThat(graph.records()).extracting(FlowRecord::tcpState).containsExactly(TcpState.ESTABLISHED);
            assertThat(graph.records().getFirst().at()).isEqualTo(START + (10 + 299) * SECOND + 1);
        }
    }

    @Test
    void fault03_flowMetInTheMiddle_becomesEstablished() {
        try (var graph = wire()) {
            graph.in("east", START, there(Frames.ACK | Frames.PSH, 100)).run().advance(START + 1000 * SECOND);
            assertThat(graph.records()).extracting(FlowRecord::tcpState).containsExactly(TcpState.ESTABLISHED);
        }
    }

    @Test
    void fault04_flowId_isSetOnceAndStays() {
        try (var bench = new NodeBench(new CountConfig(), "east")) {
            Set<Long> ids = new HashSet<>();
            for (int round = 0; round < 3; round++) {
                bench.clear();
                for (int flow = 1; flow <= 50; flow++) {
                    bench.add("east", udp(flow, 8));
                }
                bench.run();
                for (int i = 0; i < 50; i++) {
                    ids.add(bench.flow().at(bench.batch.flow[i]).flowId());
                }
            }
            assertThat(ids).as("50 flows, 150 packets").hasSize(50).doesNotContain(0L);
            var view = new FlowRecord();
            assertThat(bench.table().lookup(key(7), view)).isTrue();
            assertThat(view.flowId()).isEqualTo(7);
        }
    }

    @Test
    void fault05_update_takesEitherOrientation_anyLifetime_andLeavesTheRest() {
        try (var bench = new NodeBench(new CountConfig(), "east")) {
            bench.add("east", udp(5000, 8)).run();
            FlowKey asSent = key(5000);
            var reversed = new FlowKey(InetAddress.ofLiteral(B), 53, InetAddress.ofLiteral(A), 5000, Frames.UDP, 0);
            assertThat(bench.table()
                            .update(
                                    asSent,
                                    FlowUpdate.NOTHING.withOffloaded(true).withCtxId(7)))
                    .isTrue();
            assertThat(bench.table().update(reversed, FlowUpdate.NOTHING.withLifetime(Lifetime.ofSeconds(86_400))))
                    .isTrue();
            var view = new FlowRecord();
            assertThat(bench.table().lookup(reversed, view)).isTrue();
            assertThat(view.offloaded()).isTrue();
            assertThat(view.ctxId()).isEqualTo(7);
            assertThat(view.lifetimeMillis()).isEqualTo(86_400_000);
            assertThat(bench.table().update(key(5001), FlowUpdate.NOTHING))
                    .as("no such flow")
                    .isFalse();
        }
    }

    @Test
    void fault07_everyPacketOfAVector_isAccountedAndMirroredWithItsOwnLengthAndHeader() {
        try (var graph = wire()) {
            List<byte[]> frames = new ArrayList<>();
            int[] flags = {Frames.SYN, Frames.ACK, Frames.PSH | Frames.ACK, Frames.RST};
            for (int i = 0; i < 200; i++) {
                byte[] frame = Frames.tcpFrame(A, 1000 + i % 100, B, 80, flags[i % 100 % 4], i);
                frame[frame.length - 1] = i == 0 ? 0 : (byte) i;
                frames.add(frame);
                graph.in("east", START + i, frame);
            }
            graph.run();
            assertThat(graph.out("tap")).containsExactlyElementsOf(frames);
            assertThat(graph.out("west")).containsExactlyElementsOf(frames);
            graph.advance(START + 1000 * SECOND);
            assertThat(graph.records()).hasSize(100).allSatisfy(record -> {
                int flow = record.sourcePort() - 1000;
                assertThat(record.forwardPackets()).isEqualTo(2);
                assertThat(record.forwardFrameBytes()).isEqualTo(2 * 54 + flow + flow + 100);
                assertThat(record.forwardTcpFlags()).isEqualTo(flags[flow % 4]);
            });
        }
    }

    @Test
    void fault08_optionsExtensionsFragmentsVlansAndCutHeaders_areLookedAt() {
        byte[] udp = Frames.udp(5000, 53, Frames.payload(8));
        byte[] plain = Frames.ip(A, B, Frames.UDP, udp);
        byte[] options = ByteBuffer.allocate(plain.length + 4)
                .put(plain, 0, 20)
                .putInt(0x0101_0101)
                .put(plain, 20, plain.length - 20)
                .put(0, (byte) 0x46)
                .putShort(2, (short) (plain.length + 4))
                .array();
        byte[] first = Frames.ipv4(A, B, Frames.UDP, 9, Frames.MORE_FRAGMENTS, udp);
        byte[] later = Frames.ipv4(A, B, Frames.UDP, 9, 2, Frames.payload(30));
        byte[] tagged = Frames.ethernet(
                Frames.HOST_B, Frames.HOST_A, 0x88A8, Frames.tagged(5, 0x8100, Frames.tagged(6, 0x0800, plain)));
        byte[] hopByHop = ByteBuffer.allocate(8 + udp.length)
                .put((byte) Frames.UDP)
                .put(new byte[] {0, 1, 4, 0, 0, 0, 0})
                .put(udp)
                .array();
        byte[] cut = Arrays.copyOf(Frames.ethernet(plain), 14 + 11);
        try (var graph = wire()) {
            for (byte[] frame : List.of(
                    Frames.ethernet(plain),
                    Frames.ethernet(options),
                    Frames.ethernet(first),
                    Frames.ethernet(later),
                    tagged)) {
                graph.in("east", START, frame);
            }
            graph.in("east", START, Frames.ethernet(Frames.ip("2001:db8::1", "2001:db8::2", Frames.UDP, udp)));
            graph.in("east", START, Frames.ethernet(Frames.ip("2001:db8::1", "2001:db8::2", 0, hopByHop)));
            graph.in("east", START, cut).run();
            assertThat(graph.out("west")).as("all pass").hasSize(8);
            graph.advance(START + 1000 * SECOND);
            assertThat(graph.records())
                    .extracting(record ->
                            record.family() + ": " + record.forwardPackets() + " to " + record.destinationPort())
                    .containsExactlyInAnyOrder("4: 5 to 53", "6: 2 to 53");
        }
    }

    /** Which of 2^24 shards a packet falls to is 24 bits of its hash. */
    private static int hash(NodeBench bench, String from, int sourcePort, String to, int destinationPort) {
        bench.clear()
                .add("east", Frames.udpFrame(from, sourcePort, to, destinationPort, 8))
                .run();
        return bench.batch.flows.shard(0, 1 << 24);
    }

    @Test
    void fault09_hash_tellsSwappedPortsAndHostsApart_inBothFamilies() {
        try (var bench = new NodeBench(new CountConfig(), "east")) {
            for (String[] hosts : new String[][] {{A, B}, {"2001:db8::1", "2001:db8::2"}}) {
                Set<Integer> hashes = new HashSet<>();
                for (int port = 1; port <= 50; port++) {
                    int hash = hash(bench, hosts[0], port, hosts[1], 1000);
                    assertThat(hash(bench, hosts[1], 1000, hosts[0], port))
                            .as("the other direction")
                            .isEqualTo(hash);
                    hashes.add(hash);
                    hashes.add(hash(bench, hosts[0], 1000, hosts[1], port));
                }
                assertThat(hashes)
                        .as("flows that an XOR of the fields confuses")
                        .hasSizeGreaterThan(97);
            }
        }
    }

    @Test
    void fault10_expirations_areToldForAllFlows_andNoneIsLostSilently() {
        try (var bench = new NodeBench(MirrorConfig.to("tap"), "east", "tap")) {
            for (int flow = 1; flow <= 5000; flow++) {
                bench.add("east", udp(flow, 8));
                if (bench.batch.packets.size == Batch.CAPACITY) {
                    bench.process();
                    bench.clear();
                }
            }
            bench.process();
            bench.clear();
            bench.failSends(SendFault.RING_FULL);
            bench.tick(NodeBench.START + 70 * SECOND);
            bench.failSends(SendFault.NONE);
            bench.sent.clear();
            bench.node().tick(0);
            List<Message> told = Expirations.read(bench.sent);
            assertThat(told).hasSize(5000).allMatch(message -> message.clientPackets() == 1 && message.ctxId() == 0);
            assertThat(bench.counter("TIMEOUT_MSG_SENT") + bench.counter("TIMEOUT_MSG_LOST"))
                    .isEqualTo(5000);
        }
    }

    @Test
    void fault11_expiry_doesNotLagBehindChurn() {
        try (var graph = wire()) {
            for (int flow = 1; flow <= 20_000; flow++) {
                graph.in("east", START, udp(flow, 8));
            }
            graph.run();
            assertThat(graph.flows()).isEqualTo(20_000);
            graph.in("east", START + 61 * SECOND, there(Frames.SYN, 0)).run();
            assertThat(graph.flows())
                    .as("what ended is gone before the next packet's second is over")
                    .isOne();
            assertThat(graph.records()).hasSize(20_000).allMatch(record -> record.at() == START + 60 * SECOND);
        }
    }

    @Test
    void fault12_workers_shareNoFlows_whateverOneDoesToItsOwn() throws InterruptedException {
        try (var one = new NodeBench(new CountConfig(), "east");
                var other = one.peer();
                Arena arena = Arena.ofShared()) {
            var failure = new ArrayList<Throwable>();
            var worker = new Thread(() -> {
                for (int flow = 1; flow <= 200; flow++) {
                    other.add("east", udp(flow, 8));
                }
                for (int round = 0; round < 2000; round++) {
                    other.process();
                }
            });
            worker.setUncaughtExceptionHandler((_, e) -> failure.add(e));
            worker.start();
            var records = new FlowRecords(20_000, FlowEvent.ENDED, arena);
            for (int round = 1; round <= 20 || worker.isAlive(); round++) {
                one.clear().add("east", udp(round % 60_000, 8)).process();
                one.table().resize(round % 2 == 0 ? 100 : 20_000, records);
                records.clear();
            }
            worker.join();
            assertThat(failure).isEmpty();
            assertThat(other.table().size()).isEqualTo(200);
            var view = new FlowRecord();
            assertThat(other.table().lookup(key(100), view)).isTrue();
            assertThat(view.forwardPackets()).isEqualTo(2000);
        }
    }
}
