package dev.weir.server.p4info;

import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Variable;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What names stand for inside of an instance of a parser or control, and what they are called. */
final class Scope {
    private final @Nullable Scope outer;
    private final String path;
    private final Map<Variable, Expr> given = new HashMap<>();
    private final Map<Definition, String> named = new HashMap<>();

    /** @param outer of whoever makes the instance */
    Scope(@Nullable Scope outer, String path) {
        this.outer = outer;
        this.path = path;
    }

    /** A name in here for the control plane; one that begins with a dot is that of the whole program. */
    String name(String label) {
        if (label.startsWith(".")) return label.substring(1);
        return path.isEmpty() ? label : path + "." + label;
    }

    void give(Variable parameter, Expr argument) {
        given.put(parameter, argument);
    }

    void call(Definition definition, String name) {
        named.put(definition, name);
    }

    /** What an expression calls an instance; null where it names none. */
    @Nullable
    String nameOf(Expr e) {
        return switch (e) {
            case Expr.Named n -> {
                String known = named.get(n.definition());
                yield known != null || outer == null ? known : outer.nameOf(e);
            }
            case Expr.Read r
            when outer != null && given.containsKey(r.variable()) -> outer.nameOf(given.get(r.variable()));
            default -> null;
        };
    }

    /** The number that an expression is, null where that is not known. */
    @Nullable
    BigInteger number(@Nullable Expr e) {
        return switch (e) {
            case Expr.Numeral n -> n.value();
            case Expr.Bool b -> b.value() ? BigInteger.ONE : BigInteger.ZERO;
            case Expr.Cast c -> number(c.operand());
            case Expr.Read r
            when outer != null && given.containsKey(r.variable()) -> outer.number(given.get(r.variable()));
            case null, default -> null;
        };
    }
}
