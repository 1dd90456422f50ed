package dev.weir.server.config;

import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.balance.BalanceConfig;
import dev.weir.dataplane.nodes.balance.BalanceConfig.Method;
import dev.weir.dataplane.nodes.balance.Target;
import dev.weir.packet.Rewrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a load balancer. */
final class BalanceType {
    private static final int MAX_TARGETS = 1000;

    private static final Field<String> PORT = Field.optional(
            "port", Kinds.nameOf(Names.PORT), "what other nodes say", "The port by which its packets leave.");

    private static final Field<Long> MAC =
            Field.optional("mac", Kinds.MAC, "kept", "The Ethernet address that packets to it get.");

    private static final Field<IpPrefix> ADDRESS = Field.optional(
            "address",
            Kinds.parsed("an address", "write it as 192.0.2.1 or 2001:db8::1", BalanceType::address),
            "kept",
            "The address that packets to it get.");

    private static final Field<Integer> TO_PORT = Field.optional(
            "to-port",
            Kinds.integer(0, 0xFFFF),
            "kept",
            "The destination port that packets to it get; with `address`.");

    private static final Field<Integer> WEIGHT = Field.of(
            "weight",
            Kinds.integer(1, Target.MAX_WEIGHT),
            1,
            "1",
            "Its share of new flows among the others'; without meaning with `round-robin`.");

    private static final Field<Boolean> UP = Field.of(
            "up",
            Kinds.SWITCH,
            true,
            "true",
            "Whether it works; if not, its flows go to others with their next packet.");

    private static final Field<Boolean> DRAIN =
            Field.of("drain", Kinds.SWITCH, false, "false", "Whether it gets no new flows; those that it has go on.");

    private static final Section<Target> TARGET = new Section<>(
            "balance-target",
            "Where flows go: out of a port, to an Ethernet address, to an address, or several of these.",
            List.of(PORT, MAC, ADDRESS, TO_PORT, WEIGHT, UP, DRAIN),
            BalanceType::target);

    private static final Section<FlowMatch> MATCH = new Section<>(
            "balance-match",
            "Which flows, by the packet that begins them as it comes here.",
            MatchFields.OF_FLOWS,
            MatchFields::flows);

    private static final Field<FlowMatch> FLOWS =
            Field.optional("match", MATCH, "all flows", "Which flows; the others go on untouched.");

    private static final Field<IpPrefix> SERVICE = Field.optional(
            "address", MatchFields.PREFIX, "any", "The same as `match: {destination: ...}`: flows to this address.");

    private static final Field<Method> METHOD = Field.of(
            "method",
            Kinds.choice(Method.class),
            Method.ROUND_ROBIN,
            "round-robin",
            "How new flows are shared out: in turn, in turn by weight, by a hash of the flow, or by one of the client's address.");

    private static final Field<Boolean> OFFLOAD = Field.of(
            "offload", Kinds.SWITCH, false, "false", "Whether flows are marked offloaded with their first packet.");

    private static final Field<Map<String, Target>> TARGETS = Field.required(
            "targets",
            new Named<>("target", Set.of(), MAX_TARGETS, TARGET),
            "Where they go: `name: {...}` each. Flows keep their target by its name.");

    static final NodeType TYPE = new NodeType(
            "balance",
            "Gives each new flow one of several targets, which it keeps until it ends; what comes back is undone.",
            List.of(FLOWS, SERVICE, METHOD, OFFLOAD, TARGETS),
            BalanceType::config);

    private BalanceType() {}

    private static IpPrefix address(String text) {
        if (text.indexOf('/') >= 0) {
            throw new IllegalArgumentException("'" + text + "' is a prefix; write one address, without a length");
        }
        return IpPrefix.of(text);
    }

    /** A target; its name is put in later. */
    private static @Nullable Target target(Values values) {
        if (!values.has(PORT) && !values.has(MAC) && !values.has(ADDRESS)) {
            values.fault("says nowhere to go; give one of 'port', 'mac' and 'address', or several");
            return null;
        }
        if (values.has(TO_PORT) && !values.has(ADDRESS)) {
            values.fault(TO_PORT, "goes with an address; give 'address', the same as the service's to keep it");
            return null;
        }
        return new Target(
                "",
                values.get(WEIGHT),
                values.get(UP),
                values.get(DRAIN),
                values.find(PORT).orElse(null),
                values.find(MAC).orElse(0L),
                values.find(ADDRESS).orElse(null),
                values.find(TO_PORT).orElse(Rewrite.KEEP_PORT));
    }

    private static Target named(String name, Target t) {
        return new Target(name, t.weight(), t.up(), t.drain(), t.port(), t.mac(), t.address(), t.toPort());
    }

    private static @Nullable BalanceConfig config(Values values) {
        Optional<IpPrefix> service = values.find(SERVICE);
        if (service.isPresent() && values.has(FLOWS)) {
            values.fault(SERVICE, "stands beside 'match'; write it there as 'destination'");
            return null;
        }
        FlowMatch match = service.map(FlowMatch.ALL::to)
                .orElseGet(() -> values.find(FLOWS).orElse(FlowMatch.ALL));
        List<Target> targets = new ArrayList<>();
        values.get(TARGETS).forEach((name, target) -> targets.add(named(name, target)));
        return new BalanceConfig(match, targets, values.get(METHOD), values.get(OFFLOAD));
    }
}
