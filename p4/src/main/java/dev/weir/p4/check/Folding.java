package dev.weir.p4.check;

import dev.weir.p4.syntax.Expression.BinaryOperator;
import dev.weir.p4.syntax.Expression.UnaryOperator;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates operations on what is known, at any width (specification, section 8): {@code 8w255 + 1} is {@code 8w0}. Operands have the types
 * that the operators ask for; what is not known stays an operation.
 */
final class Folding {
    /** How far a number without a width is shifted at most, so that it has an end. */
    static final int MAX_SHIFT = 1 << 16;

    private Folding() {}

    /** The number within a type of bits: as many low bits as it has, the highest of them its sign where it has one. */
    static BigInteger wrap(BigInteger value, Type type) {
        Type.Bits b = bits(type);
        if (b == null) return value;
        if (b.width() == 0) return BigInteger.ZERO;
        BigInteger low = value.and(BigInteger.ONE.shiftLeft(b.width()).subtract(BigInteger.ONE));
        return b.signed() && low.testBit(b.width() - 1) ? low.subtract(BigInteger.ONE.shiftLeft(b.width())) : low;
    }

    /** The bits that values of a type are, through distinct types and enumerations; null where they are none. */
    static Type.@Nullable Bits bits(Type type) {
        return switch (type) {
            case Type.Bits b -> b;
            case Type.Distinct d -> bits(d.of());
            case Type.Enumeration e when e.representation() != null -> bits(e.representation());
            default -> null;
        };
    }

    static Expr unary(Expr.Unary whole) {
        return switch (whole.operand()) {
            case Expr.Bool b when whole.operator() == UnaryOperator.NOT -> new Expr.Bool(whole.span(), !b.value());
            case Expr.Numeral n
            when whole.operator() != UnaryOperator.NOT -> {
                BigInteger value = switch (whole.operator()) {
                    case COMPLEMENT -> n.value().not();
                    case MINUS -> n.value().negate();
                    case PLUS, NOT -> n.value();
                };
                yield new Expr.Numeral(whole.span(), whole.type(), wrap(value, whole.type()));
            }
            default -> whole;
        };
    }

    static Expr binary(Expr.Binary whole) {
        Expr left = whole.left();
        Expr right = whole.right();
        if (left instanceof Expr.Numeral a && right instanceof Expr.Numeral b) return numbers(whole, a, b);
        if (left instanceof Expr.Bool a && right instanceof Expr.Bool b) {
            return switch (whole.operator()) {
                case AND -> new Expr.Bool(whole.span(), a.value() && b.value());
                case OR -> new Expr.Bool(whole.span(), a.value() || b.value());
                case EQUAL -> new Expr.Bool(whole.span(), a.value() == b.value());
                case NOT_EQUAL -> new Expr.Bool(whole.span(), a.value() != b.value());
                default -> whole;
            };
        }
        if (left instanceof Expr.Bool a && whole.operator() == BinaryOperator.AND) return a.value() ? right : a;
        if (left instanceof Expr.Bool a && whole.operator() == BinaryOperator.OR) return a.value() ? a : right;
        if (left instanceof Expr.Member a && right instanceof Expr.Member b) {
            boolean same = a.name().equals(b.name());
            if (whole.operator() == BinaryOperator.EQUAL) return new Expr.Bool(whole.span(), same);
            if (whole.operator() == BinaryOperator.NOT_EQUAL) return new Expr.Bool(whole.span(), !same);
        }
        if (left instanceof Expr.Text a && right instanceof Expr.Text b && whole.operator() == BinaryOperator.CONCAT) {
            return new Expr.Text(whole.span(), a.value() + b.value());
        }
        return whole;
    }

    private static Expr numbers(Expr.Binary whole, Expr.Numeral a, Expr.Numeral b) {
        int order = a.value().compareTo(b.value());
        return switch (whole.operator()) {
            case EQUAL -> new Expr.Bool(whole.span(), order == 0);
            case NOT_EQUAL -> new Expr.Bool(whole.span(), order != 0);
            case LESS -> new Expr.Bool(whole.span(), order < 0);
            case GREATER -> new Expr.Bool(whole.span(), order > 0);
            case AT_MOST -> new Expr.Bool(whole.span(), order <= 0);
            case AT_LEAST -> new Expr.Bool(whole.span(), order >= 0);
            default -> {
                BigInteger value = arithmetic(whole, a, b);
                yield value == null ? whole : new Expr.Numeral(whole.span(), whole.type(), value);
            }
        };
    }

