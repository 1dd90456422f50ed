package dev.weir.p4.jvm;

import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.Value.BinaryOperator;
import dev.weir.p4.run.Hashes;
import dev.weir.p4.run.Narrow;
import dev.weir.p4.run.Wide;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Computes values of up to 64 bits on the operand stack, each a long whose other bits are zero. */
final class ValueCode {
    private final Code code;
    private final CodeBuilder c;
    private final WideCode wide;

    /** Variables, or slots of wide ones, that hold the arguments of the action. */
    private final Map<String, Integer> arguments;

    ValueCode(Code code, Map<String, Integer> arguments) {
        this.code = code;
        this.c = code.c;
        this.arguments = arguments;
        wide = new WideCode(code, this, arguments);
    }

    /** A value that is in a local, or in limbs from a slot on when it is wide. */
    Value kept(int where, int width) {
        String name = "$" + where;
        arguments.put(name, where);
        return new Value.Argument(name, width);
    }

    WideCode wide() {
        return wide;
    }

    /** Pushes it. */
    void value(Value value) {
        switch (value) {
            case Value.Constant v -> code.constant(v.number().longValue());
            case Value.Place v -> code.load(v.name());
            case Value.Argument v -> c.lload(Objects.requireNonNull(arguments.get(v.name())));
            case Value.Unary v -> unary(v);
            case Value.Binary v when v.operator().compares() -> pushCondition(v);
            case Value.Binary v -> binary(v);
            case Value.Concat v -> {
                value(v.high());
                c.loadConstant(v.low().width()).lshl();
                value(v.low());
                c.lor();
            }
            case Value.Slice v -> slice(v);
            case Value.Extend v -> {
                value(v.of());
                if (v.signed()) {
                    signed(v.of().width());
                    code.mask(v.width());
                }
            }
            case Value.Choose v -> choose(v);
            case Value.Hash v -> hash(v);
        }
    }

    private void unary(Value.Unary v) {
        value(v.operand());
        switch (v.operator()) {
            case NOT -> {
                code.constant(Code.ones(v.width()));
                c.lxor();
            }
            case NEGATE -> {
                c.lneg();
                code.mask(v.width());
            }
        }
    }

    /** Has the number on the stack be a signed one of 64 bits. */
    private void signed(int width) {
        if (width == 64) return;
        c.loadConstant(64 - width).lshl();
        c.loadConstant(64 - width).lshr();
    }

    private void binary(Value.Binary v) {
        int width = v.width();
        value(v.left());
        if (v.operator().shifts()) {
            shift(v);
            return;
        }
        value(v.right());
        switch (v.operator()) {
            case ADD -> c.ladd();
            case SUBTRACT -> c.lsub();
            case MULTIPLY -> c.lmul();
            case AND -> c.land();
            case OR -> c.lor();
            case XOR -> c.lxor();
            case DIVIDE -> code.call(Narrow.class, "divide");
            case REMAINDER -> code.call(Narrow.class, "remainder");
            case ADD_SATURATING -> {
                code.constant(Code.ones(width));
                code.call(Narrow.class, "addSaturating");
            }
            case SUBTRACT_SATURATING -> code.call(Narrow.class, "subtractSaturating");
            case ADD_SATURATING_SIGNED -> {
                code.integer(width);
                code.call(Narrow.class, "addSaturatingSigned");
            }
            case SUBTRACT_SATURATING_SIGNED -> {
                code.integer(width);
                code.call(Narrow.class, "subtractSaturatingSigned");
            }
            default -> throw new AssertionError(v);
        }
        boolean grows = v.operator().compareTo(BinaryOperator.MULTIPLY) <= 0;
        if (grows) code.mask(width);
    }

    private void shift(Value.Binary v) {
        if (v.right() instanceof Value.Constant by && v.operator() != BinaryOperator.SHIFT_RIGHT_SIGNED) {
            shift(v, by);
            return;
        }
        distance(v.right());
        switch (v.operator()) {
            case SHIFT_LEFT -> {
                code.constant(Code.ones(v.width()));
                code.call(Narrow.class, "shiftLeft");
            }
            case SHIFT_RIGHT -> code.call(Narrow.class, "shiftRight");
            default -> {
                code.integer(v.width());
                code.call(Narrow.class, "shiftRightSigned");
            }
        }
    }

    private void shift(Value.Binary v, Value.Constant by) {
        if (by.number().bitLength() > Integer.SIZE - 1 || by.number().intValue() >= v.width()) {
            c.pop2().lconst_0();
            return;
        }
        c.loadConstant(by.number().intValue());
        if (v.operator() == BinaryOperator.SHIFT_RIGHT) {
            c.lushr();
        } else {
            c.lshl();
            code.mask(v.width());
        }
    }

    /** Pushes by how much something is shifted: a long, negative or large when it is beyond any width. */
    void distance(Value by) {
        if (by.width() <= 64) {
            value(by);
        } else {
            int slot = wide.number(by);
            code.wide();
            c.loadConstant(slot).loadConstant(Wide.limbs(by.width()));
            code.call(Wide.class, "distance");
        }
    }

