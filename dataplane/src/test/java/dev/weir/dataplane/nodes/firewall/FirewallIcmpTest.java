package dev.weir.dataplane.nodes.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.dataplane.nodes.Packets;
import dev.weir.packet.IpProtocol;
import dev.weir.testing.Frames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Types and codes of ICMP; what of a flow of it says anything of the rest. */
class FirewallIcmpTest {
    private static final String INSIDE = "10.0.0.1", OUTSIDE = "192.0.2.1";
    private static final String INSIDE6 = "2001:db8::1", OUTSIDE6 = "2001:db8::2";
    private static final int SOLICITATION = 135, ADVERTISEMENT = 136, REDIRECT6 = 137;

    private static final Rule NEIGHBOURS = Rule.named("neighbours", Verdict.ACCEPT)
            .ofProtocol(IpProtocol.ICMPV6)
            .ofMessages(IcmpMatch.ofType(SOLICITATION), IcmpMatch.ofType(ADVERTISEMENT));
    private static final Rule OUT = Rule.named("out", Verdict.ACCEPT).by("inside");

    private static NodeBench bench(Rule... rules) {
        return bench(FirewallConfig.of(rules));
    }

    private static NodeBench bench(FirewallConfig config) {
        return new NodeBench(config, "inside", "outside");
    }

    private static byte[] message(boolean v6, boolean fromInside, int type, int code, int identifier) {
        byte[] message = Packets.echo(type, identifier);
        message[1] = (byte) code;
        String inside = v6 ? INSIDE6 : INSIDE, outside = v6 ? OUTSIDE6 : OUTSIDE;
        return Frames.ethernet(Frames.ip(
                fromInside ? inside : outside,
                fromInside ? outside : inside,
                v6 ? Frames.ICMPV6 : Frames.ICMP,
                message));
    }

