package dev.weir.p4.jvm;

import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.Value.BinaryOperator;
import dev.weir.p4.run.Wide;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Computes values of more than 64 bits in the array of wide numbers, by the methods of {@link Wide}. */
final class WideCode {
    private final Code code;
    private final CodeBuilder c;
    private final ValueCode narrow;
    private final Map<String, Integer> arguments;

    WideCode(Code code, ValueCode narrow, Map<String, Integer> arguments) {
        this.code = code;
        this.c = code.c;
        this.narrow = narrow;
        this.arguments = arguments;
    }

    /**
     * Computes it.
     *
     * @return where it is; not to be changed
     */
    int number(Value value) {
        return switch (value) {
            case Value.Place v -> {
                Integer slot = code.storage.slot(v.name());
                yield slot != null ? slot : cleared(v.width());
            }
            case Value.Argument v -> Objects.requireNonNull(arguments.get(v.name()));
            default -> {
                int to = code.storage.temporary(Wide.limbs(value.width()));
                compute(value, to);
                yield to;
            }
        };
    }

    /**
     * Computes a number of any width.
     *
     * @return where its limbs are
     */
    int inLimbs(Value value) {
        if (value.width() > 64) return number(value);
        int to = code.storage.temporary(1);
        put(to, value);
        return to;
    }

    /** Stores a number of up to 64 bits in a limb. */
    private void put(int slot, Value value) {
        code.wide();
        code.integer(slot);
        narrow.value(value);
        c.lastore();
    }

    private int cleared(int width) {
        int to = code.storage.temporary(Wide.limbs(width));
        clear(to, Wide.limbs(width));
        return to;
    }

    private void clear(int to, int limbs) {
        code.wide();
        c.loadConstant(to).loadConstant(limbs);
        code.call(Wide.class, "clear");
    }

    void copy(int to, int from, int width) {
        code.wide();
        c.loadConstant(to).loadConstant(from).loadConstant(Wide.limbs(width));
        code.call(Wide.class, "copy");
    }

    /** Assigns a place, which may occur in the value. */
    void assign(int place, Value value) {
        copy(place, number(value), value.width());
    }

    private void compute(Value value, int to) {
        int width = value.width();
        switch (value) {
            case Value.Constant v -> constant(v, to);
            case Value.Unary v -> {
                int operand = number(v.operand());
                code.wide();
                c.loadConstant(to).loadConstant(operand).loadConstant(width);
                code.call(Wide.class, v.operator() == Value.UnaryOperator.NOT ? "not" : "negate");
            }
            case Value.Binary v
            when v.operator().shifts() -> {
                int operand = number(v.left());
                code.wide();
                c.loadConstant(to).loadConstant(operand);
                narrow.distance(v.right());
                code.integer(width);
                code.call(Wide.class, method(v.operator()));
            }
            case Value.Binary v -> binary(v, to);
            case Value.Concat v -> concat(v, to);
            case Value.Slice v -> {
                int of = number(v.of());
                code.wide();
                c.loadConstant(to).loadConstant(of).loadConstant(Wide.limbs(v.of().width()));
                c.loadConstant(v.low()).loadConstant(width);
                code.call(Wide.class, "slice");
            }
            case Value.Extend v -> extend(v, to);
            case Value.Choose v -> choose(v, to);
            case Value.Place _, Value.Argument _, Value.Hash _ -> throw new AssertionError(value);
        }
    }

    private void constant(Value.Constant v, int to) {
        for (int i = 0; i < Wide.limbs(v.width()); i++) {
            code.wide();
            c.loadConstant(to + i);
            code.constant(v.number().shiftRight(64 * i).longValue());
            c.lastore();
        }
    }

