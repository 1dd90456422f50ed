package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Literal;
import dev.weir.p4.source.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has a value, and what keys are compared with. Parentheses are not kept: the tree tells what belongs together. */
public sealed interface Expression extends Node {
    record Numeral(Span span, Literal literal) implements Expression {}

    record Bool(Span span, boolean value) implements Expression {}

    /** @param quoted with its quotes, escapes as written */
    record Text(Span span, String quoted) implements Expression {}

    /** @param absolute whether a dot before it has it looked up from the outermost scope */
    record Path(Span span, boolean absolute, String name) implements Expression {}

    record This(Span span) implements Expression {}

    /** {@code {#}}: a header or union that is not valid. */
    record InvalidHeader(Span span) implements Expression {}

    /** {@code ...}: a default value, or those of what is left of a list. */
    record Defaults(Span span) implements Expression {}

    record Member(Span span, Expression of, Name name) implements Expression {}

    /** {@code error.NoError}, {@code Color.RED}, {@code Inner.apply}. */
    record TypeMember(Span span, TypeRef of, Name name) implements Expression {}

    record Index(Span span, Expression of, Expression index) implements Expression {}

    /** {@code x[high:low]}. */
    record Slice(Span span, Expression of, Expression high, Expression low) implements Expression {}

    /** {@code x[low+:width]}. */
    record PlusSlice(Span span, Expression of, Expression low, Expression width) implements Expression {}

    /** {@code {1, 2}}. */
    record Values(Span span, List<Expression> elements) implements Expression {}

    /** {@code {a = 1, b = 2}}, with {@code ...} at its end when {@code defaults}. */
    record Fields(Span span, List<Field> fields, boolean defaults) implements Expression {}

    record Unary(Span span, UnaryOperator operator, Expression operand) implements Expression {}

    record Binary(Span span, BinaryOperator operator, Expression left, Expression right) implements Expression {}

    record Conditional(Span span, Expression condition, Expression whenTrue, Expression whenFalse)
            implements Expression {}

    record Call(Span span, Expression callee, List<TypeRef> typeArguments, List<Argument> arguments)
            implements Expression {}

    /** A call of a constructor: {@code Hash<bit<16>>(algorithm)}. */
    record New(Span span, TypeRef type, List<Argument> arguments) implements Expression {}

    record Cast(Span span, TypeRef type, Expression operand) implements Expression {}

    /** {@code value &&& mask}. */
    record Mask(Span span, Expression value, Expression mask) implements Expression {}

    /** {@code low .. high}, both within. */
    record Range(Span span, Expression low, Expression high) implements Expression {}

    /** {@code default}. */
    record Default(Span span) implements Expression {}

    /** {@code _}: whatever is there, or an argument not wanted back. */
    record Any(Span span) implements Expression {}

    /** {@code (1, 2 &&& 3, _)}: one for each key, two at least. */
    record Keys(Span span, List<Expression> elements) implements Expression {}

    /** {@code name = value} in a list. */
    record Field(Span span, Name name, Expression value) implements Node {}

    /** @param name null where the place tells which parameter it is for */
    record Argument(Span span, @Nullable Name name, Expression value) implements Node {}

    enum UnaryOperator {
        NOT("!"),
        COMPLEMENT("~"),
        MINUS("-"),
        PLUS("+");

        private final String spelling;

        UnaryOperator(String spelling) {
            this.spelling = spelling;
        }

        public String spelling() {
            return spelling;
        }
    }

    /** The operators between two operands, each with how strongly it binds; all of them group to the left. */
    enum BinaryOperator {
        OR("||", 2),
        AND("&&", 3),
        EQUAL("==", 4),
        NOT_EQUAL("!=", 4),
        LESS("<", 5),
        GREATER(">", 5),
        AT_MOST("<=", 5),
        AT_LEAST(">=", 5),
        BIT_OR("|", 6),
        BIT_XOR("^", 7),
        BIT_AND("&", 8),
        SHIFT_LEFT("<<", 9),
        SHIFT_RIGHT(">>", 9),
        CONCAT("++", 10),
        ADD("+", 10),
        SUBTRACT("-", 10),
        ADD_SATURATING("|+|", 10),
        SUBTRACT_SATURATING("|-|", 10),
        MULTIPLY("*", 11),
        DIVIDE("/", 11),
        MODULO("%", 11);

        static final int WEAKEST = 2;

        private final String spelling;
        private final int strength;

        BinaryOperator(String spelling, int strength) {
            this.spelling = spelling;
            this.strength = strength;
        }

        public String spelling() {
            return spelling;
        }

        int strength() {
            return strength;
        }
    }
}
