package dev.weir.p4.check;

import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Type;

/** Whether a value is known when the program is compiled: then an instance can be made of it, and a constant. */
final class Known {
    private Known() {}

    static boolean is(Expr e) {
        return switch (e) {
            case Expr.Faulty _, Expr.Numeral _, Expr.Bool _, Expr.Text _, Expr.Member _ -> true;
            case Expr.Invalid _, Expr.Default _, Expr.Named _, Expr.New _, Expr.Anything _, Expr.This _ -> true;
            case Expr.Read r -> r.variable().kind() == Variable.Kind.CONSTRUCTOR_PARAMETER || isObject(r.type());
            case Expr.Aggregate a -> a.elements().stream().allMatch(Known::is);
            case Expr.Unary u -> is(u.operand());
            case Expr.Binary b -> is(b.left()) && is(b.right());
            case Expr.Conditional c -> is(c.condition()) && is(c.whenTrue()) && is(c.whenFalse());
            case Expr.Cast c -> is(c.operand());
            case Expr.Slice s -> is(s.of()) && is(s.low());
            case Expr.Field f -> is(f.of());
            case Expr.Index i -> is(i.of()) && is(i.index());
            case Expr.Mask m -> is(m.value()) && is(m.mask());
            case Expr.Range r -> is(r.low()) && is(r.high());
            case Expr.StackElement _ -> false;
            case Expr.Call c -> isFactory(c);
        };
    }

    /** Functions that make an instance, and those that only calculate, do so when the program is compiled. */
    private static boolean isFactory(Expr.Call call) {
        return call.callee() instanceof Callee.OfExternFunction f
                && (isObject(call.type()) || Note.has(f.function().notes(), "pure"))
                && call.arguments().stream().allMatch(a -> a == null || is(a));
    }

    /** Whether it is known where a call is made: parameters without a direction are, too. */
    static boolean inCall(Expr e) {
        return switch (e) {
            case Expr.Read r
            when r.variable().kind() == Variable.Kind.PARAMETER ->
                r.variable().direction() == Param.Direction.NONE || isObject(r.type());
            case Expr.Cast c -> inCall(c.operand());
            default -> is(e);
        };
    }

    /** Objects are made when the program is, whoever has them. */
    private static boolean isObject(Type type) {
        return type instanceof Type.Extern || type instanceof Type.Block;
    }
}
