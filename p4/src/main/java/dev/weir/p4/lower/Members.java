package dev.weir.p4.lower;

import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes what has entries of a table refer to members: profiles and selectors, and the hash by which one of a group is chosen. */
final class Members {
    /** A hash is as wide as this at most. */
    private static final int MOST_BITS = 64;

    private final Code code;
    private final Expressions expressions;
    private final Calls calls;

    Members(Code code, Expressions expressions, Calls calls) {
        this.code = code;
        this.expressions = expressions;
        this.calls = calls;
    }

    /**
     * What {@code pna_implementation} says; {@code null} where a table has none.
     *
     * @param chosenBy what the keys of the kind {@code selector} are
     * @param empty what {@code pna_empty_group_action} does
     */
    Table.@Nullable Implementation implementation(
            Definition.Table table, Thing.Block block, List<Data> chosenBy, Supplier<Table.Call> empty) {
        Definition.Property property = table.property("pna_implementation");
        if (property == null || !(calls.instances().thing(property.value(), block.frame) instanceof Thing.Extern o)) {
            return null;
        }
        for (ActionProfile profile : code.output().parts.profiles) {
            if (!profile.name().equals(o.name())) continue;
            Value by = profile.selects() ? by(o, chosenBy) : null;
            return new Table.Implementation(o.name(), by == null ? null : new Table.Selection(by, empty.get()));
        }
        return null;
    }

    /** The low bits of the hash over the values, as many as the selector says. */
    private Value by(Thing.Extern selector, List<Data> chosenBy) {
        Expr width = selector.made().arguments().get(2);
        BigInteger bits = width == null ? null : expressions.integer(width, selector.frame());
        int wide = bits == null
                ? MOST_BITS
                : bits.max(BigInteger.ONE).min(BigInteger.valueOf(MOST_BITS)).intValue();
        if (chosenBy.isEmpty()) return Values.zero(wide);
        return Values.resize(Externs.hash(selector.made().arguments().getFirst(), Data.parts(chosenBy)), wide, false);
    }
}