    private static void add(NodeBench bench, boolean v6, boolean fromInside, int type) {
        bench.add(fromInside ? "inside" : "outside", message(v6, fromInside, type, 0, 0));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        a type that the rule names              | true  | 135 | 0 | next        | accept by rule neighbours
        another that it names                   | true  | 136 | 0 | next        | accept by rule neighbours
        one that it does not name               | true  | 128 | 0 | drop:denied | drop by default
        the same number of the other protocol   | false | 135 | 0 | drop:denied | drop by default
        the code that the rule names            | false | 3   | 4 | next        | accept by rule too-big
        another code of its type                | false | 3   | 1 | drop:denied | drop by default
        """)
    void message_isJudgedByTypeAndCode(String what, boolean v6, int type, int code, String verdict, String trace) {
        Rule tooBig = Rule.named("too-big", Verdict.ACCEPT)
                .ofProtocol(IpProtocol.ICMP)
                .ofMessages(new IcmpMatch(3, OptionalInt.of(4)));
        try (var bench = bench(NEIGHBOURS, tooBig)) {
            bench.add("outside", message(v6, false, type, code, 0));
            assertThat(bench.run()).containsExactly(verdict);
            assertThat(bench.trace(0)).isEqualTo(trace);
        }
    }

    /** All of these have one key: addresses, protocol, no ports. */
    @ParameterizedTest(name = "the first message is {0}")
    @ValueSource(ints = {SOLICITATION, ADVERTISEMENT, REDIRECT6})
    void verdictOfOneType_isNotAnothers(int first) {
        try (var bench = bench(NEIGHBOURS)) {
            add(bench, true, true, first);
            for (boolean fromInside : new boolean[] {true, false}) {
                add(bench, true, fromInside, REDIRECT6);
                add(bench, true, fromInside, SOLICITATION);
                add(bench, true, fromInside, REDIRECT6);
                add(bench, true, fromInside, ADVERTISEMENT);
                add(bench, true, fromInside, 1);
            }
            List<String> each = List.of("drop:denied", "next", "drop:denied", "next", "drop:denied");
            List<String> verdicts = bench.run();
            assertThat(verdicts.getFirst()).isEqualTo(first == REDIRECT6 ? "drop:denied" : "next");
            assertThat(verdicts.subList(1, 6)).isEqualTo(each);
            assertThat(verdicts.subList(6, 11)).isEqualTo(each);
            bench.assertAllocatesNothing(1000);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "echo, false, 8, 0",
        "timestamp, false, 13, 14",
        "information, false, 15, 16",
        "address mask, false, 17, 18",
        "echo over IPv6, true, 128, 129",
        "router, true, 133, 134",
        "neighbour, true, 135, 136"
    })
    void answer_passesWhereItWasAskedFor(String what, boolean v6, int request, int answer) {
        try (var bench = bench(OUT)) {
            add(bench, v6, false, answer);
            assertThat(bench.run()).as("an answer to nothing").containsExactly("drop:denied");
            add(bench.clear(), v6, true, request);
            add(bench, v6, false, answer);
            add(bench, v6, true, request);
            add(bench, v6, false, request);
            add(bench, v6, false, request == 8 ? 13 : request == 128 ? 135 : request - 5);
            assertThat(bench.run())
                    .as("asked, answered, asked again; the outside's own request; another type")
                    .containsExactly("next", "next", "next", "drop:denied", "drop:denied");
            assertThat(bench.trace(1)).isEqualTo("accept by rule out");
            assertThat(bench.counter("rule:out")).isEqualTo(1);
            assertThat(bench.counter("ESTABLISHED")).isEqualTo(2);
            assertThat(bench.counter("DEFAULT")).isEqualTo(3);
        }
    }

    /** Code 0 is the only one that requests have. */
    @Test
    void requestWithAnotherCode_isNoLeaveForOthers() {
        try (var bench = bench(OUT)) {
            bench.add("inside", message(false, true, 13, 1, 0));
            add(bench, false, false, 14);
            assertThat(bench.run()).containsExactly("next", "drop:denied");
        }
    }

    @Test
    void error_aboutWhatWasAsked_isRelated_aboutAnythingElseIsNot() {
        byte[] asked = message(false, true, 8, 0, 7), refused = message(false, false, 8, 0, 9);
        try (var bench = bench(OUT)) {
            bench.add("inside", asked).add("outside", refused).run();
            bench.clear()
                    .add("outside", error("192.0.2.9", INSIDE, asked))
                    .add("inside", error("10.0.0.9", OUTSIDE, refused));
            assertThat(bench.run()).containsExactly("next", "drop:invalid");
            assertThat(bench.trace(0)).isEqualTo("accept (related) by rule out");
            assertThat(bench.trace(1)).isEqualTo("invalid: begins no flow");
            assertThat(bench.counter("RELATED")).isEqualTo(1);
        }
    }

    private static byte[] error(String from, String to, byte[] about) {
        return Frames.ethernet(Packets.icmpError(from, to, 3, 1, Packets.ipOf(about)));
    }

    /** They show no type. */
    @ParameterizedTest(name = "the echo from {0}: {1}")
    @CsvSource({"inside, next", "outside, drop:denied"})
    void laterFragment_followsWhatWasAskedOfItsFlow(String from, String verdict) {
        boolean inside = from.equals("inside");
        byte[] whole = Packets.ipOf(message(false, inside, 8, 0, 7));
        byte[] echo = Arrays.copyOfRange(whole, 20, whole.length);
        String source = inside ? INSIDE : OUTSIDE, destination = inside ? OUTSIDE : INSIDE;
        Rule echoes = OUT.ofProtocol(IpProtocol.ICMP).ofMessages(IcmpMatch.ofType(8));
        try (var bench = bench(echoes)) {
            bench.add(
                    from,
                    Frames.ethernet(Frames.ipv4(source, destination, Frames.ICMP, 5, Frames.MORE_FRAGMENTS, echo)));
            bench.add(from, Frames.ethernet(Frames.ipv4(source, destination, Frames.ICMP, 5, 2, Frames.payload(24))));
            assertThat(bench.run()).containsExactly(verdict, verdict);
        }
    }

    @ParameterizedTest(name = "recheck {0}, still accepted {1}: {2}, {3}")
    @CsvSource({
        "false, true, next, accept by earlier rules",
        "false, false, next, accept by earlier rules",
        "true, true, next, accept by rule pings",
        "true, false, drop:denied, drop by default"
    })
    void reload_whatWasAskedStays_unlessRechecked(boolean recheck, boolean accepted, String verdict, String trace) {
        Rule pings = Rule.named("pings", Verdict.ACCEPT)
                .by("inside")
                .ofProtocol(IpProtocol.ICMP)
                .ofMessages(IcmpMatch.ofType(8));
        FirewallConfig after = accepted ? FirewallConfig.of(pings) : FirewallConfig.of();
        try (var bench = bench(OUT)) {
            add(bench, false, true, 8);
            bench.run();
            bench.reload(recheck ? after.withRecheck() : after);
            add(bench.clear(), false, false, 0);
            assertThat(bench.run()).containsExactly(verdict);
            assertThat(bench.trace(0)).isEqualTo(trace);
            assertThat(bench.counter("RECHECKED")).isEqualTo(recheck ? 1 : 0);
        }
    }

    /** A plain model: a set of what each end has asked. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 0x5EED})
    void anyMessages_agreeWithAModel(long seed) {
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 40; round++) {
            boolean v6 = random.nextBoolean();
            int[] types = v6
                    ? new int[] {1, 128, 129, 133, 134, 135, 136, 137, 255}
                    : new int[] {0, 3, 5, 8, 13, 14, 15, 16, 17, 18};
            Map<Integer, Integer> answers =
                    v6 ? Map.of(129, 128, 134, 133, 136, 135) : Map.of(0, 8, 14, 13, 16, 15, 18, 17);
            var open = new HashSet<Integer>();
            for (int type : types) {
                if (random.nextInt(3) == 0) {
                    open.add(type);
                }
            }
            Rule some = Rule.named("some", Verdict.ACCEPT)
                    .from(IpPrefix.of(v6 ? INSIDE6 : INSIDE))
                    .ofProtocol(v6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP)
                    .ofMessages(open.stream().map(IcmpMatch::ofType).toArray(IcmpMatch[]::new));
            try (var bench = bench(open.isEmpty() ? new Rule[0] : new Rule[] {some})) {
                Set<List<Integer>> asked = new HashSet<>();
                var expected = new ArrayList<String>();
                for (int step = 0; step < 60; step++) {
                    int from = random.nextInt(2),
                            type = types[random.nextInt(types.length)],
                            code = random.nextInt(8) / 7;
                    int identifier = random.nextInt(2);
                    bench.add(from == 0 ? "inside" : "outside", message(v6, from == 0, type, code, identifier));
                    int key = type == (v6 ? 128 : 8) || type == (v6 ? 129 : 0) ? identifier : 0;
                    boolean passes = code == 0
                            && (asked.contains(List.of(key, from, type))
                                    || asked.contains(List.of(key, 1 - from, answers.getOrDefault(type, -1))));
                    boolean accepted = from == 0 && open.contains(type);
                    if (accepted && code == 0 && answers.containsValue(type)) {
                        asked.add(List.of(key, from, type));
                    }
                    expected.add(passes || accepted ? "next" : "drop:denied");
                }
                assertThat(bench.run())
                        .as("seed=%d round=%d open=%s", seed, round, open)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void types_ofWhatHasNone_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OUT.ofMessages(IcmpMatch.ofType(8)))
                .withMessage("rule out: ICMP types of another protocol; say icmp or ipv6-icmp");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IcmpMatch.ofType(256))
                .withMessage("ICMP type 256; it is 0 to 255");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IcmpMatch(8, OptionalInt.of(-1)))
                .withMessage("ICMP code -1; it is 0 to 255");
    }
}
