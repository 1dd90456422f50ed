package dev.weir.p4.check;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the Portable NIC Architecture asks of tables whose entries refer to members of an action profile. */
final class ProfileRules {
    private final Diagnostics diagnostics;

    ProfileRules(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** @param owned counters, meters and registers of the table's entries */
    void table(Definition.Table table, List<Definition> owned) {
        Definition.Property implementation = table.property("pna_implementation");
        selectors(table, implementation);
        if (implementation == null) return;
        if (!owned.isEmpty()) {
            String message =
                    "table '" + table.name() + "' has members of its own and counters or meters of its entries";
            diagnostics.error(implementation.span(), "bad-property", message, "choose one of them");
        }
        if (!table.entries().isEmpty()) {
            String message =
                    "entries of table '" + table.name() + "' refer to members, which the program does not number";
            String help = "leave the entries to the control plane";
            diagnostics.error(table.entries().getFirst().span(), "bad-property", message, help);
        }
        Definition.Property adds = table.property("add_on_miss");
        if (adds != null && adds.value() instanceof Expr.Bool b && b.value()) {
            String message = "packets cannot add entries that refer to members";
            diagnostics.error(adds.span(), "bad-property", message, "leave one of the properties away");
        }
    }

    private void selectors(Definition.Table table, Definition.@Nullable Property implementation) {
        String kind = implementation == null ? "" : extern(implementation.value());
        if (implementation != null && !kind.equals("ActionProfile") && !kind.equals("ActionSelector")) {
            if (implementation.value() instanceof Expr.Faulty) return;
            String message = "'pna_implementation' is an ActionProfile or an ActionSelector, this is "
                    + implementation.value().type();
            diagnostics.error(implementation.value().span(), "type-mismatch", message, null);
        }
        for (Definition.Key key : table.keys()) {
            if (!key.matchKind().equals("selector") || kind.equals("ActionSelector")) continue;
            String message = "a key of the kind 'selector' is for tables with an ActionSelector";
            diagnostics.error(key.span(), "bad-property", message, "name one: pna_implementation = ...");
        }
    }

    private static String extern(Expr value) {
        return value instanceof Expr.Named named && named.type() instanceof Type.Extern e
                ? e.shape().name()
                : "";
    }
}
