package dev.weir.server.config;

import static java.util.Map.entry;

import dev.weir.dataplane.nodes.firewall.IcmpMatch;
import dev.weir.packet.IpProtocol;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Types of ICMP and ICMPv6 as a rule writes them: IANA's name or the number, and a code after a slash. The two protocols
 * have names in common that are other numbers, so the rule's protocol says what a name means.
 */
final class IcmpTypes {
    /** A type and perhaps a code as they are written. */
    private record Word(String type, OptionalInt code) {}

    private static final Pattern WORD = Pattern.compile("([a-z0-9-]{1,64})(?:/([0-9]{1,3}))?");

    private static final Map<String, Integer> ICMP = Kinds.words(
            entry("echo-reply", 0),
            entry("destination-unreachable", 3),
            entry("redirect", 5),
            entry("echo-request", 8),
            entry("router-advertisement", 9),
            entry("router-solicitation", 10),
            entry("time-exceeded", 11),
            entry("parameter-problem", 12),
            entry("timestamp-request", 13),
            entry("timestamp-reply", 14));

    private static final Map<String, Integer> ICMPV6 = Kinds.words(
            entry("destination-unreachable", 1),
            entry("packet-too-big", 2),
            entry("time-exceeded", 3),
            entry("parameter-problem", 4),
            entry("echo-request", 128),
            entry("echo-reply", 129),
            entry("multicast-listener-query", 130),
            entry("multicast-listener-report", 131),
            entry("multicast-listener-done", 132),
            entry("router-solicitation", 133),
            entry("router-advertisement", 134),
            entry("neighbor-solicitation", 135),
            entry("neighbor-advertisement", 136),
            entry("redirect", 137),
            entry("multicast-listener-report-v2", 143));

    private static final Field<List<Word>> FIELD = Field.optional(
            "icmp-types",
            Lists.some(new Scalars<>(
                    "the name or number of an ICMP type, or these with a code as `destination-unreachable/4`",
                    "write a type as echo-request or 8, or with a code as 3/4",
                    schema(),
                    IcmpTypes::word)),
            "any",
            "Types of ICMP messages; only with protocol icmp or ipv6-icmp. Each message is judged by its own type, see [ICMP](#icmp).");

    private IcmpTypes() {}

    /** The names for those who write, or anything of that form. */
    private static Map<String, Object> schema() {
        Set<String> names = new LinkedHashSet<>(ICMP.keySet());
        names.addAll(ICMPV6.keySet());
        return Json.object(
                "anyOf",
                List.of(
                        Json.object("enum", List.copyOf(names)),
                        Json.object("type", "integer", "minimum", 0, "maximum", 255),
                        Json.object("type", "string", "pattern", "^" + WORD.pattern() + "$")));
    }

    private static Word word(String text) {
        Matcher parts = WORD.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no ICMP type; write it as echo-request or 8, or with a code as 3/4");
        }
        String type = parts.group(1), code = parts.group(2);
        if (isNumber(type)) {
            Kinds.whole(type, 0, 255);
        }
        return new Word(type, code == null ? OptionalInt.empty() : OptionalInt.of((int) Kinds.whole(code, 0, 255)));
    }

    private static boolean isNumber(String type) {
        return type.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    static Field<?> field() {
        return FIELD;
    }

    /** Those of a rule; none where it names none. */
    static List<IcmpMatch> of(Values values) {
        List<IcmpMatch> messages = new ArrayList<>();
        for (Word word : values.find(FIELD).orElse(List.of())) {
            messages.add(new IcmpMatch(type(word.type(), values), word.code()));
        }
        return messages;
    }

    private static int type(String text, Values values) {
        if (isNumber(text)) {
            return Integer.parseInt(text);
        }
        int protocol = values.find(MatchFields.PROTOCOL).orElse(-1);
        Map<String, Integer> types = switch (protocol) {
            case IpProtocol.ICMP -> ICMP;
            case IpProtocol.ICMPV6 -> ICMPV6;
            default ->
                throw new IllegalArgumentException("rule " + values.get(MatchFields.NAME)
                        + ": ICMP types of another protocol; say icmp or ipv6-icmp");
        };
        Integer known = types.get(text);
        if (known == null) {
            throw new IllegalArgumentException("rule " + values.get(MatchFields.NAME) + ": '" + text
                    + "' is no type of " + (protocol == IpProtocol.ICMP ? "icmp" : "ipv6-icmp")
                    + " that has a name here; "
                    + Spelling.suggest(text, types.keySet(), "give its number, 0 to 255"));
        }
        return known;
    }
}
