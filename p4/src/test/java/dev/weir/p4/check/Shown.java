package dev.weir.p4.check;

import dev.weir.p4.typed.Expr;
import java.util.stream.Collectors;

/** Typed expressions as text for tests: {@code 8w255:bit<8>}, {@code (a:bit<8> + 8w1:bit<8>)}. */
final class Shown {
    private Shown() {}

    static String of(Expr e) {
        return switch (e) {
            case Expr.Numeral n -> n.value() + ":" + n.type();
            case Expr.Bool b -> Boolean.toString(b.value());
            case Expr.Text t -> "\"" + t.value() + "\"";
            case Expr.Member m -> m.type() + "." + m.name();
            case Expr.Read r -> r.variable().name();
            case Expr.Named n -> n.definition().name();
            case Expr.Field f -> of(f.of()) + "." + f.name();
            case Expr.Index i -> of(i.of()) + "[" + of(i.index()) + "]";
            case Expr.StackElement s -> of(s.of()) + "." + s.part();
            case Expr.Slice s -> of(s.of()) + "[" + of(s.low()) + "+:" + s.width() + "]";
            case Expr.Unary u -> u.operator().spelling() + of(u.operand());
            case Expr.Binary b -> "(" + of(b.left()) + " " + b.operator().spelling() + " " + of(b.right()) + ")";
            case Expr.Conditional c ->
                "(" + of(c.condition()) + " ? " + of(c.whenTrue()) + " : " + of(c.whenFalse()) + ")";
            case Expr.Cast c -> "(" + c.type() + ")" + of(c.operand());
            case Expr.Aggregate a ->
                a.elements().stream().map(Shown::of).collect(Collectors.joining(", ", a.type() + "{", "}"));
            case Expr.Invalid i -> "{#}:" + i.type();
            case Expr.Default d -> "...:" + d.type();
            case Expr.Anything a -> "_:" + a.type();
            case Expr.Mask m -> of(m.value()) + " &&& " + of(m.mask());
            case Expr.Range r -> of(r.low()) + " .. " + of(r.high());
            case Expr.Call c ->
                c.callee().signature().name()
                        + c.arguments().stream()
                                .map(x -> x == null ? "" : of(x))
                                .collect(Collectors.joining(", ", "(", ")"))
                        + ":" + c.type();
            case Expr.New n -> "new " + n.type();
            case Expr.Faulty _ -> "fault";
            case Expr.This _ -> "this";
        };
    }
}
