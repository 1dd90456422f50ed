package dev.weir.p4.typed;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Expression.BinaryOperator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement over typed expressions. Constants are gone: they are where they are used. */
public sealed interface Stmt {
    Span span();

    /** @param operator what is done with the target's value before, as in {@code +=}; null in a plain assignment */
    record Assign(Span span, Expr target, @Nullable BinaryOperator operator, Expr value) implements Stmt {}

    record Invoke(Span span, Expr.Call call) implements Stmt {}

    /** @param value null where it begins with whatever */
    record Declare(Span span, Variable variable, @Nullable Expr value) implements Stmt {}

    /** An instance among statements. */
    record Make(Span span, Definition.Instance instance) implements Stmt {}

    record Block(Span span, List<Note> notes, List<Stmt> statements) implements Stmt {}

    record If(
            Span span,
            Expr condition,
            Stmt whenTrue,
            @Nullable Stmt whenFalse) implements Stmt {}

    /** Over values; over {@code action_run} a label is a {@link Expr.Member} of the table's type. */
    record Switch(Span span, Expr subject, List<Case> cases) implements Stmt {}

    /**
     * @param label {@link Expr.Anything} for {@code default}
     * @param body null where it falls through to the next
     */
    record Case(Span span, Expr label, @Nullable Block body) {}

    record For(Span span, List<Note> notes, List<Stmt> first, Expr condition, List<Stmt> next, Stmt body)
            implements Stmt {}

    /** @param over a range, a stack, or a list */
    record ForEach(Span span, List<Note> notes, Variable variable, Expr over, Stmt body) implements Stmt {}

    record Return(Span span, @Nullable Expr value) implements Stmt {}

    record Break(Span span) implements Stmt {}

    record Continue(Span span) implements Stmt {}

    record Exit(Span span) implements Stmt {}
}
