package dev.weir.p4.check;

import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Type;
import java.util.List;

/**
 * Tells types and values that are too large before somebody walks over them: thirty structs, each with two of the one before, are a type with a
 * thousand million fields. Counting stops at the limit.
 */
final class Weight {
    /** The most parts of a type, and operations of a value. */
    static final int MOST = 1 << 14;

    private int left = MOST;

    private Weight() {}

    static boolean isTooLarge(Type type) {
        Weight weight = new Weight();
        weight.count(type);
        return weight.left < 0;
    }

    static boolean isTooLarge(Expr e) {
        Weight weight = new Weight();
        weight.count(e);
        return weight.left < 0;
    }

    private void count(Type type) {
        if (--left < 0) return;
        switch (type) {
            case Type.Struct s ->
                allTypes(s.fields().stream().map(Type.Field::type).toList());
            case Type.Tuple t -> allTypes(t.elements());
            case Type.Stack s -> {
                for (int i = 0; i < s.size() && left >= 0; i++) {
                    count(s.element());
                }
            }
            case Type.ListOf l -> count(l.element());
            case Type.Extern e -> allTypes(e.arguments());
            case Type.Block b -> allTypes(b.arguments());
            default -> {}
        }
    }

    private void allTypes(List<Type> several) {
        for (Type type : several) {
            if (left < 0) return;
            count(type);
        }
    }

    private void count(Expr e) {
        if (--left < 0) return;
        switch (e) {
            case Expr.Aggregate a -> all(a.elements());
            case Expr.Unary u -> count(u.operand());
            case Expr.Binary b -> all(List.of(b.left(), b.right()));
            case Expr.Conditional c -> all(List.of(c.condition(), c.whenTrue(), c.whenFalse()));
            case Expr.Cast c -> count(c.operand());
            case Expr.Slice s -> all(List.of(s.of(), s.low()));
            case Expr.Field f -> count(f.of());
            case Expr.Index i -> all(List.of(i.of(), i.index()));
            default -> {}
        }
    }

    private void all(List<Expr> several) {
        for (Expr e : several) {
            if (left < 0) return;
            count(e);
        }
    }
}
