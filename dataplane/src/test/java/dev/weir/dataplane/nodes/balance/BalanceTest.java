package dev.weir.dataplane.nodes.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.dataplane.nodes.Packets;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.dataplane.nodes.balance.BalanceConfig.Method;
import dev.weir.packet.Ethernet;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Rewrite;
import dev.weir.testing.Frames;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BalanceTest {
    private static final String CLIENT = "192.0.2.1", SERVICE = "198.51.100.1";
    private static final Target A = Target.byPort("a", "pa"),
            B = Target.byPort("b", "pb"),
            C = Target.byPort("c", "pc");
    private static final FlowMatch WEB =
            FlowMatch.ALL.to(IpPrefix.of(SERVICE)).toPorts(IpProtocol.TCP, PortRange.of("80"));

    private static NodeBench bench(BalanceConfig config) {
        return new NodeBench(config, "in", "pa", "pb", "pc");
    }

    private static byte[] syn(int port) {
        return Packets.withChecksums(Frames.tcpFrame(CLIENT, port, SERVICE, 80, Frames.SYN, 0));
    }

    /** The ports by which so many new flows leave. */
    private static List<String> egresses(NodeBench bench, int flows) {
        List<String> egresses = new ArrayList<>();
        for (int port = 1; port <= flows; port++) {
            bench.clear().add("in", syn(port)).run();
            egresses.add(bench.egress(0));
        }
        return egresses;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        ROUND_ROBIN | 1 | 1 | 1 | pa pb pc pa pb pc pa
        WEIGHTED    | 5 | 1 | 1 | pa pa pb pa pc pa pa
        WEIGHTED    | 1 | 1 | 2 | pc pa pb pc pc pa pb
        """)
    void newFlows_goToTheNextTarget(Method method, int a, int b, int c, String expected) {
        var config = BalanceConfig.of(A.withWeight(a), B.withWeight(b), C.withWeight(c))
                .by(method);
        try (var bench = bench(config)) {
            assertThat(String.join(" ", egresses(bench, 7))).isEqualTo(expected);
            assertThat(bench.trace(0)).startsWith("to ");
        }
    }

    @Test
    void targetsThatAreDownOrDrained_getNoNewFlows() {
        try (var bench = bench(BalanceConfig.of(A.down(), B, C.draining()))) {
            assertThat(egresses(bench, 3)).containsOnly("pb");
        }
        try (var bench = bench(BalanceConfig.of(A.down(), C.draining()))) {
            assertThat(bench.add("in", syn(1)).run()).containsExactly("drop:no-target");
        }
    }

    @Test
    void clientsFlows_haveOneTarget_whenSticky() {
        try (var bench = bench(BalanceConfig.of(A, B, C).by(Method.STICKY))) {
            assertThat(egresses(bench, 20)).containsOnly(bench.egress(0));
        }
        try (var bench = bench(BalanceConfig.of(A, B, C).by(Method.HASH))) {
            assertThat(egresses(bench, 50)).contains("pa", "pb", "pc");
        }
    }

    @Test
    void byPort_answersGoBackWhereTheFlowCameFrom() {
        try (var bench = bench(BalanceConfig.of(A, B))) {
            byte[] sent = syn(1);
            bench.add("pc", sent).add("pa", Packets.answer(sent));
            assertThat(bench.run()).containsOnly("next");
            assertThat(bench.egress(0)).isEqualTo("pa");
            assertThat(bench.egress(1)).isEqualTo("pc");
            assertThat(bench.frame(0)).isEqualTo(sent);
            assertThat(bench.trace(1)).isEqualTo("back from a");
            bench.assertAllocatesNothing(1000);
        }
    }

    @Test
    void byMac_isRewrittenThere_andUndoneBack() {
        try (var bench = bench(BalanceConfig.of(Target.byMac("a", "pa", 0x0200_0000_AAAAL)))) {
            byte[] sent = syn(1);
            bench.add("in", sent).run();
            byte[] there = bench.frame(0);
            assertThat(Ethernet.destination(MemorySegment.ofArray(there), 0)).isEqualTo(0x0200_0000_AAAAL);
            assertThat(Packets.ipOf(there)).isEqualTo(Packets.ipOf(sent));
            bench.clear().add("pa", Packets.answer(there)).run();
            assertThat(bench.frame(0)).isEqualTo(Packets.answer(sent));
            assertThat(bench.egress(0)).isEqualTo("in");
        }
    }

    @ParameterizedTest(name = "port {0}")
    @ValueSource(ints = {Rewrite.KEEP_PORT, 8080})
    void byAddress_isTranslatedThere_andUndoneBack(int port) {
        var config = BalanceConfig.of(WEB, Target.byAddress("a", IpPrefix.of("10.0.0.1"), port))
                .offloading();
        try (var bench = bench(config)) {
            byte[] sent = syn(1);
            bench.add("in", sent);
            assertThat(bench.run()).containsExactly("next");
            byte[] there = bench.frame(0);
            assertThat(Packets.ends(there)).isEqualTo("192.0.2.1:1 > 10.0.0.1:" + (port < 0 ? 80 : port));
            assertThat(Packets.withChecksums(there)).isEqualTo(there);
            bench.clear().add("pa", Packets.answer(there));
            assertThat(bench.run()).as("offloaded, but rewritten").containsExactly("next");
            assertThat(bench.batch.isOffloaded(0)).isTrue();
            assertThat(bench.frame(0)).isEqualTo(Packets.answer(sent));
            assertThat(bench.egress(0)).isEqualTo("in");
            bench.tick(NodeBench.START + 1000 * NodeBench.SECOND);
            assertThat(bench.aliases()).isZero();
        }
    }

    @Test
    void icmpErrorOfATarget_isUndoneInsideAndOut() {
        var config = BalanceConfig.of(WEB, Target.byAddress("a", IpPrefix.of("10.0.0.1"), 8080));
        try (var bench = bench(config)) {
            byte[] sent = syn(1);
            bench.add("in", sent).run();
            byte[] error = Frames.ethernet(Packets.icmpError("10.0.0.1", CLIENT, 3, 3, Packets.ipOf(bench.frame(0))));
            bench.clear().add("pa", Packets.withChecksums(error));
            assertThat(bench.run()).containsExactly("next");
            byte[] expected = Frames.ethernet(Packets.icmpError(SERVICE, CLIENT, 3, 3, Packets.ipOf(sent)));
            assertThat(bench.frame(0)).isEqualTo(Packets.withChecksums(expected));
        }
    }

    @Test
    void flowsThatDoNotFit_goOnUntouched() {
        try (var bench = bench(BalanceConfig.of(WEB, A))) {
            byte[] other = Frames.tcpFrame(CLIENT, 1, SERVICE, 81, Frames.SYN, 0);
            assertThat(bench.add("in", other).run()).containsExactly("next");
            assertThat(bench.egress(0)).isEqualTo("none");
            assertThat(bench.frame(0)).isEqualTo(other);
            assertThat(bench.trace(0)).isEqualTo("not balanced");
        }
    }

    @Test
    void reload_flowsKeepTheirTargetByName_notByNumber() {
        try (var bench = bench(BalanceConfig.of(A, B, C))) {
            List<String> before = egresses(bench, 3);
            bench.reload(BalanceConfig.of(C.draining(), B.withWeight(7)));
            assertThat(egresses(bench, 3)).as("known flows").isEqualTo(before);
            assertThat(bench.counter("c:active")).isOne();
            assertThat(bench.counter("b:active")).isOne();
            bench.clear().add("in", syn(100)).run();
            assertThat(bench.egress(0)).as("a new one").isEqualTo("pb");
            bench.tick(NodeBench.START + 1000 * NodeBench.SECOND);
            assertThat(bench.counter("b:active")).isZero();
            bench.reload(BalanceConfig.of(A));
            assertThat(egresses(bench, 3)).containsOnly("pa");
        }
    }

    @Test
    void targetThatGoesDown_losesItsFlowsToOthers() {
        Target one = Target.byAddress("one", IpPrefix.of("10.0.0.1"), Rewrite.KEEP_PORT);
        Target two = Target.byAddress("two", IpPrefix.of("10.0.0.2"), Rewrite.KEEP_PORT);
        try (var bench = bench(BalanceConfig.of(WEB, one, two))) {
            for (BalanceConfig config : List.of(
                    BalanceConfig.of(WEB, one, two),
                    BalanceConfig.of(WEB, one.down(), two),
                    BalanceConfig.of(WEB, one, two.down()))) {
                bench.reload(config);
                bench.clear().add("in", syn(1));
                assertThat(bench.run()).containsExactly("next");
                String expected = config.targets().getFirst().up() ? "10.0.0.1" : "10.0.0.2";
                assertThat(Packets.ends(bench.frame(0))).isEqualTo("192.0.2.1:1 > " + expected + ":80");
            }
            assertThat(bench.counter("MOVED")).isOne();
            assertThat(bench.counter("one:active")).isOne();
            bench.purge();
            assertThat(bench.aliases()).isZero();
        }
    }

    @Test
    void counters_tellOfEachTarget_offloadedPacketsAtTheEnd() {
        try (var bench = bench(BalanceConfig.of(A, B).offloading())) {
            byte[] sent = syn(1);
            assertThat(bench.add("in", sent).run()).containsExactly("next");
            bench.clear().add("in", sent).add("pa", Packets.answer(sent));
            assertThat(bench.run()).containsOnly("passed-by");
            assertThat(bench.counter("a:packets")).isOne();
            assertThat(bench.counter("OFFLOADED")).isEqualTo(2);
            bench.purge();
            assertThat(bench.counter("a:flows")).isOne();
            assertThat(bench.counter("a:active")).isZero();
            assertThat(bench.counter("a:packets")).isEqualTo(3);
            assertThat(bench.counter("a:bytes")).isEqualTo(3L * sent.length);
            assertThat(bench.counter("b:flows")).isZero();
        }
    }

    /** Whatever comes in whatever order, and over reloads that leave its target up, a flow sees one target only. */
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void everyFlow_sticksToItsTarget(Method method) {
        var random = new SplittableRandom(0x5EED);
        Map<Integer, String> targets = new HashMap<>();
        List<Target> all = List.of(A, B, C);
        try (var bench = bench(BalanceConfig.of(A, B, C).by(method))) {
            for (int step = 0; step < 3_000; step++) {
                int port = random.nextInt(1, 400);
                byte[] sent = syn(port);
                bench.clear().add("in", sent);
                assertThat(bench.run()).containsExactly("next");
                String before = targets.putIfAbsent(port, bench.egress(0));
                assertThat(before == null || before.equals(bench.egress(0)))
                        .as("step=%d port=%d", step, port)
                        .isTrue();
                bench.clear().add(bench.egress(0), Packets.answer(sent)).run();
                assertThat(bench.egress(0)).isEqualTo("in");
                if (random.nextInt(100) == 0) {
                    List<Target> some = new ArrayList<>(all);
                    some.remove(random.nextInt(3));
                    bench.reload(new BalanceConfig(FlowMatch.ALL, some, method, false));
                }
            }
        }
    }

    @Test
    void configuration_thatCannotBe_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BalanceConfig.of())
                .withMessage("balance: no targets; give at least one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BalanceConfig.of(A, A))
                .withMessage("target a: two have this name; flows keep their target by it, give each its own");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BalanceConfig.of(Target.byAddress("t", IpPrefix.of("10.0.0.1"), 80)))
                .withMessage("target t: 10.0.0.1 for flows that are not all of IPv4; match a source or destination of"
                        + " that family");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> A.withWeight(0))
                .withMessage("target a: weight 0; it is 1 to 1000, say drain for no new flows");
    }
}
