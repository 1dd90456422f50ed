package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.source.Span;
import java.util.List;

/** What is written before a declaration for tools: {@code @name(...)}. Those that the compiler does not know are kept. */
public record Annotation(Span span, Name name, Body body) implements Node {
    /** What follows the name. */
    public sealed interface Body {
        /** Nothing: {@code @name}. */
        record Empty() implements Body {}

        /** {@code @name(...)}: tokens that whoever knows the annotation may read; parentheses among them are balanced. */
        record Tokens(List<Token> tokens) implements Body {}

        /** {@code @pragma name ...}: tokens up to the end of the line. */
        record Pragma(List<Token> tokens) implements Body {}

        /** {@code @name[1, 2]}. */
        record Values(List<Expression> values) implements Body {}

        /** {@code @name[key = value]}. */
        record Pairs(List<Expression.Field> pairs) implements Body {}
    }
}
