package dev.weir.dataplane.nodes.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.testing.Frames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BridgeTest {
    private static final long A = 0x0200_0000_000AL, B = 0x0200_0000_000BL, GROUP = 0x0100_5E00_0001L;
    private static final BridgeConfig CONFIG = BridgeConfig.of("p0", "p1", "p2");

    private final NodeBench bench = new NodeBench(CONFIG, "other", "p2", "p1", "p0");

    @AfterEach
    void close() {
        bench.close();
    }

    private static byte[] frame(long from, long to) {
        byte[] udp = Frames.udp(1, 2, Frames.payload(8));
        return Frames.ethernet(to, from, 0x0800, Frames.ip("10.0.0.1", "10.0.0.2", Frames.UDP, udp));
    }

    private static byte[] tagged(int vlan, long from, long to) {
        return Frames.ethernet(to, from, 0x8100, Frames.tagged(vlan, 0x0806, new byte[28]));
    }

    /** Where one frame goes: copies first, then the packet itself. */
    private List<String> where(NodeBench worker, String port, byte[] frame) {
        worker.clear().add(port, frame);
        worker.sent.clear();
        String verdict = worker.run().getFirst();
        if (!verdict.equals("next")) {
            return List.of(verdict);
        }
        List<String> out = new ArrayList<>();
        for (NodeBench.Sent copy : worker.sent) {
            assertThat(copy.frame).isEqualTo(frame);
            out.add(copy.port);
        }
        out.add(worker.egress(0));
        return out;
    }

    private List<String> where(String port, byte[] frame) {
        return where(bench, port, frame);
    }

    @Test
    void stations_becomeKnownByWhatTheySend() {
        assertThat(where("p0", frame(A, B))).as("B is not known").containsExactly("p1", "p2");
        assertThat(where("p1", frame(B, A))).as("A is").containsExactly("p0");
        assertThat(where("p0", frame(A, B))).as("and now B").containsExactly("p1");
        assertThat(bench.counter("LEARNED")).isEqualTo(2);
        assertThat(bench.counter("FLOODED")).isEqualTo(1);
    }

    @Test
    void framesOfOneBatch_teachThoseBehindThem() {
        bench.add("p0", frame(A, B)).add("p1", frame(B, A)).add("p0", frame(A, B));
        bench.run();
        assertThat(List.of(bench.egress(0), bench.egress(1), bench.egress(2))).containsExactly("p2", "p0", "p1");
    }

    @Test
    void station_thatMoves_isFoundWhereItIs() {
        where("p0", frame(A, B));
        assertThat(where("p2", frame(A, B))).containsExactly("p0", "p1");
        assertThat(where("p1", frame(B, A))).containsExactly("p2");
        assertThat(bench.counter("MOVED")).isEqualTo(1);
    }

    @Test
    void frameToAGroup_isFloodedAndNeverBack() {
        assertThat(where("p0", frame(A, Frames.BROADCAST))).containsExactly("p1", "p2");
        assertThat(where("p1", frame(B, GROUP))).containsExactly("p0", "p2");
        assertThat(where("p2", frame(B, GROUP))).containsExactly("p0", "p1");
    }

    @Test
    void frameToItsOwnPort_isDropped() {
        where("p0", frame(A, GROUP));
        where("p0", frame(B, GROUP));
        assertThat(where("p0", frame(A, B))).containsExactly("drop:same-port");
    }

    @Test
    void frameToTheBridgeGroup_isDropped() {
        assertThat(where("p0", frame(A, 0x0180_C200_0000L))).containsExactly("drop:link-local");
        assertThat(where("p0", frame(A, 0x0180_C200_000EL))).containsExactly("drop:link-local");
        assertThat(where("p0", frame(A, 0x0180_C200_0010L))).containsExactly("p1", "p2");
    }

    @Test
    void groupAddressAsSource_isNotLearnt() {
        where("p0", frame(GROUP, B));
        assertThat(bench.counter("LEARNED")).isZero();
    }

    @Test
    void vlans_haveStationsOfTheirOwn() {
        where("p0", tagged(5, A, GROUP));
        assertThat(where("p1", tagged(5, B, A))).containsExactly("p0");
        assertThat(where("p1", tagged(6, B, A))).as("A is not known in VLAN 6").containsExactly("p0", "p2");
        assertThat(where("p1", frame(B, A))).as("nor untagged").containsExactly("p0", "p2");
    }

    @Test
    void station_thatIsSilent_isForgottenAfterItsTime() {
        where("p0", frame(A, GROUP));
        bench.after(299 * NodeBench.SECOND);
        assertThat(where("p1", frame(B, A))).containsExactly("p0");
        bench.after(2 * NodeBench.SECOND);
        assertThat(where("p1", frame(B, A))).containsExactly("p0", "p2");
    }

    @Test
    void station_thatOneWorkerSaw_isKnownToTheOthers() {
        try (NodeBench other = bench.peer()) {
            where("p0", frame(A, GROUP));
            assertThat(where(other, "p1", frame(B, A))).containsExactly("p0");
            assertThat(where("p0", frame(A, B))).containsExactly("p1");
        }
    }

    @Test
    void reload_keepsWhatWasLearnt() {
        where("p0", frame(A, GROUP));
        var longer = new BridgeConfig(CONFIG.ports(), CONFIG.maxAddresses(), Duration.ofMinutes(10));
        try (var after = new NodeBench(longer, "p0", "p1", "p2")) {
            after.node().replace(bench.node());
            assertThat(where(after, "p1", frame(B, A))).containsExactly("p0");
        }
    }

    @Test
    void whatIsNotForTheBridge_goesOn() {
        assertThat(where("other", frame(A, B))).containsExactly("none");
        bench.clear().add("p0", frame(A, B)).leavingBy("other");
        assertThat(bench.run()).containsExactly("next");
        assertThat(bench.egress(0)).isEqualTo("other");
        assertThat(where("p1", frame(B, A))).as("its source was learnt").containsExactly("p0");
        assertThat(where("p0", new byte[] {1, 2, 3})).as("no Ethernet header").containsExactly("none");
    }

    @Test
    void trace_namesStationsAndPorts() {
        where("p0", frame(A, B));
        assertThat(bench.trace(0)).isEqualTo("vlan 0, 02:00:00:00:00:0a by p0, 02:00:00:00:00:0b by all others");
        where("p1", frame(B, A));
        assertThat(bench.trace(0)).isEqualTo("vlan 0, 02:00:00:00:00:0b by p1, 02:00:00:00:00:0a by p0");
    }

    @Test
    void bridging_allocatesNothing() {
        for (int i = 0; i < 100; i++) {
            bench.add("p" + i % 3, frame(A + i, i % 5 == 0 ? GROUP : A + i * 7 % 100));
        }
        bench.assertAllocatesNothing(NodeBench.SECOND / 10);
    }

    @Test
    void configuration_thatCannotBe_isRefused() {
        assertThatThrownBy(() -> BridgeConfig.of("a")).hasMessageContaining("a bridge has 2 to");
        assertThatThrownBy(() -> BridgeConfig.of("a", "a")).hasMessageContaining("name each once");
        assertThatThrownBy(() -> new BridgeConfig(List.of("a", "b"), 0, Duration.ofSeconds(9)))
                .hasMessageContaining("max-addresses: 0 is out of range");
        assertThatThrownBy(() -> new BridgeConfig(List.of("a", "b"), 9, Duration.ZERO))
                .hasMessageContaining("aging: 0 ms is out of range");
    }
}
