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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds what an expression on the left of an assignment stands for. An index that is not known is a choice among all elements. */
final class Places {
    private final Code code;
    private final Expressions expressions;

    Places(Code code, Expressions expressions) {
        this.code = code;
        this.expressions = expressions;
    }

    /** The number of a field in its struct, header, union or list of values. */
    static int indexOf(Type type, String name) {
        List<Type.Field> fields = switch (type) {
            case Type.Struct s -> s.fields();
            case Type.NamedValues v -> v.fields();
            default -> List.of();
        };
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(name)) return i;
        }
        throw new IllegalArgumentException(type + " has no field " + name);
    }

    /** The slot, or null where which one it is is only known when the program runs, or it is no whole slot. */
    @Nullable
    Slot slot(Expr e, Frame frame) {
        return switch (e) {
            case Expr.Read r when frame.find(r.variable()) instanceof Bound.Stored s -> s.slot();
            case Expr.Field f -> {
                Slot of = slot(f.of(), frame);
                yield of == null ? null : partsOf(of).get(indexOf(frame.type(f.of().type()), f.name()));
            }
            case Expr.Index i -> {
                BigInteger index = expressions.integer(i.index(), frame);
                Slot of = index == null ? null : slot(i.of(), frame);
                yield of == null
                                || index == null
                                || index.intValue() >= partsOf(of).size()
                        ? null
                        : partsOf(of).get(index.intValue());
            }
            default -> null;
        };
    }

    static List<Slot> partsOf(Slot slot) {
        return switch (slot) {
            case Slot.Header h -> h.fields();
            case Slot.Parts p -> p.parts();
            case Slot.Elements e -> e.parts();
            case Slot.Scalar _, Slot.Varbit _ -> List.of();
        };
    }

    /** Does something with the slot, whichever it is when the program runs. */
    void with(Expr e, Frame frame, Consumer<Slot> action) {
        Slot known = slot(e, frame);
        if (known != null) {
            action.accept(known);
            return;
        }
        switch (e) {
            case Expr.Field f ->
                with(f.of(), frame, of -> action.accept(partsOf(of).get(indexOf(frame.type(f.of().type()), f.name()))));
            case Expr.Index i -> {
                Value index = code.save(expressions.value(i.index(), frame));
                with(i.of(), frame, of -> each(partsOf(of), index, action, List.of()));
            }
            case Expr.StackElement s -> with(s.of(), frame, of -> stackElement((Slot.Elements) of, s, action));
            default ->
                code.output().unsupported(e.span(), "this cannot be assigned here", "assign it to a variable first");
        }
    }

    private void each(List<Slot> parts, Value index, Consumer<Slot> action, List<Instruction> otherwise) {
        if (index instanceof Value.Constant c) {
            if (c.number().intValue() < parts.size())
                action.accept(parts.get(c.number().intValue()));
            return;
        }
        List<Instruction.Case> cases = new ArrayList<>();
        for (int i = 0; i < parts.size() && BigInteger.valueOf(i).bitLength() <= index.width(); i++) {
            Slot part = parts.get(i);
            cases.add(new Instruction.Case(List.of(BigInteger.valueOf(i)), code.inside(() -> action.accept(part))));
        }
        code.add(new Instruction.Switch(index, cases, otherwise));
    }

    private void stackElement(Slot.Elements stack, Expr.StackElement e, Consumer<Slot> action) {
        Value.Place next = next(stack);
        Value index = e.part() == Expr.StackPart.NEXT
                ? next
                : code.save(new Value.Binary(BinaryOperator.SUBTRACT, next, Value.constant(1, next.width())));
        each(stack.parts(), index, action, code.inside(code::outOfBounds));
        if (e.part() == Expr.StackPart.NEXT) {
            code.assign(next, Values.plus(next, Value.constant(1, next.width())));
        }
    }

    private static Value.Place next(Slot.Elements stack) {
        Value.Place next = stack.next();
        if (next == null) throw new IllegalArgumentException("no stack of headers: " + stack.type());
        return next;
    }

    /** What {@code next}, {@code last} or {@code lastIndex} of a stack holds. */
    Data element(Expr.StackElement e, Frame frame) {
        Slot slot = slot(e.of(), frame);
        if (!(slot instanceof Slot.Elements stack) || stack.next() == null) {
            code.output().unsupported(e.span(), "the stack is only known when the program runs", null);
            return code.layout().zero(frame.type(e.type()));
        }
        Value.Place next = stack.next();
        Value last = new Value.Binary(BinaryOperator.SUBTRACT, next, Value.constant(1, next.width()));
        List<Data> parts = stack.parts().stream().map(Data::of).toList();
        Value size = Value.constant(stack.parts().size(), next.width());
        return switch (e.part()) {
            case LAST_INDEX -> new Data.Scalar(last);
            case LAST -> {
                code.when(Values.equal(next, Values.zero(next.width())), code::outOfBounds);
                yield Expressions.choose(parts, last);
            }
            case NEXT -> {
                code.when(Values.not(new Value.Binary(BinaryOperator.LESS, next, size)), code::outOfBounds);
                yield Expressions.choose(parts, next);
            }
        };
    }

    /** Assigns to a slot or to some of its bits. */
    void assign(Expr target, Data data, Frame frame) {
        if (target instanceof Expr.Slice s) {
            assignSlice(s, ((Data.Scalar) data).value(), frame);
        } else {
            with(target, frame, slot -> code.store(slot, data));
        }
    }

    private void assignSlice(Expr.Slice s, Value bits, Frame frame) {
        Value saved = bits;
        BigInteger low = expressions.integer(s.low(), frame);
        Data old = expressions.data(s.of(), frame);
        Value of = ((Data.Scalar) old).value();
        if (low != null) {
            int first = low.intValue();
            int end = first + s.width();
            Value whole = saved;
            if (first > 0) whole = Values.concat(whole, Values.slice(of, first - 1, 0));
            if (end < of.width()) whole = Values.concat(Values.slice(of, of.width() - 1, end), whole);
            assign(s.of(), new Data.Scalar(whole), frame);
            return;
        }
        Value at = code.save(expressions.value(s.low(), frame));
        Value ones = Values.number(Value.mask(s.width()), of.width());
        Value hole = Values.not(shift(ones, at));
        Value whole = Expressions.operation(
                Expression.BinaryOperator.BIT_OR,
                Expressions.operation(Expression.BinaryOperator.BIT_AND, of, hole, false),
                shift(Values.resize(saved, of.width(), false), at),
                false);
        assign(s.of(), new Data.Scalar(whole), frame);
    }

    private static Value shift(Value value, Value by) {
        return new Value.Binary(BinaryOperator.SHIFT_LEFT, value, by);
    }
}
