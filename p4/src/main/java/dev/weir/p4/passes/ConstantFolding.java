package dev.weir.p4.passes;

import dev.weir.p4.interpret.Evaluator;
import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.Value.BinaryOperator;
import java.util.List;
import java.util.Map;

/**
 * Computes what is known: operators on constants, slices and extensions that do nothing or undo each other, branches whose condition is a constant.
 *
 * <p>Takes any pipeline. Gives one in which no operator has only constants, no condition is a constant, and no slice is of a whole value.
 */
final class ConstantFolding extends Rewriter {
    private static final Evaluator EVALUATOR = new Evaluator(Map.of(), Map.of());

    static Pipeline run(Pipeline pipeline) {
        return new ConstantFolding().pipeline(pipeline);
    }

    @Override
    void instruction(Instruction instruction, List<Instruction> out) {
        switch (rebuilt(instruction)) {
            case Instruction.If i
            when i.condition() instanceof Value.Constant c ->
                out.addAll(c.number().signum() != 0 ? i.then() : i.otherwise());
            case Instruction.If i when i.then().isEmpty() && i.otherwise().isEmpty() -> {}
            case Instruction.Switch i when i.on() instanceof Value.Constant c -> out.addAll(taken(i, c));
            case Instruction.Assign i when i.value().equals(i.to()) -> {}
            case Instruction i -> out.add(i);
        }
    }

    private static List<Instruction> taken(Instruction.Switch i, Value.Constant on) {
        for (Instruction.Case arm : i.cases()) {
            if (arm.numbers().contains(on.number())) return arm.body();
        }
        return i.otherwise();
    }

    @Override
    Value value(Value value) {
        return switch (value) {
            case Value.Unary v when v.operand() instanceof Value.Constant -> computed(v);
            case Value.Unary v
            when v.operand() instanceof Value.Unary inner && inner.operator() == v.operator() -> inner.operand();
            case Value.Binary v -> binary(v);
            case Value.Concat v
            when v.high() instanceof Value.Constant && v.low() instanceof Value.Constant -> computed(v);
            case Value.Slice v -> slice(v);
            case Value.Extend v when v.of() instanceof Value.Constant -> computed(v);
            case Value.Extend v when v.of().width() == v.width() -> v.of();
            case Value.Choose v
            when v.condition() instanceof Value.Constant c -> c.number().signum() != 0 ? v.then() : v.otherwise();
            case Value.Choose v when v.then().equals(v.otherwise()) -> v.then();
            case Value.Hash v
            when v.from() instanceof Value.Constant && v.data() instanceof Value.Constant -> computed(v);
            default -> value;
        };
    }

    private static Value.Constant computed(Value value) {
        return new Value.Constant(EVALUATOR.value(value), value.width());
    }

    private static boolean is(Value value, boolean ones) {
        return value instanceof Value.Constant c
                && (ones ? c.number().equals(Value.mask(c.width())) : c.number().signum() == 0);
    }

    private static Value binary(Value.Binary v) {
        Value left = v.left();
        Value right = v.right();
        if (left instanceof Value.Constant && right instanceof Value.Constant) return computed(v);
        BinaryOperator operator = v.operator();
        return switch (operator) {
            case AND -> is(left, false) || is(right, true) ? left : is(right, false) || is(left, true) ? right : v;
            case OR -> is(left, false) || is(right, true) ? right : is(right, false) || is(left, true) ? left : v;
            case ADD, XOR -> is(left, false) ? right : is(right, false) ? left : v;
            case SUBTRACT, SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED -> is(right, false) ? left : v;
            // a bit beside a constant one is the bit, or its inverse
            case EQUAL -> right.width() == 1 && is(right, true) ? left : v;
            case NOT_EQUAL -> right.width() == 1 && is(right, false) ? left : v;
            default -> v;
        };
    }

    private static Value slice(Value.Slice v) {
        int high = v.high();
        int low = v.low();
        return switch (v.of()) {
            case Value.Constant _ -> computed(v);
            case Value of when low == 0 && high == of.width() - 1 -> of;
            case Value.Slice of -> new Value.Slice(of.of(), of.low() + high, of.low() + low);
            case Value.Extend of when high < of.of().width() -> slice(new Value.Slice(of.of(), high, low));
            case Value.Concat of when high < of.low().width() -> slice(new Value.Slice(of.low(), high, low));
            case Value.Concat of
            when low >= of.low().width() -> {
                int less = of.low().width();
                yield slice(new Value.Slice(of.high(), high - less, low - less));
            }
            default -> v;
        };
    }
}
