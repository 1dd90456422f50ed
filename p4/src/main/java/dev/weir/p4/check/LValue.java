package dev.weir.p4.check;

import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Variable;
import org.jspecify.annotations.Nullable;

/** Whether something can be assigned: a variable, and fields, elements and bits of it (specification, section 6.7). */
final class LValue {
    private LValue() {}

    static boolean is(Expr e) {
        return switch (e) {
            case Expr.Faulty _ -> true;
            case Expr.Read r -> r.variable().isAssignable();
            default -> {
                Expr of = outer(e);
                yield of != null && is(of);
            }
        };
    }

    /** What a part is part of, null where it cannot be one that is assigned. */
    private static @Nullable Expr outer(Expr e) {
        return switch (e) {
            case Expr.Field f -> f.of();
            case Expr.Index i -> i.of();
            case Expr.Slice s -> s.of();
            case Expr.StackElement s when s.part() != Expr.StackPart.LAST_INDEX -> s.of();
            default -> null;
        };
    }

    /** Why it cannot be assigned. */
    static String reason(Expr e) {
        Expr at = e;
        for (Expr of = outer(at); of != null; of = outer(at)) {
            at = of;
        }
        if (!(at instanceof Expr.Read r)) return "this is a value, not a place for one";
        Variable v = r.variable();
        return switch (v.kind()) {
            case PARAMETER ->
                switch (v.direction()) {
                    case IN -> "'" + v.name() + "' is an 'in' parameter";
                    default -> "'" + v.name() + "' is a parameter without a direction";
                };
            case CONSTRUCTOR_PARAMETER -> "'" + v.name() + "' is a parameter of the constructor";
            case LOOP -> "the loop sets '" + v.name() + "'";
            case LOCAL -> "this is a value, not a place for one";
        };
    }
}
