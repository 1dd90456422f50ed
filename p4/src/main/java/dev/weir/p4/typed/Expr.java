package dev.weir.p4.typed;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Expression.BinaryOperator;
import dev.weir.p4.syntax.Expression.UnaryOperator;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression with its type. */
public sealed interface Expr {
    Span span();

    Type type();

    /** Where a fault was: its type goes with everything. */
    record Faulty(Span span) implements Expr {
        @Override
        public Type type() {
            return Type.Basic.UNKNOWN;
        }
    }

    /** A number of the type {@code int}, of bits, or of a distinct type or an enumeration over bits. It is within its type. */
    record Numeral(Span span, Type type, BigInteger value) implements Expr {}

    record Bool(Span span, boolean value) implements Expr {
        @Override
        public Type type() {
            return Type.Basic.BOOL;
        }
    }

    /** @param value without quotes, escapes as written */
    record Text(Span span, String value) implements Expr {
        @Override
        public Type type() {
            return Type.Basic.STRING;
        }
    }

    /** A member of an enumeration without numbers, an error, or a kind of match. */
    record Member(Span span, Type type, String name) implements Expr {}

    record Read(Span span, Type type, Variable variable) implements Expr {}

    /** An instance of a block or extern, a table, a set of values: what has a name but is no value. */
    record Named(Span span, Type type, Definition definition) implements Expr {}

    /** {@code this} inside of what an instance does for an abstract method. */
    record This(Span span, Type type) implements Expr {}

    /** A field of a struct, header or union; {@code hit}, {@code miss} or {@code action_run} of a table's result. */
    record Field(Span span, Type type, Expr of, String name) implements Expr {}

    /** An element of a stack, an array, or (then a number) of a tuple. */
    record Index(Span span, Type type, Expr of, Expr index) implements Expr {}

    record StackElement(Span span, Type type, Expr of, StackPart part) implements Expr {}

    enum StackPart {
        NEXT,
        LAST,
        LAST_INDEX
    }

    /** Bits {@code low} to {@code low + width - 1}. */
    record Slice(Span span, Type type, Expr of, Expr low, int width) implements Expr {}

    record Unary(Span span, Type type, UnaryOperator operator, Expr operand) implements Expr {}

    /** Operands have the same type, but for shifts and {@code ++}. */
    record Binary(Span span, Type type, BinaryOperator operator, Expr left, Expr right) implements Expr {}

    record Conditional(Span span, Type type, Expr condition, Expr whenTrue, Expr whenFalse) implements Expr {}

    record Cast(Span span, Type type, Expr operand) implements Expr {}

    /** All fields of a struct, elements of a tuple, stack or list in their order, each of its own type. */
    record Aggregate(Span span, Type type, List<Expr> elements) implements Expr {}

    /** A header or union that is not valid. */
    record Invalid(Span span, Type type) implements Expr {}

    /** {@code ...}: what a value of this type is at the begin. */
    record Default(Span span, Type type) implements Expr {}

    /** A key that takes everything; an {@code out} argument nobody wants back. */
    record Anything(Span span, Type type) implements Expr {}

    record Mask(Span span, Type type, Expr value, Expr mask) implements Expr {}

    record Range(Span span, Type type, Expr low, Expr high) implements Expr {}

    /** @param arguments one for each parameter, null where none is given */
    record Call(Span span, Type type, Callee callee, List<@Nullable Expr> arguments) implements Expr {}

    /**
     * Makes an instance of an extern, parser, control or package.
     *
     * @param constructor its parameters, with the types they have here
     */
    record New(Span span, Type type, Callee.Constructor constructor, List<@Nullable Expr> arguments) implements Expr {}
}
