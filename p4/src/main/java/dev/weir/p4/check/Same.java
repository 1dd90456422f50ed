package dev.weir.p4.check;

import dev.weir.p4.typed.Expr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether two expressions are written the same but for their places, and so have the same value where they stand. */
final class Same {
    private Same() {}

    private static boolean all(List<? extends @Nullable Expr> some, List<? extends @Nullable Expr> others) {
        if (some.size() != others.size()) return false;
        for (int i = 0; i < some.size(); i++) {
            Expr one = some.get(i);
            Expr other = others.get(i);
            if (one == null && other == null) continue;
            if (one == null || other == null || !are(one, other)) return false;
        }
        return true;
    }

    static boolean are(Expr one, Expr other) {
        if (!one.type().equals(other.type())) return false;
        return switch (one) {
            case Expr.Numeral n -> other instanceof Expr.Numeral o && n.value().equals(o.value());
            case Expr.Bool b -> other instanceof Expr.Bool o && b.value() == o.value();
            case Expr.Member m -> other instanceof Expr.Member o && m.name().equals(o.name());
            case Expr.Read r -> other instanceof Expr.Read o && r.variable() == o.variable();
            case Expr.Field f -> other instanceof Expr.Field o && f.name().equals(o.name()) && are(f.of(), o.of());
            case Expr.Index i -> other instanceof Expr.Index o && are(i.of(), o.of()) && are(i.index(), o.index());
            case Expr.Slice s ->
                other instanceof Expr.Slice o && s.width() == o.width() && are(s.of(), o.of()) && are(s.low(), o.low());
            case Expr.Cast c -> other instanceof Expr.Cast o && are(c.operand(), o.operand());
            case Expr.Unary u ->
                other instanceof Expr.Unary o && u.operator() == o.operator() && are(u.operand(), o.operand());
            case Expr.Binary b ->
                other instanceof Expr.Binary o
                        && b.operator() == o.operator()
                        && are(b.left(), o.left())
                        && are(b.right(), o.right());
            case Expr.Aggregate a -> other instanceof Expr.Aggregate o && all(a.elements(), o.elements());
            case Expr.Call c ->
                other instanceof Expr.Call o
                        && c.callee().signature().equals(o.callee().signature())
                        && all(c.arguments(), o.arguments());
            case Expr.Faulty _ -> true;
            default -> one.span().text().equals(other.span().text());
        };
    }
}
