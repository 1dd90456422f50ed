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
    /** As many limbs are moved without a loop. */
    private static final int FEW = 8;

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
        if (limbs > FEW) {
            code.wide();
            c.loadConstant(to).loadConstant(limbs);
            code.call(Wide.class, "clear");
            return;
        }
        for (int i = 0; i < limbs; i++) set(to + i, c::lconst_0);
    }

    /** Has a limb be a number. */
    private void set(int slot, Runnable number) {
        code.wide();
        c.loadConstant(slot);
        number.run();
        c.lastore();
    }

    void copy(int to, int from, int width) {
        int limbs = Wide.limbs(width);
        if (to == from) return;
        if (limbs > FEW) {
            code.wide();
            c.loadConstant(to).loadConstant(from).loadConstant(limbs);
            code.call(Wide.class, "copy");
            return;
        }
        for (int i = 0; i < limbs; i++) {
            int limb = i;
            set(to + i, () -> code.limb(from + limb));
        }
    }

    /** Assigns a place, which may occur in the value. */
    void assign(Value.Place place, int slot, Value value) {
        boolean isThere = value instanceof Value.Place || value instanceof Value.Argument;
        if (isThere || reads(value, place)) {
            copy(slot, number(value), value.width());
        } else {
            compute(value, slot);
        }
    }

    private static boolean reads(Value value, Value.Place place) {
        return switch (value) {
            case Value.Constant _, Value.Argument _ -> false;
            case Value.Place v -> v.name().equals(place.name());
            case Value.Unary v -> reads(v.operand(), place);
            case Value.Binary v -> reads(v.left(), place) || reads(v.right(), place);
            case Value.Concat v -> reads(v.high(), place) || reads(v.low(), place);
            case Value.Slice v -> reads(v.of(), place);
            case Value.Extend v -> reads(v.of(), place);
            case Value.Choose v -> reads(v.condition(), place) || reads(v.then(), place) || reads(v.otherwise(), place);
            case Value.Hash v -> reads(v.from(), place) || reads(v.data(), place);
        };
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
            case Value.Slice v -> slice(v, to);
            case Value.Extend v -> extend(v, to);
            case Value.Choose v -> choose(v, to);
            case Value.Place _, Value.Argument _, Value.Hash _ -> throw new AssertionError(value);
        }
    }

    private void constant(Value.Constant v, int to) {
        for (int i = 0; i < Wide.limbs(v.width()); i++) {
            long limb = v.number().shiftRight(64 * i).longValue();
            set(to + i, () -> code.constant(limb));
        }
    }

    private void slice(Value.Slice v, int to) {
        int of = number(v.of());
        int limbs = Wide.limbs(v.width());
        if (limbs > FEW) {
            code.wide();
            c.loadConstant(to).loadConstant(of).loadConstant(Wide.limbs(v.of().width()));
            c.loadConstant(v.low()).loadConstant(v.width());
            code.call(Wide.class, "slice");
            return;
        }
        for (int i = 0; i < limbs; i++) {
            int low = 64 * i;
            set(to + i, () -> piece(of, v.low() + low, Math.min(64, v.width() - low)));
        }
    }

    private void binary(Value.Binary v, int to) {
        int left = number(v.left());
        int right = number(v.right());
        boolean divides = v.operator() == BinaryOperator.DIVIDE || v.operator() == BinaryOperator.REMAINDER;
        int limbs = Wide.limbs(v.width());
        if (v.operator().isBitwise() && limbs <= FEW) {
            for (int i = 0; i < limbs; i++) {
                int limb = i;
                set(to + i, () -> {
                    code.limb(left + limb);
                    code.limb(right + limb);
                    bitwise(v.operator());
                });
            }
            return;
        }
        int result = divides ? code.storage.temporary(2 * limbs) : to;
        code.wide();
        c.loadConstant(result).loadConstant(left).loadConstant(right).loadConstant(v.width());
        code.call(Wide.class, method(v.operator()));
        if (divides) copy(to, v.operator() == BinaryOperator.DIVIDE ? result : result + limbs, v.width());
    }

    private void bitwise(BinaryOperator operator) {
        switch (operator) {
            case AND -> c.land();
            case OR -> c.lor();
            default -> c.lxor();
        }
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
                int number = code.newLong();
                narrow.value(part);
                c.lstore(number);
                or(to, low, limbs, () -> c.lload(number));
                continue;
            }
            int from = number(part);
            if (Wide.limbs(part.width()) <= FEW) {
                for (int i = 0; i < Wide.limbs(part.width()); i++) {
                    int limb = from + i;
                    or(to, low + 64 * i, limbs, () -> code.limb(limb));
                }
            } else {
                code.wide();
                c.loadConstant(to).loadConstant(low).loadConstant(from);
                c.loadConstant(Wide.limbs(part.width())).loadConstant(limbs);
                code.call(Wide.class, "orAt");
            }
        }
    }

    /** Ors a limb, moved left by {@code low} bits, to a number that has the limbs for it. */
    private void or(int to, int low, int limbs, Runnable limb) {
        int at = to + (low >>> 6);
        set(at, () -> {
            code.limb(at);
            limb.run();
            if ((low & 63) != 0) c.loadConstant(low & 63).lshl();
            c.lor();
        });
        if ((low & 63) == 0 || (low >>> 6) + 1 >= limbs) return;
        set(at + 1, () -> {
            code.limb(at + 1);
            limb.run();
            c.loadConstant(64 - (low & 63)).lushr().lor();
        });
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
        int limbs = Wide.limbs(v.left().width());
        boolean equality = v.operator() == BinaryOperator.EQUAL || v.operator() == BinaryOperator.NOT_EQUAL;
        if (equality && limbs <= FEW) {
            for (int i = 0; i < limbs; i++) {
                code.limb(left + i);
                code.limb(right + i);
                c.lxor();
                if (i > 0) c.lor();
            }
            c.lconst_0().lcmp();
            return;
        }
        code.wide();
        c.loadConstant(left).loadConstant(right);
        if (signed) {
            code.integer(v.left().width());
            code.call(Wide.class, "compareSigned");
        } else {
            code.integer(limbs);
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
