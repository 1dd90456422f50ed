package dev.weir.server.config;

import static java.util.Map.entry;

import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.packet.IpProtocol;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The options that say which flows a rule is for; what is left out is for all. */
final class MatchFields {
    private static final Map<String, Integer> PROTOCOLS = Kinds.words(
            entry("tcp", IpProtocol.TCP),
            entry("udp", IpProtocol.UDP),
            entry("icmp", IpProtocol.ICMP),
            entry("ipv6-icmp", IpProtocol.ICMPV6),
            entry("sctp", IpProtocol.SCTP),
            entry("dccp", IpProtocol.DCCP),
            entry("udp-lite", IpProtocol.UDP_LITE),
            entry("gre", IpProtocol.GRE),
            entry("esp", IpProtocol.ESP),
            entry("ah", IpProtocol.AH));

    static final Kind<IpPrefix> PREFIX = Kinds.parsed(
            "an address or a prefix", "write it as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32", IpPrefix::of);

    static final Kind<PortRange> PORTS =
            Kinds.parsed("a port or a range of ports", "write 80 or 1024-65535", PortRange::of);

    static final Field<String> NAME = Field.required("name", Kinds.TEXT, "What counters call the rule.");

    static final Field<String> PORT =
            Field.optional("port", Kinds.nameOf(Names.PORT), "any", "The port by which the packet came.");

    static final Field<Integer> TENANT =
            Field.optional("tenant", new TenantNumber(), "any", "The tenant whose packet it is.");

    static final Field<IpPrefix> SOURCE = Field.optional("source", PREFIX, "any", "Where the packet comes from.");

    static final Field<IpPrefix> DESTINATION =
            Field.optional("destination", PREFIX, "any", "Where the packet goes to, as it came.");

    static final Field<Integer> PROTOCOL = Field.optional(
            "protocol",
            Kinds.parsed(
                    "one of " + String.join(", ", PROTOCOLS.keySet()) + ", or a number, 0 to 255",
                    "write a name as tcp, or 0 to 255",
                    MatchFields::protocol),
            "any",
            "The protocol above IP.");

    static final Field<PortRange> DESTINATION_PORT = Field.optional(
            "destination-port", PORTS, "any", "The destination port; only with a protocol that has ports.");

    /** Those of a {@link FlowMatch}. */
    static final List<Field<?>> OF_FLOWS = List.of(PORT, TENANT, SOURCE, DESTINATION, PROTOCOL, DESTINATION_PORT);

    private MatchFields() {}

    /** A tenant by its name; tenants are read before nodes. */
    private record TenantNumber() implements Kind<Integer> {
        private static final Kind<String> NAME = Kinds.nameOf(Names.TENANT);

        @Override
        public @Nullable Integer read(Yaml value, String path, Reading reading) {
            String name = NAME.read(value, path, reading);
            return name == null ? null : reading.tenant(name).orElse(null);
        }

        @Override
        public Map<String, Object> schema(Map<String, Object> definitions) {
            return NAME.schema(definitions);
        }

        @Override
        public String says() {
            return NAME.says();
        }
    }

    private static int protocol(String text) {
        Integer known = PROTOCOLS.get(text);
        if (known != null) {
            return known;
        }
        if (text.matches("[0-9]+")) {
            return (int) Kinds.whole(text, 0, 255);
        }
        throw new IllegalArgumentException("'" + text + "' is no protocol that has a name here; "
                + Spelling.suggest(text, PROTOCOLS.keySet(), "give its number, 0 to 255"));
    }

    /** A rule's options: its name, which flows, and others of its own. */
    static List<Field<?>> andOthers(Field<?>... own) {
        return Stream.of(Stream.of(NAME), OF_FLOWS.stream(), Stream.of(own))
                .flatMap(fields -> fields)
                .<Field<?>>map(field -> field)
                .toList();
    }

    /** Those of a rule; what is wrong names it. */
    static FlowMatch flowsOfRule(Values values) {
        try {
            return flows(values);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("rule " + values.get(NAME) + ": " + e.getMessage(), e);
        }
    }

    static FlowMatch flows(Values values) {
        return new FlowMatch(
                values.find(SOURCE).orElse(null),
                values.find(DESTINATION).orElse(null),
                number(values.find(PROTOCOL)),
                values.find(DESTINATION_PORT).orElse(null),
                number(values.find(TENANT)),
                values.find(PORT).orElse(null));
    }

    static OptionalInt number(Optional<Integer> value) {
        return value.isPresent() ? OptionalInt.of(value.get()) : OptionalInt.empty();
    }
}
