package dev.weir.dataplane.nodes.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.dataplane.nodes.mirror.Expirations.Message;
import dev.weir.table.EndReason;
import dev.weir.testing.Frames;
import dev.weir.wire.SendFault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MirrorTest {
    private static final byte[] ASK = Frames.udpFrame("10.0.0.1", 5000, "10.0.0.2", 53, 10);
    private static final byte[] ANSWER = Frames.udpFrame("10.0.0.2", 53, "10.0.0.1", 5000, 100);

    private static NodeBench bench(MirrorConfig config) {
        return new NodeBench(config, "east", "west", "tap");
    }

    private static MirrorConfig first(int packets, MirrorDirection direction) {
        return new MirrorConfig("tap", packets, direction, true, false, 64);
    }

    private static List<byte[]> copies(NodeBench bench) {
        List<byte[]> copies = new ArrayList<>();
        for (NodeBench.Sent sent : bench.sent) {
            if (!Expirations.is(sent)) {
                assertThat(sent.port).isEqualTo("tap");
                copies.add(sent.frame);
            }
        }
        return copies;
    }

    /** Marks the flow of packet {@code i}, which was in the last batch, offloaded. */
    private static void offload(NodeBench bench, int i) {
        bench.flow().at(bench.batch.flow[i]).setOffloaded(true);
    }

    private static void conversation(NodeBench bench, int packets) {
        bench.clear();
        for (int i = 0; i < packets; i++) {
            bench.add(i % 2 == 0 ? "east" : "west", i % 2 == 0 ? ASK : ANSWER);
        }
    }

    @ParameterizedTest(name = "first {0} of {1}: {2}")
    @CsvSource({"0, BOTH, 10", "0, FORWARD, 5", "0, REVERSE, 5", "3, BOTH, 3", "3, REVERSE, 3", "20, BOTH, 10"})
    void packets_areCopiedByDirectionAndNumber(int first, MirrorDirection direction, int copied) {
        try (var bench = bench(first(first, direction))) {
            conversation(bench, 6);
            assertThat(bench.run()).containsOnly("next");
            conversation(bench, 4);
            assertThat(bench.run()).containsOnly("next");
            assertThat(copies(bench)).hasSize(copied);
            assertThat(bench.counter("HITS")).isEqualTo(copied);
        }
    }

    @Test
    void copies_areThePackets_inTheirOrder() {
        try (var bench = bench(MirrorConfig.to("tap"))) {
            bench.add("east", ASK).add("west", ANSWER);
            bench.batch.packets.offload[1] = 42;
            bench.run();
            assertThat(copies(bench)).containsExactly(ASK, ANSWER);
            assertThat(bench.sent.get(1).offload).isEqualTo(42);
            assertThat(bench.egress(0))
                    .as("where the original goes is not the mirror's")
                    .isEqualTo("none");
        }
    }

    @Test
    void offloadedFlow_isNotCopiedAnyMore_andToldWhenItEnds() {
        try (var bench = bench(MirrorConfig.to("tap"))) {
            conversation(bench, 2);
            bench.run();
            bench.flow().at(bench.batch.flow[0]).setCtxId(0xDEADBEEFL);
            offload(bench, 0);
            conversation(bench, 10);
            assertThat(bench.run()).containsOnly("passed-by");

            assertThat(copies(bench)).hasSize(2);
            assertThat(bench.counter("OFFLOADED")).isEqualTo(10);
            bench.tick(NodeBench.START + 70 * NodeBench.SECOND);
            assertThat(Expirations.read(bench.sent))
                    .containsExactly(new Message(
                            EndReason.IDLE | ExpirationFrames.OFFLOADED, 0xDEADBEEF, 6, 6, 6 * 52, 6 * 142));
            assertThat(bench.counter("TIMEOUT_MSG_SENT")).isEqualTo(1);
        }
    }

    @Test
    void expirationFrame_asItIsOnTheWire() {
        try (var bench = bench(MirrorConfig.to("tap"))) {
            bench.add(
                    "east",
                    Frames.ethernet(
                            Frames.ip("2001:db8::1", "2001:db8::2", Frames.UDP, Frames.udp(1, 2, Frames.payload(8)))));
            bench.run();
            bench.flow().at(bench.batch.flow[0]).setCtxId(7);
            bench.sent.clear();
            bench.tick(NodeBench.START + 70 * NodeBench.SECOND);
            assertThat(HexFormat.of().formatHex(bench.sent.getFirst().frame))
                    .isEqualTo("ffffffffffff" + "020000000102" + "0101" + "0001"
                            + "00000201" + "00000007" + "00000001" + "00000000"
                            + "0000000000000046" + "0000000000000000");
        }
    }

    @ParameterizedTest(name = "only with context: {0}")
    @CsvSource({"false, 2", "true, 1"})
    void flowsWithoutContext_areToldUnlessRefused(boolean onlyWithContext, int told) {
        var config = new MirrorConfig("tap", 0, MirrorDirection.BOTH, true, onlyWithContext, 64);
        try (var bench = bench(config)) {
            bench.add("east", ASK).add("east", Frames.udpFrame("10.0.0.1", 5001, "10.0.0.2", 53, 10));
            bench.run();
            bench.flow().at(bench.batch.flow[1]).setCtxId(1);
            bench.tick(NodeBench.START + 70 * NodeBench.SECOND);
            assertThat(Expirations.read(bench.sent)).hasSize(told);
        }
    }

    @Test
    void packetOfTheMirrorPort_isNotCopiedBack() {
        try (var bench = bench(MirrorConfig.to("tap"))) {
            bench.add("tap", ASK);
            assertThat(bench.run()).containsExactly("next");
            assertThat(bench.sent).isEmpty();
            assertThat(bench.trace(0)).isEqualTo("not copied: came by the port");
        }
    }

    @Test
    void copyThatThePortRefuses_isCounted_andThePacketGoesOn() {
        try (var bench = bench(MirrorConfig.to("tap"))) {
            bench.failSends(SendFault.PORT_DOWN);
            bench.add("east", ASK);
            assertThat(bench.run()).containsExactly("next");
            assertThat(bench.counter("NO_INTF_OUT")).isEqualTo(1);
            assertThat(bench.counter("HITS")).isZero();
            assertThat(bench.trace(0)).isEqualTo("copy refused by the port");
        }
    }

    private static void flows(NodeBench bench, int from, int to) {
        for (int flow = from; flow < to; flow++) {
            if (bench.batch.packets.size == Batch.CAPACITY) {
                bench.run();
                bench.clear();
            }
            bench.after(20_000_000).add("east", Frames.udpFrame("10.0.0.1", flow, "10.0.0.2", 53, flow));
        }
        bench.run();
        bench.clear();
    }

    @Test
    void expirations_thatThePortRefuses_waitInOrder() {
        try (var bench = bench(MirrorConfig.to("tap"))) {
            flows(bench, 1, 1001);
            bench.failSends(SendFault.RING_FULL);
            for (int step = 1; step <= 1001; step++) {
                bench.tick(NodeBench.START + 60 * NodeBench.SECOND + step * 20_000_000L);
            }
            bench.failSends(SendFault.NONE);
            bench.sent.clear();
            bench.tick(NodeBench.START + 101 * NodeBench.SECOND);
            assertThat(Expirations.read(bench.sent))
                    .extracting(Message::clientBytes)
                    .hasSize(1000)
                    .isSorted();
            assertThat(bench.sent).as("frames are full but the last").hasSize((1000 + 38) / 39);
            assertThat(bench.counter("TIMEOUT_MSG_SENT")).isEqualTo(1000);
            assertThat(bench.counter("TIMEOUT_MSG_LOST")).isZero();
        }
    }

    @Test
    void expirations_beyondTheBacklog_areCountedAsLost() {
        try (var bench = bench(first(0, MirrorDirection.BOTH))) {
            flows(bench, 1, 101);
            bench.failSends(SendFault.RING_FULL);
            bench.tick(NodeBench.START + 70 * NodeBench.SECOND);
            assertThat(bench.counter("TIMEOUT_MSG_LOST")).isEqualTo(100 - 64);
            bench.failSends(SendFault.NONE);
            bench.sent.clear();
            bench.node().tick(0);
            assertThat(Expirations.read(bench.sent)).hasSize(64);
        }
    }

    @Test
    void expirations_leftWhenTheNodeCloses_areSentOrCountedAsLost() {
        var bench = bench(MirrorConfig.to("tap"));
        flows(bench, 1, 11);
        bench.failSends(SendFault.PORT_DOWN);
        bench.tick(NodeBench.START + 70 * NodeBench.SECOND);
        bench.close();
        assertThat(bench.counter("TIMEOUT_MSG_LOST")).isEqualTo(10);
    }

    @Test
    void expirations_ofAReplacedNode_areSentByTheNewOne() {
        try (var old = bench(MirrorConfig.to("tap"));
                var bench = bench(first(5, MirrorDirection.BOTH))) {
            flows(old, 1, 11);
            old.failSends(SendFault.PORT_DOWN);
            old.tick(NodeBench.START + 70 * NodeBench.SECOND);
            bench.node().replace(old.node());
            bench.node().tick(0);
            assertThat(Expirations.read(bench.sent)).hasSize(10);
            old.node().close();
            assertThat(old.counter("TIMEOUT_MSG_LOST")).isZero();
        }
    }

    @Test
    void mirroring_allocatesNothing() {
        try (var bench = bench(first(3, MirrorDirection.BOTH))) {
            Collections.nCopies(30, ASK).forEach(frame -> bench.add("east", frame));
            for (int flow = 1; flow < 50; flow++) {
                bench.add("east", Frames.udpFrame("10.0.0.1", flow, "10.0.0.2", 53, 4));
            }
            bench.assertAllocatesNothing(70 * NodeBench.SECOND);
            assertThat(bench.counter("TIMEOUT_MSG_SENT")).as("flows ended").isGreaterThan(10_000);
        }
    }

    @Test
    void configuration_thatCannotBe_isRefused() {
        assertThatThrownBy(() -> first(-1, MirrorDirection.BOTH)).hasMessageContaining("first-packets: -1 is negative");
        assertThatThrownBy(() -> new MirrorConfig("tap", 0, MirrorDirection.BOTH, true, false, 5))
                .hasMessageContaining("backlog: 5 is out of range");
    }
}
