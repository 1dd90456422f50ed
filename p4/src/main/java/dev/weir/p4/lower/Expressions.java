package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.Value.BinaryOperator;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes values of expressions. What an expression does, like a call, is added to the code before the value is used. */
final class Expressions {
    private final Code code;
    private final Places places;
    private final Calls calls;

    Expressions(Code code, Instances instances) {
        this.code = code;
        this.places = new Places(code, this);
        this.calls = new Calls(code, this, places, instances);
    }

    Places places() {
        return places;
    }

    Calls calls() {
        return calls;
    }

    Value value(Expr e, Frame frame) {
        return switch (data(e, frame)) {
            case Data.Scalar s -> s.value();
            case Data.Varbit v -> v.bits();
            case Data.Header _, Data.Parts _ -> {
                code.output().unsupported(e.span(), "a " + e.type() + " is no number here", null);
                yield Values.zero(1);
            }
        };
    }

    /** Several, each as it was before the later ones did anything. */
    List<Data> all(List<Expr> several, Frame frame) {
        List<Data> made = new ArrayList<>();
        for (Expr e : several) {
            int mark = code.size();
            Data data = data(e, frame);
            if (code.size() > mark) {
                for (int i = 0; i < made.size(); i++) {
                    int before = code.size();
                    made.set(i, code.saveBefore(mark, made.get(i)));
                    mark += code.size() - before;
                }
            }
            made.add(data);
        }
        return made;
    }

    Data data(Expr e, Frame frame) {
        return switch (e) {
            case Expr.Numeral n -> new Data.Scalar(numeral(n, frame));
            case Expr.Bool b -> new Data.Scalar(Value.bit(b.value()));
            case Expr.Member m -> new Data.Scalar(member(m));
            case Expr.Read r -> read(r, frame);
            case Expr.Field f -> field(f, frame);
            case Expr.Index i -> index(i, frame);
            case Expr.StackElement s -> places.element(s, frame);
            case Expr.Slice s -> new Data.Scalar(slice(s, frame));
            case Expr.Unary u -> new Data.Scalar(unary(u, frame));
            case Expr.Binary b -> new Data.Scalar(binary(b, frame));
            case Expr.Conditional c -> conditional(c, frame);
            case Expr.Cast c -> cast(c, frame);
            case Expr.Aggregate a -> aggregate(a, frame);
            case Expr.Invalid i -> code.layout().zero(frame.type(i.type()));
            case Expr.Default d -> code.layout().zero(frame.type(d.type()));
            case Expr.Call c -> calls.data(c, frame);
            case Expr.Anything _, Expr.Mask _, Expr.Range _, Expr.Text _ -> noValue(e, frame);
            case Expr.Named _, Expr.This _, Expr.New _, Expr.Faulty _ -> noValue(e, frame);
        };
    }

    private Data noValue(Expr e, Frame frame) {
        code.output().unsupported(e.span(), "a " + e.type() + " has no value here", null);
        return code.layout().zero(frame.type(e.type()));
    }

    private Value numeral(Expr.Numeral n, Frame frame) {
        int width = Layout.width(frame.type(n.type()));
        return Values.number(
                n.value(), width > 0 ? width : Math.max(8, n.value().bitLength() + 1));
    }

    private Value member(Expr.Member m) {
        if (m.type() instanceof Type.Enumeration e) {
            return Value.constant(e.shape().names().indexOf(m.name()), Layout.width(e));
        }
        return Value.constant(code.output().errorNumber(m.name()), Layout.ERROR_BITS);
    }

    private Data read(Expr.Read r, Frame frame) {
        return switch (frame.find(r.variable())) {
            case Bound.Stored s -> Data.of(s.slot());
            case Bound.Passed p -> p.data();
            case Bound.Given g -> data(g.value(), g.frame());
            case Bound.Made _ -> noValue(r, frame);
            case null -> noValue(r, frame);
        };
    }

    private Data field(Expr.Field f, Frame frame) {
        if (f.of().type() instanceof Type.Table) return new Data.Scalar(calls.result(f, frame));
        return part(data(f.of(), frame), frame.type(f.of().type()), f.name());
    }

    /** A field of a struct, header or union. */
    static Data part(Data of, Type type, String name) {
        List<Data> parts = switch (of) {
            case Data.Header h -> h.fields();
            case Data.Parts p -> p.parts();
            case Data.Scalar _, Data.Varbit _ -> List.of();
        };
        return parts.get(Places.indexOf(type, name));
    }

    private Data index(Expr.Index i, Frame frame) {
        List<Data> both = all(List.of(i.of(), i.index()), frame);
        Data.Parts of = (Data.Parts) both.getFirst();
        Value index = ((Data.Scalar) both.getLast()).value();
        if (index instanceof Value.Constant c) return of.parts().get(c.number().intValue());
        return choose(of.parts(), index);
    }

    /** The part that an index says; the last one beyond the end. */
    static Data choose(List<Data> parts, Value index) {
        Data chosen = parts.getLast();
        for (int i = parts.size() - 2; i >= 0; i--) {
            chosen = choose(Values.equal(index, Value.constant(i, index.width())), parts.get(i), chosen);
        }
        return chosen;
    }

