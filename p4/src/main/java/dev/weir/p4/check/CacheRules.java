package dev.weir.p4.check;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Type;
import dev.weir.table.cache.CachePolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The properties that make a table a cache: {@code weir_cache_policy}, and beside it {@code weir_cache_by}, {@code weir_cache_tenant} and {@code weir_cache_quota}.
 * Other names that begin with {@code weir_} are slips, since nobody else gives such properties a meaning.
 */
final class CacheRules {
    private static final String POLICY = "weir_cache_policy", BY = "weir_cache_by", TENANT = "weir_cache_tenant";
    private static final String QUOTA = "weir_cache_quota";
    private static final List<String> OPTIONS = List.of(BY, TENANT, QUOTA);
    private static final List<String> OWN = List.of(POLICY, BY, TENANT, QUOTA, "weir_direct_register");
    private static final List<String> POLICIES = Arrays.stream(CachePolicy.values())
            .map(policy -> policy.name().toLowerCase(Locale.ROOT))
            .toList();
    private static final int MOST_TENANT_BITS = 64;

    private final Diagnostics diagnostics;

    CacheRules(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    void table(Definition.Table table) {
        for (Definition.Property property : table.properties()) {
            if (!property.name().startsWith("weir_") || OWN.contains(property.name())) continue;
            String message = "tables have no property '" + property.name() + "'";
            diagnostics.error(property.span(), "unknown-name", message, Guess.among(OWN, property.name()));
        }
        Definition.Property policy = table.property(POLICY);
        if (policy == null) {
            needsPolicy(table);
            return;
        }
        oneOf(policy, POLICIES);
        if (!isTrue(table.property("add_on_miss"))) {
            String message = "packets add no entries to table '" + table.name() + "', so it is no cache";
            error(policy, message, "give it the property add_on_miss = true");
        }
        Definition.Property by = table.property(BY), tenant = table.property(TENANT), quota = table.property(QUOTA);
        if (by != null) oneOf(by, List.of("packets", "bytes"));
        if (tenant != null) tenant(table, tenant);
        if (quota != null) quota(table, quota);
    }

    private void needsPolicy(Definition.Table table) {
        for (String option : OPTIONS) {
            Definition.Property property = table.property(option);
            if (property == null) continue;
            String message = "'" + option + "' means nothing without '" + POLICY + "'";
            error(property, message, "give it one: " + POLICY + " = \"tinylfu\"");
        }
    }

    private static boolean isTrue(Definition.@Nullable Property property) {
        return property != null && property.value() instanceof Expr.Bool b && b.value();
    }

    private void oneOf(Definition.Property property, List<String> words) {
        String text = text(property);
        if (text == null || words.contains(text)) return;
        String message = "'" + property.name() + "' cannot be \"" + text + "\"";
        error(property, message, "it is one of " + String.join(", ", words));
    }

    /** {@code null} after a fault. */
    private @Nullable String text(Definition.Property property) {
        if (property.value() instanceof Expr.Text text) return text.value();
        if (!(property.value() instanceof Expr.Faulty)) {
            String message = "'" + property.name() + "' is a string, this is "
                    + property.value().type();
            diagnostics.error(property.value().span(), "type-mismatch", message, "write it in quotes");
        }
        return null;
    }

    private void tenant(Definition.Table table, Definition.Property property) {
        String name = text(property);
        if (name == null) return;
        for (Definition.Key key : table.keys()) {
            if (!key.label().equals(name)) continue;
            Type.Bits bits = Folding.bits(key.value().type());
            if (bits == null || bits.width() <= MOST_TENANT_BITS) return;
            String message = "key '" + name + "' has " + bits.width() + " bits, which are too many for a tenant";
            error(property, message, "choose a key of at most " + MOST_TENANT_BITS + " bits");
            return;
        }
        List<String> names = table.keys().stream().map(Definition.Key::label).toList();
        String message = "table '" + table.name() + "' has no key '" + name + "'";
        String guess = Guess.among(names, name);
        error(property, message, guess != null ? guess : "its keys are " + String.join(", ", names));
    }

    private void quota(Definition.Table table, Definition.Property property) {
        if (table.property(TENANT) == null) {
            error(property, "whose quota that is is not said", "name a key: " + TENANT + " = \"...\"");
        }
        if (property.value() instanceof Expr.Faulty) return;
        if (!Known.is(property.value()) || !isNumber(property.value().type())) {
            String message = "'" + QUOTA + "' is a number that is known when the program is compiled";
            diagnostics.error(property.value().span(), "type-mismatch", message, null);
        } else if (property.value() instanceof Expr.Numeral n && n.value().signum() <= 0) {
            error(property, "a quota of " + n.value() + " entries lets no tenant have one", "give 1 or more");
        }
    }

    private static boolean isNumber(Type type) {
        return type == Type.Basic.INTEGER || type instanceof Type.Bits;
    }

    private void error(Definition.Property property, String message, @Nullable String help) {
        diagnostics.error(property.span(), "bad-property", message, help);
    }
}
