package dev.weir.dataplane.nodes.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.dataplane.nodes.Packets;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.packet.Checksums;
import dev.weir.packet.Ethernet;
import dev.weir.packet.Icmp;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Ipv4;
import dev.weir.packet.Ipv6;
import dev.weir.packet.Tcp;
import dev.weir.testing.Frames;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirewallTest {
    private static final String INSIDE = "10.0.0.1", OUTSIDE = "192.0.2.1";
    private static final Rule OUT = Rule.named("out", Verdict.ACCEPT).from(IpPrefix.of("10.0.0.0/8"));
    private static final Rule WEB = Rule.named("web", Verdict.ACCEPT)
            .by("outside")
            .ofProtocol(IpProtocol.TCP)
            .toPorts(PortRange.of("80"));
    private static final Rule NO_MAIL =
            Rule.named("no-mail", Verdict.REJECT).ofProtocol(IpProtocol.TCP).toPorts(PortRange.of("25"));
    private static final Rule NO_NAMES =
            Rule.named("no-names", Verdict.REJECT).ofProtocol(IpProtocol.UDP).toPorts(PortRange.of("53"));

    private static NodeBench bench(FirewallConfig config) {
        return new NodeBench(config, "inside", "outside");
    }

    private static byte[] syn(String from, String to, int port) {
        return Frames.tcpFrame(from, 5000, to, port, Frames.SYN, 0);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        what a rule accepts            | inside  | 10.0.0.1  | 192.0.2.1 | 443 | next          | accept by rule out
        what another rule accepts      | outside | 192.0.2.1 | 10.0.0.1  | 80  | next          | accept by rule web
        the same by another port       | inside  | 192.0.2.1 | 10.0.0.1  | 80  | drop:denied   | drop by default
        what no rule is for            | outside | 192.0.2.1 | 10.0.0.1  | 22  | drop:denied   | drop by default
        an earlier rule goes first     | inside  | 10.0.0.1  | 192.0.2.1 | 25  | drop:rejected | reject by rule no-mail
        """)
    void firstPacket_isJudgedByTheFirstRuleThatFits(
            String what, String port, String from, String to, int toPort, String verdict, String trace) {
        try (var bench = bench(FirewallConfig.of(NO_MAIL, OUT, WEB))) {
            assertThat(bench.add(port, syn(from, to, toPort)).run()).containsExactly(verdict);
            assertThat(bench.trace(0)).isEqualTo(trace);
        }
    }

    @Test
    void establishedFlow_passesBothWaysWithoutRules() {
        try (var bench = bench(FirewallConfig.of(OUT))) {
            bench.add("inside", Frames.udpFrame(INSIDE, 5000, OUTSIDE, 53, 4))
                    .add("outside", Frames.udpFrame(OUTSIDE, 53, INSIDE, 5000, 4))
                    .add("outside", Frames.udpFrame(OUTSIDE, 54, INSIDE, 5000, 4));
            assertThat(bench.run()).containsExactly("next", "next", "drop:denied");
            assertThat(bench.counter("rule:out")).isEqualTo(1);
            assertThat(bench.counter("ESTABLISHED")).isEqualTo(1);
            assertThat(bench.counter("DEFAULT")).isEqualTo(1);
            bench.assertAllocatesNothing(1000);
        }
    }

    @Test
    void icmpError_quotingAnAcceptedFlow_isRelated() {
        byte[] sent = Frames.ip(INSIDE, OUTSIDE, Frames.UDP, Frames.udp(5000, 53, Frames.payload(4)));
        byte[] unknown = Frames.ip(INSIDE, OUTSIDE, Frames.UDP, Frames.udp(5001, 53, Frames.payload(4)));
        try (var bench = bench(FirewallConfig.of(OUT))) {
            bench.add("inside", Frames.ethernet(sent)).run();
            bench.clear()
                    .add("outside", Frames.ethernet(Packets.icmpError("192.0.2.9", INSIDE, 3, 1, sent)))
                    .add("outside", Frames.ethernet(Packets.icmpError("192.0.2.9", INSIDE, 3, 1, unknown)));
            assertThat(bench.run()).containsExactly("next", "drop:denied");
            assertThat(bench.counter("RELATED")).isEqualTo(1);
            assertThat(bench.trace(0)).isEqualTo("accept (related) by rule out");
        }
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        a SYN begins a flow           | 2  | next
        a SYN with ECN, too           | 194 | next
        a SYN with an acknowledgement | 18 | drop:invalid
        an acknowledgement            | 16 | drop:invalid
        a reset                       | 4  | drop:invalid
        nothing set                   | 0  | drop:invalid
        """)
    void strict_onlyAPlainSynBegins(String what, int flags, String verdict) {
        try (var bench = bench(FirewallConfig.of(OUT).withStrict())) {
            assertThat(bench.add("inside", Frames.tcpFrame(INSIDE, 5000, OUTSIDE, 80, flags, 0))
                            .run())
                    .containsExactly(verdict);
        }
    }

    /** What was invalid leaves nothing behind: the connection can still begin. */
    @Test
    void strict_synAfterAnInvalidPacket_isJudged() {
        try (var bench = bench(FirewallConfig.of(OUT).withStrict())) {
            bench.add("inside", Frames.tcpFrame(INSIDE, 5000, OUTSIDE, 80, Frames.ACK, 0))
                    .add("inside", syn(INSIDE, OUTSIDE, 80))
                    .add("outside", Frames.tcpFrame(OUTSIDE, 80, INSIDE, 5000, Frames.SYN | Frames.ACK, 0));
            assertThat(bench.run()).containsExactly("drop:invalid", "next", "next");
        }
    }

    /** The initiator of what begins with SYN and ACK is its destination, but it is the sender that rules are about. */
    @Test
    void notStrict_synAckFromOutside_isNotTakenForTheInsidesConnection() {
        try (var bench = bench(FirewallConfig.of(OUT))) {
            assertThat(bench.add("outside", Frames.tcpFrame(OUTSIDE, 80, INSIDE, 5000, Frames.SYN | Frames.ACK, 0))
                            .run())
                    .containsExactly("drop:denied");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"ACCEPT, next", "DROP, drop:unhandled", "REJECT, drop:unhandled"})
    void notIp_hasItsOwnVerdict(Verdict unhandled, String verdict) {
        try (var bench = bench(FirewallConfig.of().withUnhandled(unhandled))) {
            assertThat(bench.add("inside", Frames.arp()).run()).containsExactly(verdict);
        }
    }

    @ParameterizedTest(name = "{0}: sequence {3}, acknowledgement {4}")
    @CsvSource({
        "connection attempt, 10.0.0.1, 2, 0, 1, 20, 0",
        "data without acknowledgement, 10.0.0.1, 8, 0, 3, 20, 3",
        "acknowledged data, 10.0.0.1, 24, 77, 0, 4, 3",
        "the same over IPv6, 2001:db8::1, 24, 77, 0, 4, 3",
        "closing, 10.0.0.1, 1, 0, 4, 20, 3"
    })
    void rejectedTcp_isReset(
            String what, String from, int flags, int sequence, int acknowledgement, int answer, int payload) {
        String to = from.equals(INSIDE) ? OUTSIDE : "2001:db8::2";
        byte[] frame = Frames.tcpFrame(from, 5000, to, 25, flags, payload);
        int network = Ethernet.SIZE, tcp = network + (from.equals(INSIDE) ? Ipv4.SIZE : Ipv6.SIZE);
        frame[tcp + 11] = (byte) 77;
        try (var bench = bench(FirewallConfig.of(NO_MAIL))) {
            assertThat(bench.add("inside", frame).run()).containsExactly("drop:rejected");
            assertThat(bench.sent).hasSize(1);
            assertThat(bench.sent.getFirst().port).isEqualTo("inside");
            MemorySegment s = MemorySegment.ofArray(bench.sent.getFirst().frame);
            assertThat(Ethernet.destination(s, 0)).isEqualTo(Frames.HOST_A);
            assertThat(Ethernet.source(s, 0)).isEqualTo(Frames.HOST_B);
            assertThat(Tcp.sourcePort(s, tcp)).isEqualTo(25);
            assertThat(Tcp.destinationPort(s, tcp)).isEqualTo(5000);
            assertThat(Tcp.flags(s, tcp)).isEqualTo(answer);
            assertThat(Tcp.sequence(s, tcp)).isEqualTo(sequence);
            assertThat(Tcp.acknowledgement(s, tcp)).isEqualTo(acknowledgement);
            assertThat(Checksums.transport(s, network, tcp, Tcp.SIZE, IpProtocol.TCP))
                    .isZero();
        }
    }

    @ParameterizedTest(name = "{0} over {1}")
    @CsvSource({
        "ADMINISTRATIVE, 10.0.0.1, 3, 13", "PORT, 10.0.0.1, 3, 3",
        "ADMINISTRATIVE, 2001:db8::1, 1, 1", "PORT, 2001:db8::1, 1, 4"
    })
    void rejectedUdp_isToldUnreachable(FirewallConfig.Rejection how, String from, int type, int code) {
        boolean v4 = from.equals(INSIDE);
        byte[] frame = Frames.udpFrame(from, 5000, v4 ? OUTSIDE : "2001:db8::2", 53, 20);
        try (var bench = bench(FirewallConfig.of(NO_NAMES).withAnswers(how, 1))) {
            bench.add("inside", frame).add("inside", frame);
            assertThat(bench.run()).containsOnly("drop:rejected");
            assertThat(bench.sent).as("one a second").hasSize(1);
            assertThat(bench.counter("UNANSWERED")).isEqualTo(1);
            MemorySegment s = MemorySegment.ofArray(bench.sent.getFirst().frame);
            int at = Ethernet.SIZE + (v4 ? Ipv4.SIZE : Ipv6.SIZE);
            int length = (int) s.byteSize() - at;
            assertThat(Icmp.type(s, at)).isEqualTo(type);
            assertThat(Icmp.code(s, at)).isEqualTo(code);
            assertThat(
                            v4
                                    ? Checksums.internet(s, at, length)
                                    : Checksums.transport(s, Ethernet.SIZE, at, length, IpProtocol.ICMPV6))
                    .isZero();
            assertThat(s.asSlice(at + Icmp.SIZE)
                            .mismatch(MemorySegment.ofArray(frame).asSlice(Ethernet.SIZE)))
                    .as("the quotation")
                    .isEqualTo(-1);
        }
    }

    @Test
    void unanswerable_isRejectedInSilence() {
        byte[] udp = Frames.udp(5000, 53, Frames.payload(4));
        byte[] toGroup = Frames.ip(INSIDE, "224.0.0.251", Frames.UDP, udp);
        byte[] toAll = Frames.ip(INSIDE, "255.255.255.255", Frames.UDP, udp);
        byte[] fromNobody = Frames.ip("0.0.0.0", OUTSIDE, Frames.UDP, udp);
        byte[] plain = Frames.ip(INSIDE, OUTSIDE, Frames.UDP, udp);
        byte[] later = Frames.ipv4(INSIDE, OUTSIDE, Frames.UDP, 7, 5, udp);
        byte[] reset = Frames.ip(INSIDE, OUTSIDE, Frames.TCP, Frames.tcp(1, 25, Frames.RST, Frames.payload(0)));
        byte[] error = Packets.icmpError("192.0.2.9", INSIDE, 3, 1, plain);
        try (var bench = bench(FirewallConfig.of().withOtherwise(Verdict.REJECT))) {
            bench.add("inside", Frames.ethernet(toGroup))
                    .add("inside", Frames.ethernet(toAll))
                    .add("inside", Frames.ethernet(fromNobody))
                    .add("inside", Frames.ethernet(Frames.BROADCAST, Frames.HOST_A, 0x0800, plain))
                    .add("inside", Frames.ethernet(later))
                    .add("inside", Frames.ethernet(reset))
                    .add("inside", Frames.ethernet(error));
            assertThat(bench.run()).containsOnly("drop:rejected");
            assertThat(bench.sent).isEmpty();
        }
    }

    @Test
    void rejectedFlow_isAnsweredEachTime() {
        try (var bench = bench(FirewallConfig.of(NO_NAMES).withAnswers(FirewallConfig.Rejection.PORT, 100))) {
            byte[] frame = Frames.udpFrame(INSIDE, 5000, OUTSIDE, 53, 20);
            bench.add("inside", frame).add("inside", frame);
            assertThat(bench.run()).containsOnly("drop:rejected");
            assertThat(bench.sent).hasSize(2);
            bench.assertAllocatesNothing(NodeBench.SECOND / 10);
        }
    }

    @ParameterizedTest(name = "recheck {0}: {1}")
    @CsvSource({"false, next, accept by earlier rules", "true, drop:denied, drop by default"})
    void reload_flowsKeepTheirVerdict_unlessRechecked(boolean recheck, String verdict, String trace) {
        FirewallConfig none = FirewallConfig.of();
        try (var bench = bench(FirewallConfig.of(OUT))) {
            bench.add("inside", Frames.udpFrame(INSIDE, 5000, OUTSIDE, 53, 4)).run();
            bench.reload(recheck ? none.withRecheck() : none);
            bench.clear().add("outside", Frames.udpFrame(OUTSIDE, 53, INSIDE, 5000, 4));
            assertThat(bench.run()).containsExactly(verdict);
            assertThat(bench.trace(0)).isEqualTo(trace);
        }
    }

    @Test
    void configuration_thatCannotBe_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FirewallConfig.of(OUT, OUT))
                .withMessage("rule out: two have this name; counters are listed by it, give each its own");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OUT.toPorts(PortRange.of("80")))
                .withMessage("ports without a protocol that has some; say tcp, udp, udp-lite, sctp or dccp");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OUT.to(IpPrefix.of("::/0")))
                .withMessage("source 10.0.0.0/8 and destination ::/0 are of two families; make two rules");
    }
}