    static Data choose(Value condition, Data then, Data otherwise) {
        return switch (then) {
            case Data.Scalar s ->
                new Data.Scalar(Values.choose(condition, s.value(), ((Data.Scalar) otherwise).value()));
            case Data.Varbit v -> {
                Data.Varbit o = (Data.Varbit) otherwise;
                yield new Data.Varbit(
                        Values.choose(condition, v.bits(), o.bits()), Values.choose(condition, v.length(), o.length()));
            }
            case Data.Header h -> {
                Data.Header o = (Data.Header) otherwise;
                yield new Data.Header(
                        Values.choose(condition, h.valid(), o.valid()), chooseAll(condition, h.fields(), o.fields()));
            }
            case Data.Parts p -> Data.parts(chooseAll(condition, p.parts(), ((Data.Parts) otherwise).parts()));
        };
    }

    private static List<Data> chooseAll(Value condition, List<Data> then, List<Data> otherwise) {
        List<Data> chosen = new ArrayList<>();
        for (int i = 0; i < then.size(); i++) {
            chosen.add(choose(condition, then.get(i), otherwise.get(i)));
        }
        return chosen;
    }

    private Value slice(Expr.Slice s, Frame frame) {
        List<Data> both = all(List.of(s.of(), s.low()), frame);
        Value of = ((Data.Scalar) both.getFirst()).value();
        Value low = ((Data.Scalar) both.getLast()).value();
        if (low instanceof Value.Constant c) {
            int first = c.number().intValue();
            return Values.slice(of, first + s.width() - 1, first);
        }
        Value shifted = new Value.Binary(BinaryOperator.SHIFT_RIGHT, of, low);
        return Values.slice(shifted, s.width() - 1, 0);
    }

    private Value unary(Expr.Unary u, Frame frame) {
        Value operand = value(u.operand(), frame);
        return switch (u.operator()) {
            case NOT, COMPLEMENT -> Values.not(operand);
            case MINUS -> new Value.Unary(Value.UnaryOperator.NEGATE, operand);
            case PLUS -> operand;
        };
    }

    private Value binary(Expr.Binary b, Frame frame) {
        return switch (b.operator()) {
            case AND -> shortly(b, frame, false);
            case OR -> shortly(b, frame, true);
            case EQUAL -> equality(b, frame);
            case NOT_EQUAL -> Values.not(equality(b, frame));
            default -> {
                List<Data> both = all(List.of(b.left(), b.right()), frame);
                Value left = ((Data.Scalar) both.getFirst()).value();
                Value right = ((Data.Scalar) both.getLast()).value();
                yield operation(
                        b.operator(),
                        left,
                        right,
                        Layout.isSigned(frame.type(b.left().type())));
            }
        };
    }

    /** The right operand only does something when the left one does not decide. */
    private Value shortly(Expr.Binary b, Frame frame, boolean decides) {
        Value left = value(b.left(), frame);
        Value[] right = new Value[1];
        List<Instruction> made = code.inside(() -> right[0] = value(b.right(), frame));
        if (made.isEmpty()) return decides ? Values.or(left, right[0]) : Values.and(left, right[0]);
        Value.Place result = code.output().variable("tmp", 1);
        code.assign(result, left);
        List<Instruction> then = new ArrayList<>(made);
        then.add(new Instruction.Assign(result, right[0]));
        code.add(new Instruction.If(decides ? Values.not(result) : result, then, List.of()));
        return result;
    }

    private Value equality(Expr.Binary b, Frame frame) {
        List<Data> both = all(List.of(b.left(), b.right()), frame);
        return equal(both.getFirst(), both.getLast());
    }

    static Value equal(Data one, Data other) {
        return switch (one) {
            case Data.Scalar s -> Values.equal(s.value(), ((Data.Scalar) other).value());
            case Data.Varbit v -> {
                Data.Varbit o = (Data.Varbit) other;
                yield Values.and(Values.equal(v.length(), o.length()), Values.equal(v.bits(), o.bits()));
            }
            case Data.Header h -> {
                Data.Header o = (Data.Header) other;
                Value fields = allEqual(h.fields(), o.fields());
                Value there = Values.and(h.valid(), Values.and(o.valid(), fields));
                yield Values.or(there, Values.not(Values.or(h.valid(), o.valid())));
            }
            case Data.Parts p -> allEqual(p.parts(), ((Data.Parts) other).parts());
        };
    }

    private static Value allEqual(List<Data> some, List<Data> others) {
        Value equal = Values.TRUE;
        for (int i = 0; i < some.size(); i++) {
            equal = Values.and(equal, equal(some.get(i), others.get(i)));
        }
        return equal;
    }