    private void binary(Value.Binary v, int to) {
        int left = number(v.left());
        int right = number(v.right());
        boolean divides = v.operator() == BinaryOperator.DIVIDE || v.operator() == BinaryOperator.REMAINDER;
        int limbs = Wide.limbs(v.width());
        int result = divides ? code.storage.temporary(2 * limbs) : to;
        code.wide();
        c.loadConstant(result).loadConstant(left).loadConstant(right).loadConstant(v.width());
        code.call(Wide.class, method(v.operator()));
        if (divides) copy(to, v.operator() == BinaryOperator.DIVIDE ? result : result + limbs, v.width());
    }

    private static String method(BinaryOperator operator) {
        return switch (operator) {
            case ADD -> "add";
            case SUBTRACT -> "subtract";
            case MULTIPLY -> "multiply";
            case DIVIDE, REMAINDER -> "divide";
            case AND -> "and";
            case OR -> "or";
            case XOR -> "xor";
            case ADD_SATURATING -> "addSaturating";
            case SUBTRACT_SATURATING -> "subtractSaturating";
            case ADD_SATURATING_SIGNED -> "addSaturatingSigned";
            case SUBTRACT_SATURATING_SIGNED -> "subtractSaturatingSigned";
            case SHIFT_LEFT -> "shiftLeft";
            case SHIFT_RIGHT -> "shiftRight";
            case SHIFT_RIGHT_SIGNED -> "shiftRightSigned";
            case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, LESS_SIGNED, LESS_EQUAL_SIGNED ->
                throw new AssertionError(operator);
        };
    }

    /** All parts of nested concatenations at once, each to its place. */
    private void concat(Value.Concat v, int to) {
        List<Value> parts = new ArrayList<>();
        ValueCode.flatten(v, parts);
        int limbs = Wide.limbs(v.width());
        clear(to, limbs);
        int low = v.width();
        for (Value part : parts) {
            low -= part.width();
            if (part.width() <= 64) {
                code.wide();
                c.loadConstant(to).loadConstant(low);
                narrow.value(part);
                code.integer(limbs);
                code.call(Wide.class, "orLong");
            } else {
                int from = number(part);
                code.wide();
                c.loadConstant(to).loadConstant(low).loadConstant(from);
                c.loadConstant(Wide.limbs(part.width())).loadConstant(limbs);
                code.call(Wide.class, "orAt");
            }
        }
    }

    private void extend(Value.Extend v, int to) {
        int from = v.of().width();
        clear(to, Wide.limbs(v.width()));
        if (from <= 64) {
            put(to, v.of());
        } else {
            copy(to, number(v.of()), from);
        }
        if (v.signed() && from < v.width()) {
            code.wide();
            c.loadConstant(to).loadConstant(from).loadConstant(v.width());
            code.call(Wide.class, "extendSign");
        }
    }

    private void choose(Value.Choose v, int to) {
        Label otherwise = code.label();
        Label end = code.label();
        narrow.branch(v.condition(), false, otherwise);
        copy(to, number(v.then()), v.width());
        c.goto_(end);
        code.bind(otherwise);
        copy(to, number(v.otherwise()), v.width());
        code.bind(end);
    }

    /** Pushes a number that compares with zero as the operands with each other. */
    void compare(Value.Binary v, boolean signed) {
        int left = number(v.left());
        int right = number(v.right());
        code.wide();
        c.loadConstant(left).loadConstant(right);
        if (signed) {
            code.integer(v.left().width());
            code.call(Wide.class, "compareSigned");
        } else {
            code.integer(Wide.limbs(v.left().width()));
            code.call(Wide.class, "compare");
        }
    }

    /** Pushes up to 64 bits of a wide number. */
    void piece(int slot, int low, int width) {
        int whole = low >>> 6;
        int skip = low & 63;
        code.limb(slot + whole);
        if (skip > 0) c.loadConstant(skip).lushr();
        if (skip + width > 64) {
            code.limb(slot + whole + 1);
            c.loadConstant(64 - skip).lshl().lor();
        }
        code.mask(width);
    }
}
