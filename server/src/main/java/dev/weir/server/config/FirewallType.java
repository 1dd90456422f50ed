package dev.weir.server.config;

import static java.util.Map.entry;

import dev.weir.dataplane.nodes.PortRange;
import dev.weir.dataplane.nodes.firewall.FirewallConfig;
import dev.weir.dataplane.nodes.firewall.FirewallConfig.Rejection;
import dev.weir.dataplane.nodes.firewall.Rule;
import dev.weir.dataplane.nodes.firewall.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The options of a firewall. */
final class FirewallType {
    private static final FirewallConfig DEFAULTS = FirewallConfig.of();
    private static final List<String> FLAGS = List.of("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr");
    private static final Kind<Verdict> VERDICT = Kinds.choice(Verdict.class);

    private static final Field<Integer> FAMILY = Field.optional(
            "family",
            Kinds.choice(Kinds.words(entry("ipv4", 4), entry("ipv6", 6))),
            "any",
            "The address family, where no address says it.");

    private static final Field<PortRange> SOURCE_PORT = Field.optional(
            "source-port", MatchFields.PORTS, "any", "The source port; only with a protocol that has ports.");

    /** {@code mask << 8 | value}. */
    private static final Field<Integer> TCP_FLAGS = Field.optional(
            "tcp-flags",
            Kinds.of(
                    Lists.some(Kinds.choice(flags())),
                    "a list: " + String.join(", ", FLAGS) + ", or these with `not-` before them",
                    FirewallType::masked),
            "any",
            "TCP flags that are set, or with `not-` before them are not: `[syn, not-ack]`.");

    private static final Field<Verdict> THEN = Field.required(
            "verdict",
            VERDICT,
            "What becomes of the flow: it passes, is dropped, or is dropped and its sender is told.");

    private static final Section<Rule> RULE = new Section<>(
            "firewall-rule",
            "Which flows, by the packet that begins them, before any translation; and what becomes of them.",
            MatchFields.andOthers(FAMILY, SOURCE_PORT, TCP_FLAGS, IcmpTypes.field(), THEN),
            FirewallType::rule);

    private static final Field<List<Rule>> RULES =
            Field.of("rules", Lists.of(RULE), List.of(), "none", "The rules in order; the first that fits decides.");

    private static final Field<Verdict> OTHERWISE =
            Field.of("default", VERDICT, DEFAULTS.otherwise(), "drop", "What becomes of flows that no rule fits.");

    private static final Field<Boolean> STRICT = Field.of(
            "strict",
            Kinds.SWITCH,
            DEFAULTS.strict(),
            "false",
            "Whether TCP flows begin with a plain SYN only, so that connections older than the firewall are dropped too.");

    private static final Field<Boolean> RECHECK = Field.of(
            "recheck",
            Kinds.SWITCH,
            DEFAULTS.recheck(),
            "false",
            "Whether a change of the rules decides flows again that were decided before; else they keep their verdict.");

    private static final Field<Verdict> UNHANDLED = Field.of(
            "unhandled",
            VERDICT,
            DEFAULTS.unhandled(),
            "accept",
            "What becomes of packets that are not IP, such as ARP.");

    private static final Field<Rejection> REJECTION = Field.of(
            "rejection",
            Kinds.choice(Rejection.class),
            DEFAULTS.rejection(),
            "administrative",
            "Why ICMP says that it was rejected: nobody at that port, or forbidden. TCP gets a reset.");

    private static final Field<Integer> ANSWERS = Field.of(
            "answers-per-second",
            Kinds.integer(0, Integer.MAX_VALUE),
            DEFAULTS.answersPerSecond(),
            "1000",
            "How many senders a worker tells at the most.");

    static final NodeType TYPE = new NodeType(
            "firewall",
            "Decides each flow by the first rule that its first packet fits; all that belongs to the flow follows, in both directions.",
            List.of(OTHERWISE, RULES, STRICT, RECHECK, UNHANDLED, REJECTION, ANSWERS),
            values -> new FirewallConfig(
                    values.get(RULES),
                    values.get(OTHERWISE),
                    values.get(STRICT),
                    values.get(RECHECK),
                    values.get(UNHANDLED),
                    values.get(REJECTION),
                    values.get(ANSWERS)));

    private FirewallType() {}

    /** Each flag by its name, {@code mask << 8 | value}. */
    private static Map<String, Integer> flags() {
        Map<String, Integer> flags = new LinkedHashMap<>();
        for (int bit = 0; bit < FLAGS.size(); bit++) {
            flags.put(FLAGS.get(bit), 1 << bit << 8 | 1 << bit);
        }
        for (int bit = 0; bit < FLAGS.size(); bit++) {
            flags.put("not-" + FLAGS.get(bit), 1 << bit << 8);
        }
        return flags;
    }

    private static int masked(List<Integer> flags) {
        int mask = 0, value = 0;
        for (int flag : flags) {
            if ((mask & flag >>> 8) != 0) {
                throw new IllegalArgumentException("a flag is named twice; name each once, set or not");
            }
            mask |= flag >>> 8;
            value |= flag & 0xFF;
        }
        return mask << 8 | value;
    }

    private static Rule rule(Values values) {
        return new Rule(
                values.get(MatchFields.NAME),
                values.get(THEN),
                MatchFields.flowsOfRule(values),
                MatchFields.number(values.find(FAMILY)),
                values.find(SOURCE_PORT).orElse(null),
                MatchFields.number(values.find(TCP_FLAGS)),
                IcmpTypes.of(values));
    }
}