    static Value operation(Expression.BinaryOperator operator, Value left, Value right, boolean signed) {
        return switch (operator) {
            case CONCAT -> Values.concat(left, right);
            case GREATER -> binary(signed ? BinaryOperator.LESS_SIGNED : BinaryOperator.LESS, right, left);
            case AT_LEAST -> binary(signed ? BinaryOperator.LESS_EQUAL_SIGNED : BinaryOperator.LESS_EQUAL, right, left);
            case LESS -> binary(signed ? BinaryOperator.LESS_SIGNED : BinaryOperator.LESS, left, right);
            case AT_MOST -> binary(signed ? BinaryOperator.LESS_EQUAL_SIGNED : BinaryOperator.LESS_EQUAL, left, right);
            case EQUAL -> Values.equal(left, right);
            case NOT_EQUAL -> Values.not(Values.equal(left, right));
            case AND -> Values.and(left, right);
            case OR -> Values.or(left, right);
            case BIT_OR -> binary(BinaryOperator.OR, left, right);
            case BIT_XOR -> binary(BinaryOperator.XOR, left, right);
            case BIT_AND -> binary(BinaryOperator.AND, left, right);
            case SHIFT_LEFT -> binary(BinaryOperator.SHIFT_LEFT, left, right);
            case SHIFT_RIGHT ->
                binary(signed ? BinaryOperator.SHIFT_RIGHT_SIGNED : BinaryOperator.SHIFT_RIGHT, left, right);
            case ADD -> Values.plus(left, right);
            case SUBTRACT -> binary(BinaryOperator.SUBTRACT, left, right);
            case ADD_SATURATING ->
                binary(signed ? BinaryOperator.ADD_SATURATING_SIGNED : BinaryOperator.ADD_SATURATING, left, right);
            case SUBTRACT_SATURATING ->
                binary(
                        signed ? BinaryOperator.SUBTRACT_SATURATING_SIGNED : BinaryOperator.SUBTRACT_SATURATING,
                        left,
                        right);
            case MULTIPLY -> binary(BinaryOperator.MULTIPLY, left, right);
            case DIVIDE -> binary(BinaryOperator.DIVIDE, left, right);
            case MODULO -> binary(BinaryOperator.REMAINDER, left, right);
        };
    }

    private static Value binary(BinaryOperator operator, Value left, Value right) {
        return new Value.Binary(operator, left, right);
    }

    private Data conditional(Expr.Conditional c, Frame frame) {
        Value condition = value(c.condition(), frame);
        Data[] both = new Data[2];
        List<Instruction> yes = code.inside(() -> both[0] = data(c.whenTrue(), frame));
        List<Instruction> no = code.inside(() -> both[1] = data(c.whenFalse(), frame));
        if (yes.isEmpty() && no.isEmpty()) return choose(condition, both[0], both[1]);
        Slot result = code.temporary(frame.type(c.type()), "tmp", c.span());
        List<Instruction> then = new ArrayList<>(yes);
        then.addAll(code.inside(() -> code.store(result, both[0])));
        List<Instruction> otherwise = new ArrayList<>(no);
        otherwise.addAll(code.inside(() -> code.store(result, both[1])));
        code.add(new Instruction.If(condition, then, otherwise));
        return Data.of(result);
    }

    private Data cast(Expr.Cast c, Frame frame) {
        Type target = frame.type(c.type());
        int width = Layout.width(target);
        if (width < 0) return data(c.operand(), frame);
        BigInteger known = c.operand().type() == Type.Basic.INTEGER ? integer(c.operand(), frame) : null;
        if (known != null) return new Data.Scalar(Values.number(known, width));
        boolean signed = Layout.isSigned(frame.type(c.operand().type()));
        Value operand = value(c.operand(), frame);
        if (target == Type.Basic.BOOL && operand.width() > 1) {
            return new Data.Scalar(Values.not(Values.equal(operand, Values.zero(operand.width()))));
        }
        return new Data.Scalar(Values.resize(operand, width, signed));
    }

    /** A number that is known where the instance is made; null where it is not. */
    @Nullable
    BigInteger integer(Expr e, Frame frame) {
        return switch (e) {
            case Expr.Numeral n -> n.value();
            case Expr.Cast c -> integer(c.operand(), frame);
            case Expr.Read r when frame.find(r.variable()) instanceof Bound.Given g -> integer(g.value(), g.frame());
            case Expr.Read r
            when frame.find(r.variable()) instanceof Bound.Passed(Data.Scalar(Value.Constant constant)) ->
                constant.number();
            case Expr.Binary b -> {
                BigInteger left = integer(b.left(), frame);
                BigInteger right = integer(b.right(), frame);
                yield left == null || right == null ? null : integer(b.operator(), left, right);
            }
            default -> null;
        };
    }

    private static @Nullable BigInteger integer(Expression.BinaryOperator operator, BigInteger left, BigInteger right) {
        return switch (operator) {
            case ADD -> left.add(right);
            case SUBTRACT -> left.subtract(right);
            case MULTIPLY -> left.multiply(right);
            case DIVIDE -> right.signum() == 0 ? null : left.divide(right);
            case MODULO -> right.signum() == 0 ? null : left.mod(right.abs());
            default -> null;
        };
    }

    private Data aggregate(Expr.Aggregate a, Frame frame) {
        List<Data> elements = all(a.elements(), frame);
        return frame.type(a.type()) instanceof Type.Struct s && s.isHeader()
                ? new Data.Header(Values.TRUE, elements)
                : Data.parts(elements);
    }
}
