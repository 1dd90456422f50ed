package dev.weir.p4.lower;

import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.Value.BinaryOperator;
import dev.weir.p4.ir.Value.UnaryOperator;
import java.math.BigInteger;
import java.util.List;

/** Makes values, and leaves away what is nothing: an extension by no bits, a condition that is known. */
final class Values {
    static final Value TRUE = Value.bit(true);
    static final Value FALSE = Value.bit(false);

    private Values() {}

    static Value number(BigInteger number, int width) {
        return new Value.Constant(number.and(Value.mask(width)), width);
    }

    static Value zero(int width) {
        return Value.constant(0, width);
    }

    static boolean isConstant(Value value) {
        return value instanceof Value.Constant;
    }

    static boolean is(Value value, long number) {
        return value instanceof Value.Constant c && c.number().equals(BigInteger.valueOf(number));
    }

    static Value not(Value value) {
        if (value instanceof Value.Unary u && u.operator() == UnaryOperator.NOT) return u.operand();
        if (value instanceof Value.Constant c) return number(c.number().not(), c.width());
        return new Value.Unary(UnaryOperator.NOT, value);
    }

    static Value and(Value left, Value right) {
        if (is(left, 0) || is(right, 0)) return FALSE;
        if (is(left, 1)) return right;
        return is(right, 1) ? left : new Value.Binary(BinaryOperator.AND, left, right);
    }

    static Value or(Value left, Value right) {
        if (is(left, 1) || is(right, 1)) return TRUE;
        if (is(left, 0)) return right;
        return is(right, 0) ? left : new Value.Binary(BinaryOperator.OR, left, right);
    }

    static Value equal(Value left, Value right) {
        if (left instanceof Value.Constant a && right instanceof Value.Constant b) {
            return Value.bit(a.number().equals(b.number()));
        }
        if (left.width() == 1 && is(right, 1)) return left;
        if (left.width() == 1 && is(right, 0)) return not(left);
        return new Value.Binary(BinaryOperator.EQUAL, left, right);
    }

    static Value choose(Value condition, Value then, Value otherwise) {
        if (is(condition, 1)) return then;
        return is(condition, 0) ? otherwise : new Value.Choose(condition, then, otherwise);
    }

    static Value slice(Value of, int high, int low) {
        if (low == 0 && high == of.width() - 1) return of;
        if (of instanceof Value.Constant c) return number(c.number().shiftRight(low), high - low + 1);
        return new Value.Slice(of, high, low);
    }

    /** The number in another width: low bits of it, or with zeros or signs before it. */
    static Value resize(Value of, int width, boolean signed) {
        if (width == of.width()) return of;
        if (width < of.width()) return slice(of, width - 1, 0);
        if (of instanceof Value.Constant c && !signed) return number(c.number(), width);
        return new Value.Extend(of, width, signed);
    }

    static Value concat(Value high, Value low) {
        if (high instanceof Value.Constant a && low instanceof Value.Constant b) {
            return number(a.number().shiftLeft(b.width()).or(b.number()), a.width() + b.width());
        }
        return new Value.Concat(high, low);
    }

    /** All of them after each other, with zeros behind them up to a multiple of some bits. */
    static Value join(List<Value> values, int multiple) {
        Value joined = null;
        for (Value value : values) {
            joined = joined == null ? value : concat(joined, value);
        }
        if (joined == null) return zero(multiple);
        int rest = joined.width() % multiple;
        return rest == 0 ? joined : concat(joined, zero(multiple - rest));
    }

    static Value plus(Value left, Value right) {
        return is(right, 0) ? left : new Value.Binary(BinaryOperator.ADD, left, right);
    }
}