    private void slice(Value.Slice v) {
        int of = v.of().width();
        if (of > 64) {
            wide.piece(wide.number(v.of()), v.low(), v.width());
            return;
        }
        value(v.of());
        if (v.low() > 0) c.loadConstant(v.low()).lushr();
        if (v.high() < of - 1) code.mask(v.width());
    }

    private void choose(Value.Choose v) {
        Label otherwise = code.label();
        Label end = code.label();
        branch(v.condition(), false, otherwise);
        value(v.then());
        c.goto_(end);
        code.bind(otherwise);
        value(v.otherwise());
        code.bind(end);
    }

    private void pushCondition(Value condition) {
        Label no = code.label();
        Label end = code.label();
        branch(condition, false, no);
        c.lconst_1().goto_(end);
        code.bind(no);
        c.lconst_0();
        code.bind(end);
    }

    /** Jumps when the bit is as wanted. */
    void branch(Value condition, boolean when, Label target) {
        switch (condition) {
            case Value.Constant v -> {
                if ((v.number().signum() != 0) == when) c.goto_(target);
            }
            case Value.Unary v when v.operator() == Value.UnaryOperator.NOT -> branch(v.operand(), !when, target);
            case Value.Binary v when v.operator().compares() -> compare(v, when, target);
            case Value.Binary v
            when v.operator() == BinaryOperator.AND || v.operator() == BinaryOperator.OR -> {
                // the operand that decides alone: a false one of an and, a true one of an or
                boolean decides = v.operator() == BinaryOperator.OR;
                if (when == decides) {
                    branch(v.left(), decides, target);
                    branch(v.right(), decides, target);
                } else {
                    Label end = code.label();
                    branch(v.left(), decides, end);
                    branch(v.right(), when, target);
                    code.bind(end);
                }
            }
            default -> {
                value(condition);
                c.l2i();
                c.branch(when ? Opcode.IFNE : Opcode.IFEQ, target);
            }
        }
    }

    private void compare(Value.Binary v, boolean when, Label target) {
        boolean signed = v.operator() == BinaryOperator.LESS_SIGNED || v.operator() == BinaryOperator.LESS_EQUAL_SIGNED;
        int width = v.left().width();
        if (width > 64) {
            wide.compare(v, signed);
        } else {
            value(v.left());
            if (signed) signed(width);
            value(v.right());
            if (signed) signed(width);
            boolean equality = v.operator() == BinaryOperator.EQUAL || v.operator() == BinaryOperator.NOT_EQUAL;
            if (width == 64 && !signed && !equality) {
                code.call(Long.class, "compareUnsigned");
            } else {
                c.lcmp();
            }
        }
        c.branch(when ? whenTrue(v.operator()) : whenFalse(v.operator()), target);
    }

    private static Opcode whenTrue(BinaryOperator operator) {
        return switch (operator) {
            case EQUAL -> Opcode.IFEQ;
            case NOT_EQUAL -> Opcode.IFNE;
            case LESS, LESS_SIGNED -> Opcode.IFLT;
            default -> Opcode.IFLE;
        };
    }

    private static Opcode whenFalse(BinaryOperator operator) {
        return switch (operator) {
            case EQUAL -> Opcode.IFNE;
            case NOT_EQUAL -> Opcode.IFEQ;
            case LESS, LESS_SIGNED -> Opcode.IFGE;
            default -> Opcode.IFGT;
        };
    }

    private void hash(Value.Hash v) {
        value(v.from());
        if (v.algorithm() == Value.HashAlgorithm.SUM16) {
            sum(v.data());
        } else {
            whole(v.data(), v.algorithm() == Value.HashAlgorithm.CRC32 ? "crc32" : "crc16");
        }
    }

    private void whole(Value data, String method) {
        int slot = wide.inLimbs(data);
        code.wide();
        c.loadConstant(slot).loadConstant(data.width() / 8);
        code.call(Hashes.class, method);
    }

    /** Adds to the sum on the stack, in pieces of whole words where data is made of such: what checksums of headers are. */
    private void sum(Value data) {
        List<Value> pieces = new ArrayList<>();
        if (!pieces(data, pieces)) {
            whole(data, "sum16");
            return;
        }
        for (Value piece : pieces) {
            if (piece.width() > 64) {
                whole(piece, "sum16");
            } else {
                value(piece);
                code.call(Hashes.class, "sum16Narrow");
            }
        }
    }

    /** @return whether the data falls into numbers of whole words, of at most 64 bits where they had to be put together */
    private static boolean pieces(Value data, List<Value> pieces) {
        List<Value> parts = new ArrayList<>();
        flatten(data, parts);
        Value piece = null;
        for (Value part : parts) {
            piece = piece == null ? part : new Value.Concat(piece, part);
            if (piece.width() % 16 == 0) {
                pieces.add(piece);
                piece = null;
            } else if (piece.width() > 64) {
                return false;
            }
        }
        return piece == null && pieces.stream().noneMatch(each -> each.width() > 64 && each instanceof Value.Concat);
    }

    static void flatten(Value value, List<Value> parts) {
        if (value instanceof Value.Concat v) {
            flatten(v.high(), parts);
            flatten(v.low(), parts);
        } else {
            parts.add(value);
        }
    }
}