    private static @Nullable BigInteger arithmetic(Expr.Binary whole, Expr.Numeral left, Expr.Numeral right) {
        BigInteger a = left.value();
        BigInteger b = right.value();
        Type type = whole.type();
        return switch (whole.operator()) {
            case ADD -> wrap(a.add(b), type);
            case SUBTRACT -> wrap(a.subtract(b), type);
            case MULTIPLY -> wrap(a.multiply(b), type);
            case DIVIDE -> b.signum() == 0 ? null : wrap(a.divide(b), type);
            case MODULO -> b.signum() == 0 ? null : wrap(a.remainder(b), type);
            case BIT_AND -> wrap(a.and(b), type);
            case BIT_OR -> wrap(a.or(b), type);
            case BIT_XOR -> wrap(a.xor(b), type);
            case ADD_SATURATING -> saturate(a.add(b), type);
            case SUBTRACT_SATURATING -> saturate(a.subtract(b), type);
            case SHIFT_LEFT ->
                b.signum() < 0 || b.bitLength() > 31 || b.intValue() > MAX_SHIFT
                        ? (bits(type) == null || b.signum() < 0 ? null : BigInteger.ZERO)
                        : wrap(a.shiftLeft(b.intValue()), type);
            case SHIFT_RIGHT ->
                b.signum() < 0 ? null : a.shiftRight(b.bitLength() > 31 ? Integer.MAX_VALUE : b.intValue());
            case CONCAT -> {
                Type.Bits low = bits(right.type());
                yield low == null ? null : wrap(a.shiftLeft(low.width()).or(unsigned(b, low)), type);
            }
            default -> null;
        };
    }

    private static BigInteger saturate(BigInteger value, Type type) {
        Type.Bits b = bits(type);
        return b == null ? value : value.max(least(b)).min(most(b));
    }

    static BigInteger least(Type.Bits bits) {
        return bits.signed() ? BigInteger.ONE.shiftLeft(bits.width() - 1).negate() : BigInteger.ZERO;
    }

    static BigInteger most(Type.Bits bits) {
        return BigInteger.ONE
                .shiftLeft(bits.signed() ? bits.width() - 1 : bits.width())
                .subtract(BigInteger.ONE);
    }

    /** The same bits, read without a sign. */
    static BigInteger unsigned(BigInteger value, Type.Bits bits) {
        return value.and(BigInteger.ONE.shiftLeft(bits.width()).subtract(BigInteger.ONE));
    }

    static Expr slice(Expr.Slice whole) {
        if (!(whole.of() instanceof Expr.Numeral n) || !(whole.low() instanceof Expr.Numeral low)) return whole;
        if (low.value().bitLength() > 31) return whole;
        BigInteger value = wrap(n.value().shiftRight(low.value().intValue()), whole.type());
        return new Expr.Numeral(whole.span(), whole.type(), value);
    }

    static Expr conditional(Expr.Conditional whole) {
        return whole.condition() instanceof Expr.Bool b ? (b.value() ? whole.whenTrue() : whole.whenFalse()) : whole;
    }

    /** A cast between types of which the conversions say that it can be. */
    static Expr cast(Expr.Cast whole) {
        Type target = whole.type();
        return switch (whole.operand()) {
            case Expr.Numeral n
            when target == Type.Basic.BOOL ->
                new Expr.Bool(whole.span(), n.value().signum() != 0);
            case Expr.Numeral n
            when target == Type.Basic.INTEGER || bits(target) != null ->
                new Expr.Numeral(whole.span(), target, wrap(n.value(), target));
            case Expr.Bool b
            when bits(target) != null || target == Type.Basic.INTEGER ->
                new Expr.Numeral(whole.span(), target, b.value() ? BigInteger.ONE : BigInteger.ZERO);
            default -> whole;
        };
    }
}
