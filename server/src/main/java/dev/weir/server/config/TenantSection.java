package dev.weir.server.config;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.table.TenantMode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options of a tenant. */
final class TenantSection {
    /** A tenant and what tells it apart; its name is put in later. */
    record Declared(TenantMode mode, GraphConfig.Tenant tenant) {}

    private static final int MAX_NUMBER = 0xFF_FFFF;
    private static final Pattern VLAN_ID = Pattern.compile("([0-9]{1,4})(?:\\.([0-9]{1,4}))?");

    private static final Field<Integer> VLAN = Field.optional(
            "vlan",
            new Scalars<>(
                    "a VLAN id",
                    "give 0 to 4094, 0 for untagged packets, or OUTER.INNER for QinQ",
                    Json.object(
                            "type", List.of("integer", "string", "number"), "pattern", "^[0-9]{1,4}(\\.[0-9]{1,4})?$"),
                    TenantSection::vlan),
            "none",
            "The VLAN whose packets are the tenant's; `\"OUTER.INNER\"`, in quotes, for QinQ.");

    private static final Field<Integer> VNI = Field.optional(
            "vni", Kinds.integer(0, MAX_NUMBER), "none", "The VXLAN or Geneve network whose packets are the tenant's.");

    private static final Field<Integer> NUMBER = Field.optional(
            "number",
            Kinds.integer(0, MAX_NUMBER),
            "none",
            "The tenant's number where ports say whose packets come in; ports then name it by `tenant`.");

    /** What each of them tells tenants apart by. */
    private static final Map<Field<Integer>, TenantMode> MODES =
            Map.of(VLAN, TenantMode.VLAN, VNI, TenantMode.VNI, NUMBER, TenantMode.INTERFACE);

    private static final Field<String> CHAIN =
            Field.optional("chain", Kinds.nameOf(Names.CHAIN), "the port's", "Which nodes the tenant's flows visit.");

    private static final Field<Integer> IDLE_TIMEOUT = Field.optional(
            "idle-timeout",
            Kinds.LIFETIME,
            "the flow table's",
            "How long the tenant's flows may be idle; of TCP the states say.");

    static final Section<Declared> SECTION = new Section<>(
            "tenant",
            "An address space of its own. Exactly one of `vlan`, `vni` and `number` says whose packets; all tenants are told apart the same way.",
            List.of(VLAN, VNI, NUMBER, CHAIN, IDLE_TIMEOUT),
            TenantSection::declare);

    private TenantSection() {}

    private static @Nullable Declared declare(Values values) {
        List<Field<Integer>> given = MODES.keySet().stream().filter(values::has).toList();
        if (given.size() != 1) {
            values.fault("has " + (given.isEmpty() ? "none" : "several")
                    + " of 'vlan', 'vni' and 'number'; give one: whose packets are the tenant's?");
            return null;
        }
        values.reading().tenant(values.name(), values.get(given.getFirst()));
        Optional<Integer> timeout = values.find(IDLE_TIMEOUT);
        return new Declared(
                Objects.requireNonNull(MODES.get(given.getFirst())),
                new GraphConfig.Tenant(
                        "",
                        values.get(given.getFirst()),
                        values.find(CHAIN).orElse(null),
                        timeout.isPresent() ? OptionalInt.of(timeout.get()) : OptionalInt.empty()));
    }

    private static int vlan(String text) {
        Matcher ids = VLAN_ID.matcher(text);
        if (!ids.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no VLAN id; give 0 to 4094, or OUTER.INNER for QinQ");
        }
        int outer = (int) Kinds.whole(ids.group(1), 0, 4094);
        return ids.group(2) == null ? outer : (int) Kinds.whole(ids.group(2), 1, 4094) << 12 | outer;
    }
}
