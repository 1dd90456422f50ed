package dev.weir.dataplane.nodes.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.dataplane.nodes.Packets;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.packet.IpProtocol;
import dev.weir.testing.Frames;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NatTest {
    private static final String CLIENT = "10.0.0.1", SERVER = "192.0.2.1", PUBLIC = "198.51.100.1";
    private static final FlowMatch INSIDE = FlowMatch.ALL.from(IpPrefix.of("10.0.0.0/8"));
    private static final FlowMatch INSIDE6 = FlowMatch.ALL.from(IpPrefix.of("fd00::/8"));

    private static NatConfig masquerade(String ports) {
        return NatConfig.ofSource(
                SourceRule.toPool("out", INSIDE, PortRange.of(ports), IpPrefix.of(PUBLIC)),
                SourceRule.toPool("out6", INSIDE6, PortRange.of(ports), IpPrefix.of("2001:db8::1")));
    }

    private static NodeBench bench(NatConfig config) {
        return new NodeBench(config, "inside", "outside");
    }

    /** A UDP or TCP packet or an echo, with right checksums. */
    private static byte[] packet(int protocol, String from, int fromPort, String to, int toPort) {
        return Packets.withChecksums(Frames.ethernet(Frames.ip(
                from,
                to,
                protocol,
                switch (protocol) {
                    case IpProtocol.UDP -> Frames.udp(fromPort, toPort, Frames.payload(9));
                    case IpProtocol.TCP -> Frames.tcp(fromPort, toPort, Frames.SYN, Frames.payload(0));
                    case IpProtocol.ICMP -> Packets.echo(8, fromPort);
                    case IpProtocol.ICMPV6 -> Packets.echo(128, fromPort);
                    default -> Frames.payload(16);
                })));
    }

    @ParameterizedTest(name = "protocol {0}: {1} port {2} is seen as {6}")
    @CsvSource({
        "17, 10.0.0.1, 5000, 192.0.2.1, 53, 1024-65535, 198.51.100.1:5000 > 192.0.2.1:53",
        "6, 10.0.0.1, 5000, 192.0.2.1, 80, 7000-7000, 198.51.100.1:7000 > 192.0.2.1:80",
        "1, 10.0.0.1, 5000, 192.0.2.1, 5000, 7-7, 198.51.100.1:7 > 192.0.2.1:7",
        "47, 10.0.0.1, 0, 192.0.2.1, 0, 7-7, 198.51.100.1:0 > 192.0.2.1:0",
        "17, fd00::1, 5000, 2001:db8::2, 53, 7-7, [2001:db8::1]:7 > [2001:db8::2]:53",
        "58, fd00::1, 5000, 2001:db8::2, 5000, 7-7, [2001:db8::1]:7 > [2001:db8::2]:7",
        "17, 172.16.0.1, 5000, 192.0.2.1, 53, 7-7, 172.16.0.1:5000 > 192.0.2.1:53"
    })
    void source_isTranslated_andAnswersAreRestored(
            int protocol, String from, int fromPort, String to, int toPort, String ports, String seen) {
        byte[] sent = packet(protocol, from, fromPort, to, toPort);
        try (var bench = bench(masquerade(ports))) {
            assertThat(bench.add("inside", sent).run()).containsExactly("next");
            byte[] outside = bench.frame(0);
            assertThat(Packets.ends(outside)).isEqualTo(seen);
            assertThat(Packets.withChecksums(outside)).as("checksums").isEqualTo(outside);
            byte[] answer = Packets.answer(outside);
            assertThat(bench.clear().add("outside", answer).run()).containsExactly("next");
            assertThat(bench.batch.isReverse(0)).isTrue();
            assertThat(bench.frame(0)).isEqualTo(Packets.answer(sent));
        }
    }

    @Test
    void portThatIsTaken_isReplacedByAnother() {
        try (var bench = bench(masquerade("5000-5001"))) {
            bench.add("inside", packet(17, CLIENT, 5000, SERVER, 53))
                    .add("inside", packet(17, "10.0.0.2", 5000, SERVER, 53))
                    .add("inside", packet(17, "10.0.0.3", 5000, SERVER, 53))
                    .add("inside", packet(17, "10.0.0.3", 5000, SERVER, 54));
            assertThat(bench.run()).containsExactly("next", "next", "drop:no-port", "next");
            assertThat(Packets.ends(bench.frame(0))).isEqualTo("198.51.100.1:5000 > 192.0.2.1:53");
            assertThat(Packets.ends(bench.frame(1))).isEqualTo("198.51.100.1:5001 > 192.0.2.1:53");
            assertThat(Packets.ends(bench.frame(3)))
                    .as("another destination has all ports to itself")
                    .isEqualTo("198.51.100.1:5000 > 192.0.2.1:54");
            assertThat(bench.counter("BINDINGS")).isEqualTo(3);
            assertThat(bench.counter("rule:out")).isEqualTo(3);
        }
    }

    @Test
    void binding_isFreeWhenItsFlowHasEnded() {
        try (var bench = bench(masquerade("5000-5000"))) {
            bench.add("inside", packet(17, CLIENT, 5000, SERVER, 53)).run();
            assertThat(bench.aliases()).isOne();
            bench.tick(NodeBench.START + 120 * NodeBench.SECOND);
            assertThat(bench.aliases()).isZero();
            assertThat(bench.counter("BINDINGS")).isZero();
            bench.clear().add("inside", packet(17, "10.0.0.2", 5000, SERVER, 53));
            assertThat(bench.run()).containsExactly("next");
        }
    }

    /** A connection that is closed and begun anew on the same ports in one vector keeps its port. */
    @Test
    void binding_ofAFlowBegunAnew_isTheSame() {
        byte[] syn = packet(6, CLIENT, 5000, SERVER, 80);
        byte[] reset = Frames.tcpFrame(CLIENT, 5000, SERVER, 80, Frames.RST, 0);
        try (var bench = bench(masquerade("5000-5000"))) {
            bench.add("inside", syn).add("inside", reset).add("inside", syn);
            assertThat(bench.run()).containsOnly("next");
            assertThat(Packets.ends(bench.frame(2))).isEqualTo("198.51.100.1:5000 > 192.0.2.1:80");
            assertThat(bench.aliases()).isOne();
        }
    }

    @Test
    void destination_isTranslated_andAnswersAreRestored() {
        FlowMatch web = FlowMatch.ALL.to(IpPrefix.of(PUBLIC)).toPorts(IpProtocol.TCP, PortRange.of("8000-8009"));
        var config = NatConfig.ofDestination(
                new DestinationRule("web", web, IpPrefix.of("10.0.0.80"), PortRange.of("9000-9009")));
        byte[] sent = packet(6, SERVER, 5000, PUBLIC, 8003);
        try (var bench = bench(config)) {
            bench.add("outside", sent).add("outside", packet(6, SERVER, 5000, PUBLIC, 8010));
            assertThat(bench.run()).containsOnly("next");
            assertThat(Packets.ends(bench.frame(0))).isEqualTo("192.0.2.1:5000 > 10.0.0.80:9003");
            assertThat(Packets.ends(bench.frame(1))).isEqualTo("192.0.2.1:5000 > 198.51.100.1:8010");
            assertThat(bench.trace(0))
                    .isEqualTo("192.0.2.1:5000 > 198.51.100.1:8003 becomes 192.0.2.1:5000 > 10.0.0.80:9003");
            byte[] answer = Packets.answer(bench.frame(0));
            assertThat(bench.clear().add("inside", answer).run()).containsExactly("next");
            assertThat(bench.frame(0)).isEqualTo(Packets.answer(sent));
            bench.assertAllocatesNothing(1000);
        }
    }

    @Test
    void prefix_isMappedOneToOne_inBothFamilies() {
        var config = new NatConfig(
                List.of(
                        SourceRule.toPrefix("four", INSIDE, IpPrefix.of("100.0.0.0/8")),
                        SourceRule.toPrefix(
                                "six", FlowMatch.ALL.from(IpPrefix.of("fd00::/64")), IpPrefix.of("2001:db8::/64"))),
                List.of(new DestinationRule(
                        "back", FlowMatch.ALL.to(IpPrefix.of("100.0.0.0/8")), IpPrefix.of("10.0.0.0/8"), null)));
        try (var bench = bench(config)) {
            bench.add("inside", packet(17, "10.1.2.3", 5000, SERVER, 53))
                    .add("inside", packet(17, "fd00::1:2:3", 5000, "2001:db8:1::1", 53))
                    .add("outside", packet(17, SERVER, 5000, "100.9.9.9", 53));
            assertThat(bench.run()).containsOnly("next");
            assertThat(Packets.ends(bench.frame(0))).isEqualTo("100.1.2.3:5000 > 192.0.2.1:53");
            assertThat(Packets.ends(bench.frame(1))).isEqualTo("[2001:db8::1:2:3]:5000 > [2001:db8:1::1]:53");
            assertThat(Packets.ends(bench.frame(2))).isEqualTo("192.0.2.1:5000 > 10.9.9.9:53");
        }
    }

    @Test
    void portsAddress_isThatOfItsInterface() {
        var config = NatConfig.ofSource(SourceRule.toPort("out", INSIDE, "outside"));
        try (var bench = bench(config)) {
            assertThat(bench.add("inside", packet(17, CLIENT, 5000, SERVER, 53)).run())
                    .as("it has none")
                    .containsExactly("drop:no-port");
            bench.addresses("outside", "203.0.113.7", "fe80::1").reload(config);
            bench.clear().add("inside", packet(17, CLIENT, 5000, SERVER, 53));
            assertThat(bench.run()).containsExactly("next");
            assertThat(Packets.ends(bench.frame(0))).isEqualTo("203.0.113.7:5000 > 192.0.2.1:53");
        }
    }

    /** A router outside cannot deliver; the error is about what the client sent, as the client sent it. */
    @Test
    void icmpError_aboutATranslatedFlow_isRestoredInsideAndOut() {
        byte[] sent = packet(17, CLIENT, 5000, SERVER, 53);
        try (var bench = bench(masquerade("7000-7000"))) {
            bench.add("inside", sent).run();
            byte[] error = Frames.ethernet(Packets.icmpError("192.0.2.9", PUBLIC, 11, 0, Packets.ipOf(bench.frame(0))));
            bench.clear().add("outside", Packets.withChecksums(error));
            assertThat(bench.run()).containsExactly("next");
            byte[] expected = Frames.ethernet(Packets.icmpError("192.0.2.9", CLIENT, 11, 0, Packets.ipOf(sent)));
            assertThat(bench.frame(0)).isEqualTo(Packets.withChecksums(expected));
        }
    }

    /** A host inside refuses an answer; the error that leaves is about the answer as it came, from whom it was sent to. */
    @Test
    void icmpError_fromInside_isTranslatedInsideAndOut() {
        try (var bench = bench(masquerade("7000-7000"))) {
            bench.add("inside", packet(17, CLIENT, 5000, SERVER, 53)).run();
            byte[] answer = Packets.answer(bench.frame(0));
            bench.clear().add("outside", answer).run();
            byte[] error = Frames.ethernet(Packets.icmpError(CLIENT, SERVER, 3, 3, Packets.ipOf(bench.frame(0))));
            bench.clear().add("inside", Packets.withChecksums(error));
            assertThat(bench.run()).containsExactly("next");
            byte[] expected = Frames.ethernet(Packets.icmpError(PUBLIC, SERVER, 3, 3, Packets.ipOf(answer)));
            assertThat(bench.frame(0)).isEqualTo(Packets.withChecksums(expected));
        }
    }

    @Test
    void fragments_followTheirFirst() {
        byte[] whole = Frames.udp(5000, 53, Frames.payload(32));
        byte[] head = java.util.Arrays.copyOf(whole, 24), tail = java.util.Arrays.copyOfRange(whole, 24, 40);
        try (var bench = bench(masquerade("7000-7000"))) {
            bench.add("inside", Frames.ethernet(Frames.ipv4(CLIENT, SERVER, 17, 9, Frames.MORE_FRAGMENTS, head)))
                    .add("inside", Frames.ethernet(Frames.ipv4(CLIENT, SERVER, 17, 9, 3, tail)));
            assertThat(bench.run()).containsOnly("next");
            assertThat(bench.aliases()).isOne();
            assertThat(Packets.ends(bench.frame(0))).isEqualTo("198.51.100.1:7000 > 192.0.2.1:53");
            assertThat(Packets.ends(bench.frame(1))).isEqualTo("198.51.100.1:0 > 192.0.2.1:0");
            assertThat(Packets.ipOf(bench.frame(1))).endsWith(tail);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        not IP                                   | arp     | next
        an error about an unknown flow           | error   | drop:no-flow
        an answer without a question             | syn-ack | drop:no-binding
        the same to who is not translated        | other   | next
        """)
    void packetsThatCannotBeBound(String what, String packet, String verdict) {
        byte[] unknown = Frames.ip(SERVER, CLIENT, 17, Frames.udp(1, 2, Frames.payload(0)));
        byte[] frame = switch (packet) {
            case "arp" -> Frames.arp();
            case "error" -> Frames.ethernet(Packets.icmpError(CLIENT, SERVER, 3, 3, unknown));
            case "syn-ack" -> Frames.tcpFrame(CLIENT, 80, SERVER, 5000, Frames.SYN | Frames.ACK, 0);
            default -> Frames.tcpFrame("172.16.0.1", 80, SERVER, 5000, Frames.SYN | Frames.ACK, 0);
        };
        try (var bench = bench(masquerade("7000-7000"))) {
            assertThat(bench.add("inside", frame).run()).containsExactly(verdict);
        }
    }

    @Test
    void reload_bindingsStay() {
        byte[] sent = packet(17, CLIENT, 5000, SERVER, 53);
        try (var bench = bench(masquerade("7000-7000"))) {
            bench.add("inside", sent).run();
            byte[] answer = Packets.answer(bench.frame(0));
            bench.reload(NatConfig.ofSource());
            bench.clear().add("outside", answer).add("inside", sent);
            assertThat(bench.run()).containsOnly("next");
            assertThat(bench.frame(0)).isEqualTo(Packets.answer(sent));
            assertThat(Packets.ends(bench.frame(1))).isEqualTo("198.51.100.1:7000 > 192.0.2.1:53");
            assertThat(bench.counter("BINDINGS")).isOne();
        }
    }

    /** Of two workers each takes only what comes back to it; so the two never give one key twice. */
    @ParameterizedTest(name = "protocol {0}")
    @ValueSource(ints = {6, 17, 1})
    void workers_shareTheKeysOutWithoutLocks(int protocol) {
        try (var one = bench(masquerade("2000-2999"));
                var first = one.peer(0, 2);
                var second = one.peer(1, 2)) {
            Set<String> seen = new HashSet<>();
            for (NodeBench worker : List.of(first, second)) {
                for (int n = 0; n < 200; n++) {
                    String client = "10." + worker.worker() + ".0." + n;
                    worker.clear().add("inside", packet(protocol, client, 2000, SERVER, 2000));
                    assertThat(worker.run()).as(client).containsExactly("next");
                    assertThat(seen.add(Packets.ends(worker.frame(0))))
                            .as(client)
                            .isTrue();
                }
            }
            assertThat(seen).hasSize(400);
        }
    }

    /** Whatever is sent, live flows have ends of their own, and every answer finds its way back, byte by byte. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 0x5EED})
    void translation_isInjective_andUndone(long seed) {
        var random = new SplittableRandom(seed);
        int[] protocols = {6, 17, 1};
        Map<String, String> live = new HashMap<>();
        try (var bench = bench(masquerade("5000-5063"))) {
            for (int step = 0; step < 3_000; step++) {
                int protocol = protocols[random.nextInt(3)];
                int port = 5000 + random.nextInt(40), toPort = protocol == 1 ? port : 50 + random.nextInt(2);
                byte[] sent = packet(protocol, "10.0.0." + random.nextInt(1, 9), port, SERVER, toPort);
                String what = "seed=%d step=%d %d %s".formatted(seed, step, protocol, Packets.ends(sent));
                String verdict = bench.clear().add("inside", sent).run().getFirst();
                byte[] outside = bench.frame(0);
                if (verdict.equals("drop:no-port")) {
                    continue;
                }
                assertThat(verdict).as(what).isEqualTo("next");
                String other = live.put(protocol + " " + Packets.ends(outside), Packets.ends(sent));
                assertThat(other == null || other.equals(Packets.ends(sent)))
                        .as(what)
                        .isTrue();
                assertThat(Packets.withChecksums(outside)).as(what).isEqualTo(outside);
                byte[] answer = Packets.answer(outside);
                assertThat(bench.clear().add("outside", answer).run()).as(what).containsExactly("next");
                assertThat(bench.frame(0)).as(what).isEqualTo(Packets.answer(sent));
                if (random.nextInt(400) == 0) {
                    bench.purge();
                    assertThat(bench.aliases()).as(what).isZero();
                    live.clear();
                }
            }
            assertThat(bench.counter("BINDINGS")).isEqualTo(bench.aliases());
        }
    }

    @Test
    void configuration_thatCannotBe_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SourceRule.toPrefix("r", INSIDE, IpPrefix.of("100.0.0.0/9")))
                .withMessage(
                        "rule r: prefix 100.0.0.0/9 for the source 10.0.0.0/8; one to one, both have the same family"
                                + " and length");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SourceRule.toPool("r", INSIDE6, SourceRule.PORTS, IpPrefix.of(PUBLIC)))
                .withMessage("rule r: 198.51.100.1 is not of IPv6, which it matches; addresses are translated within"
                        + " their family");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DestinationRule("r", INSIDE, IpPrefix.of(CLIENT), null))
                .withMessage(
                        "rule r: it gives 10.0.0.1 but does not match destinations of IPv4; say which destination it"
                                + " is for");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SourceRule.toPool("r", INSIDE, SourceRule.PORTS))
                .withMessage("rule r: it says in 0 ways what the source becomes; give one of pool, port, prefix");
    }
}
