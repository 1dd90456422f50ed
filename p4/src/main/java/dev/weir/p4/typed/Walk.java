package dev.weir.p4.typed;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Goes over statements and expressions, what is outside before what is inside. Bodies of what is called are not entered. */
public final class Walk {
    private Walk() {}

    /** All statements inside of one, itself among them. */
    public static void statements(@Nullable Stmt root, Consumer<Stmt> visit) {
        if (root == null) return;
        visit.accept(root);
        switch (root) {
            case Stmt.Block b -> b.statements().forEach(s -> statements(s, visit));
            case Stmt.If i -> {
                statements(i.whenTrue(), visit);
                statements(i.whenFalse(), visit);
            }
            case Stmt.Switch s -> s.cases().forEach(c -> statements(c.body(), visit));
            case Stmt.For f -> {
                f.first().forEach(s -> statements(s, visit));
                statements(f.body(), visit);
                f.next().forEach(s -> statements(s, visit));
            }
            case Stmt.ForEach f -> statements(f.body(), visit);
            case Stmt.Assign _, Stmt.Invoke _, Stmt.Declare _, Stmt.Make _ -> {}
            case Stmt.Return _, Stmt.Break _, Stmt.Continue _, Stmt.Exit _ -> {}
        }
    }

    /** All expressions inside of a statement. */
    public static void expressions(@Nullable Stmt root, Consumer<Expr> visit) {
        statements(root, s -> {
            switch (s) {
                case Stmt.Assign a -> {
                    inside(a.target(), visit);
                    inside(a.value(), visit);
                }
                case Stmt.Invoke i -> inside(i.call(), visit);
                case Stmt.Declare d -> inside(d.value(), visit);
                case Stmt.Make m -> inside(m.instance().made(), visit);
                case Stmt.If i -> inside(i.condition(), visit);
                case Stmt.Switch w -> {
                    inside(w.subject(), visit);
                    w.cases().forEach(c -> inside(c.label(), visit));
                }
                case Stmt.For f -> inside(f.condition(), visit);
                case Stmt.ForEach f -> inside(f.over(), visit);
                case Stmt.Return r -> inside(r.value(), visit);
                case Stmt.Block _, Stmt.Break _, Stmt.Continue _, Stmt.Exit _ -> {}
            }
        });
    }

    /** All expressions inside of one, itself among them. */
    public static void inside(@Nullable Expr root, Consumer<Expr> visit) {
        if (root == null) return;
        visit.accept(root);
        switch (root) {
            case Expr.Field f -> inside(f.of(), visit);
            case Expr.Index i -> both(i.of(), i.index(), visit);
            case Expr.StackElement s -> inside(s.of(), visit);
            case Expr.Slice s -> both(s.of(), s.low(), visit);
            case Expr.Unary u -> inside(u.operand(), visit);
            case Expr.Binary b -> both(b.left(), b.right(), visit);
            case Expr.Conditional c -> {
                inside(c.condition(), visit);
                both(c.whenTrue(), c.whenFalse(), visit);
            }
            case Expr.Cast c -> inside(c.operand(), visit);
            case Expr.Aggregate a -> a.elements().forEach(e -> inside(e, visit));
            case Expr.Mask m -> both(m.value(), m.mask(), visit);
            case Expr.Range r -> both(r.low(), r.high(), visit);
            case Expr.Call c -> {
                receiver(c.callee(), visit);
                all(c.arguments(), visit);
            }
            case Expr.New n -> all(n.arguments(), visit);
            case Expr.Faulty _, Expr.Numeral _, Expr.Bool _, Expr.Text _, Expr.Member _, Expr.Read _ -> {}
            case Expr.Named _, Expr.This _, Expr.Invalid _, Expr.Default _, Expr.Anything _ -> {}
        }
    }

    private static void both(Expr one, Expr other, Consumer<Expr> visit) {
        inside(one, visit);
        inside(other, visit);
    }

    private static void all(List<@Nullable Expr> several, Consumer<Expr> visit) {
        several.forEach(e -> inside(e, visit));
    }

    private static void receiver(Callee callee, Consumer<Expr> visit) {
        switch (callee) {
            case Callee.Method m -> inside(m.receiver(), visit);
            case Callee.Apply a -> inside(a.receiver(), visit);
            case Callee.BuiltIn b -> inside(b.receiver(), visit);
            case Callee.OfFunction _, Callee.OfExternFunction _, Callee.OfAction _, Callee.Constructor _ -> {}
        }
    }

    /** All calls inside of a statement. */
    public static void calls(@Nullable Stmt root, Consumer<Expr.Call> visit) {
        expressions(root, e -> {
            if (e instanceof Expr.Call call) visit.accept(call);
        });
    }
}
