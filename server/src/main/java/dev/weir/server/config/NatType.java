package dev.weir.server.config;

import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.dataplane.nodes.nat.DestinationRule;
import dev.weir.dataplane.nodes.nat.NatConfig;
import dev.weir.dataplane.nodes.nat.SourceRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options of network address translation. */
final class NatType {
    /** Addresses, or the port whose interface has them. */
    private record Sources(List<IpPrefix> pool, @Nullable String port) {}

    private static final Field<Sources> SOURCES = Field.required(
            "to",
            new SourcesKind(),
            "What the source becomes: one of these addresses, or the address that the port's interface has at the start.");

    private static final Field<Boolean> ONE_TO_ONE = Field.of(
            "one-to-one",
            Kinds.SWITCH,
            false,
            "false",
            "Whether `to` is a prefix that replaces the one of `source`, of the same length: the bits after it, and the port, are kept.");

    private static final Field<PortRange> PORTS = Field.of(
            "ports",
            MatchFields.PORTS,
            SourceRule.PORTS,
            SourceRule.PORTS.toString(),
            "What the source port, or the identifier of an echo, is taken from where it cannot be kept.");

    private static final Section<SourceRule> SOURCE_RULE = new Section<>(
            "nat-source",
            "Which flows, by the packet that begins them as it comes here, and what their source becomes.",
            MatchFields.andOthers(SOURCES, ONE_TO_ONE, PORTS),
            NatType::sourceRule);

    private static final Field<IpPrefix> DESTINATION = Field.required(
            "to",
            MatchFields.PREFIX,
            "What the destination becomes: an address; or a prefix, as long as that of `destination`, which it replaces.");

    private static final Field<PortRange> TO_PORT = Field.optional(
            "to-port",
            MatchFields.PORTS,
            "kept",
            "What the destination port becomes; of a range each port the one in its place, as many as `destination-port` has.");

    private static final Section<DestinationRule> DESTINATION_RULE = new Section<>(
            "nat-destination",
            "Which flows, by the packet that begins them as it comes here, and what their destination becomes.",
            MatchFields.andOthers(DESTINATION, TO_PORT),
            values -> new DestinationRule(
                    values.get(MatchFields.NAME),
                    MatchFields.flowsOfRule(values),
                    values.get(DESTINATION),
                    values.find(TO_PORT).orElse(null)));

    private static final Field<List<SourceRule>> SOURCE = Field.of(
            "source", Lists.of(SOURCE_RULE), List.of(), "none", "Rules for sources; the first that fits is taken.");

    private static final Field<List<DestinationRule>> TARGET = Field.of(
            "destination",
            Lists.of(DESTINATION_RULE),
            List.of(),
            "none",
            "Rules for destinations; the first that fits is taken. A flow that fits one of each gets both.");

    static final NodeType TYPE = new NodeType(
            "nat",
            "Gives flows another source, another destination, or both, until they end; answers and ICMP errors are translated back.",
            List.of(SOURCE, TARGET),
            values -> new NatConfig(values.get(SOURCE), values.get(TARGET)));

    private NatType() {}

    private static @Nullable SourceRule sourceRule(Values values) {
        Sources to = values.get(SOURCES);
        String name = values.get(MatchFields.NAME);
        if (!values.get(ONE_TO_ONE)) {
            return new SourceRule(name, MatchFields.flowsOfRule(values), to.pool(), to.port(), null, values.get(PORTS));
        }
        if (to.pool().size() != 1) {
            values.fault(SOURCES, "is not one prefix, which 'one-to-one' needs; give one, or leave 'one-to-one' out");
            return null;
        }
        if (values.has(PORTS)) {
            values.fault(PORTS, "has no meaning with 'one-to-one', which keeps ports; remove it");
            return null;
        }
        return SourceRule.toPrefix(
                name, MatchFields.flowsOfRule(values), to.pool().getFirst());
    }

    /** One address or prefix, several, or the name of a port. */
    private record SourcesKind() implements Kind<Sources> {
        private static final Kind<String> PORT = Kinds.nameOf(Names.PORT);
        private static final Lists<IpPrefix> POOL = Lists.some(MatchFields.PREFIX);

        @Override
        public @Nullable Sources read(Yaml value, String path, Reading reading) {
            if (value instanceof Yaml.Scalar scalar
                    && Kinds.NAME.matcher(scalar.text()).matches()) {
                String port = PORT.read(value, path, reading);
                return port == null ? null : new Sources(List.of(), port);
            }
            if (value instanceof Yaml.Listing) {
                List<IpPrefix> pool = POOL.read(value, path, reading);
                return pool == null ? null : new Sources(pool, null);
            }
            IpPrefix one = MatchFields.PREFIX.read(value, path, reading);
            return one == null ? null : new Sources(List.of(one), null);
        }

        @Override
        public Map<String, Object> schema(Map<String, Object> definitions) {
            List<Object> either = new ArrayList<>(List.of(MatchFields.PREFIX.schema(definitions)));
            either.add(POOL.schema(definitions));
            return Json.object("anyOf", either);
        }

        @Override
        public String says() {
            return "an address or a prefix, a list of these, or the name of a port";
        }
    }
}
