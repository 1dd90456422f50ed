package dev.weir.p4.syntax;

import dev.weir.p4.source.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is done, one after the other. */
public sealed interface Statement extends Node {
    record Empty(Span span) implements Statement {}

    /** @param operator what is between the sides before {@code =}, as in {@code +=}; null in a plain assignment */
    record Assign(Span span, Expression target, Expression.@Nullable BinaryOperator operator, Expression value)
            implements Statement {}

    record Invoke(Span span, Expression.Call call) implements Statement {}

    /** A declaration among statements. */
    record Local(Span span, Declaration declaration) implements Statement {}

    record Block(Span span, List<Annotation> annotations, List<Statement> statements) implements Statement {}

    record If(
            Span span,
            Expression condition,
            Statement whenTrue,
            @Nullable Statement whenFalse) implements Statement {}

    record Switch(Span span, Expression subject, List<Case> cases) implements Statement {}

    /** @param body null where it falls through to the next */
    record Case(Span span, Expression label, @Nullable Block body) implements Node {}

    record For(
            Span span,
            List<Annotation> annotations,
            List<Statement> first,
            Expression condition,
            List<Statement> next,
            Statement body)
            implements Statement {}

    record ForEach(
            Span span,
            List<Annotation> annotations,
            List<Annotation> variableAnnotations,
            TypeRef type,
            Name name,
            Expression collection,
            Statement body)
            implements Statement {}

    record Return(Span span, @Nullable Expression value) implements Statement {}

    record Break(Span span) implements Statement {}

    record Continue(Span span) implements Statement {}

    record Exit(Span span) implements Statement {}
}
