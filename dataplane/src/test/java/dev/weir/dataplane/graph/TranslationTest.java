package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.Packets;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.dataplane.nodes.balance.BalanceConfig;
import dev.weir.dataplane.nodes.balance.Target;
import dev.weir.dataplane.nodes.firewall.FirewallConfig;
import dev.weir.dataplane.nodes.firewall.Rule;
import dev.weir.dataplane.nodes.firewall.Verdict;
import dev.weir.dataplane.nodes.nat.NatConfig;
import dev.weir.dataplane.nodes.nat.SourceRule;
import dev.weir.packet.IpProtocol;
import dev.weir.table.FlowRecord;
import dev.weir.testing.Frames;
import org.junit.jupiter.api.Test;

/** Nodes that judge and translate, one after the other in a graph: the flow stays one, whatever its packets look like. */
class TranslationTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int CLIENT = 0x0A00_0001, SERVICE = 0xC000_0201;

    private final GraphConfig edge = GraphConfig.builder()
            .ports("inside", "outside")
            .node(
                    "firewall",
                    FirewallConfig.of(
                            Rule.named("out", Verdict.ACCEPT).by("inside").from(IpPrefix.of("10.0.0.0/8"))))
            .node(
                    "nat",
                    NatConfig.ofSource(SourceRule.toPool(
                            "out",
                            FlowMatch.ALL.from(IpPrefix.of("10.0.0.0/8")),
                            PortRange.of("7000"),
                            IpPrefix.of("198.51.100.1"))))
            .node(
                    "balance",
                    BalanceConfig.of(
                            FlowMatch.ALL.to(IpPrefix.of("192.0.2.1")).toPorts(IpProtocol.UDP, PortRange.of("53")),
                            Target.byAddress("one", IpPrefix.of("203.0.113.1"), 5353)))
            .node("path", new StaticPath("inside", "outside"))
            .build();

    @Test
    void conversation_translatedTwice_isOneFlowAndComesBackAsItWent() {
        byte[] sent = Packets.withChecksums(
                Frames.ethernet(Frames.ipv4(CLIENT, SERVICE, Frames.UDP, Frames.udp(1000, 53, Frames.payload(20)))));
        try (var graph = GraphTester.of(edge)) {
            byte[] outside =
                    graph.in("inside", SECOND, sent).run().out("outside").getFirst();
            assertThat(Packets.ends(outside)).isEqualTo("198.51.100.1:7000 > 203.0.113.1:5353");
            assertThat(Packets.withChecksums(outside)).isEqualTo(outside);
            byte[] answer = Packets.answer(outside);
            assertThat(graph.in("outside", SECOND + 5, answer).run().out("inside"))
                    .containsExactly(Packets.answer(sent));
            byte[] error = Packets.withChecksums(
                    Frames.ethernet(Packets.icmpError("192.0.2.9", "198.51.100.1", 11, 0, Packets.ipOf(outside))));
            assertThat(graph.in("outside", SECOND + 6, error).run().out("inside"))
                    .as("a router's error about what was sent")
                    .hasSize(1);
            graph.advance(100 * SECOND);
            FlowRecord record = graph.records().stream()
                    .filter(r -> r.protocol() == Frames.UDP)
                    .findAny()
                    .orElseThrow();
            assertThat(record.forwardPackets()).isOne();
            assertThat(record.reversePackets()).isOne();
            assertThat(record.sourcePort()).isEqualTo(1000);
            assertThat(graph.counters("nat").own()).containsEntry("BINDINGS", 0L);
        }
    }

    @Test
    void strangers_areStoppedAtTheFirewall() {
        byte[] stranger =
                Frames.ethernet(Frames.ipv4(SERVICE, CLIENT, Frames.UDP, Frames.udp(53, 1000, Frames.payload(20))));
        try (var graph = GraphTester.of(edge)) {
            assertThat(graph.in("outside", SECOND, stranger).run().out("inside"))
                    .isEmpty();
            assertThat(graph.counters("firewall").drops()).containsEntry("denied", 1L);
        }
    }
}
