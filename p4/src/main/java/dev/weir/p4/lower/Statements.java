package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.Value.BinaryOperator;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes instructions of statements. */
final class Statements {
    /** How often a loop goes round at most, whose end is only known when the program runs. */
    private static final int MOST_ROUNDS = 1 << 16;

    private final Code code;
    private final Expressions expressions;
    private final Places places;
    private final Calls calls;

    Statements(Code code, Expressions expressions, Places places, Calls calls) {
        this.code = code;
        this.expressions = expressions;
        this.places = places;
        this.calls = calls;
    }

    void all(List<Stmt> statements, Frame frame) {
        statements.forEach(s -> one(s, frame));
    }

    void one(Stmt statement, Frame frame) {
        switch (statement) {
            case Stmt.Assign a -> assign(a, frame);
            case Stmt.Invoke i -> calls.data(i.call(), frame);
            case Stmt.Declare d -> declare(d, frame);
            case Stmt.Make m ->
                frame.bind(m.instance(), new Bound.Made(calls.instances().make(m.instance(), frame)));
            case Stmt.Block b -> all(b.statements(), frame);
            case Stmt.If i -> branch(i, frame);
            case Stmt.Switch s -> choice(s, frame);
            case Stmt.For f -> loop(f, frame);
            case Stmt.ForEach f -> each(f, frame);
            case Stmt.Return r -> leave(r, frame);
            case Stmt.Break _ -> leave(frame.breakLabel);
            case Stmt.Continue _ -> leave(frame.continueLabel);
            case Stmt.Exit _ -> leave(Code.exit());
        }
    }

    private void leave(@org.jspecify.annotations.Nullable String label) {
        code.add(new Instruction.Leave(label == null ? Code.exit() : label));
    }

    private void leave(Stmt.Return r, Frame frame) {
        if (r.value() != null && frame.result != null) code.store(frame.result, expressions.data(r.value(), frame));
        leave(frame.returnLabel);
    }

    private void assign(Stmt.Assign a, Frame frame) {
        Expression.BinaryOperator operator = a.operator();
        if (operator == null) {
            Data value = expressions.data(a.value(), frame);
            places.assign(a.target(), value, frame);
            return;
        }
        List<Data> both = expressions.all(List.of(a.target(), a.value()), frame);
        Value left = ((Data.Scalar) both.getFirst()).value();
        Value right = ((Data.Scalar) both.getLast()).value();
        boolean signed = Layout.isSigned(frame.type(a.target().type()));
        Value whole = Expressions.operation(operator, left, right, signed);
        places.assign(a.target(), new Data.Scalar(whole), frame);
    }

    private void declare(Stmt.Declare d, Frame frame) {
        Slot slot = code.temporary(
                frame.type(d.variable().type()), frame.name(d.variable().name()), d.span());
        frame.bind(d.variable(), new Bound.Stored(slot));
        if (d.value() == null) {
            calls.invalidate(slot);
        } else {
            code.store(slot, expressions.data(d.value(), frame));
        }
    }

    private void branch(Stmt.If i, Frame frame) {
        Value condition = expressions.value(i.condition(), frame);
        List<Instruction> yes = code.inside(() -> one(i.whenTrue(), frame));
        Stmt otherwise = i.whenFalse();
        List<Instruction> no = otherwise == null ? List.of() : code.inside(() -> one(otherwise, frame));
        if (Values.isConstant(condition)) {
            code.addAll(Values.is(condition, 1) ? yes : no);
        } else {
            code.add(new Instruction.If(condition, yes, no));
        }
    }

    private void choice(Stmt.Switch s, Frame frame) {
        Value subject = expressions.value(s.subject(), frame);
        List<Instruction.Case> cases = new ArrayList<>();
        List<Instruction> otherwise = List.of();
        List<BigInteger> numbers = new ArrayList<>();
        Set<BigInteger> seen = new HashSet<>();
        boolean isDefault = false;
        for (Stmt.Case one : s.cases()) {
            if (one.label() instanceof Expr.Anything) {
                isDefault = true;
            } else {
                BigInteger number = label(one.label(), frame);
                if (seen.add(number)) numbers.add(number);
            }
            Stmt.Block body = one.body();
            if (body == null) continue;
            List<Instruction> made = code.inside(() -> one(body, frame));
            if (isDefault) {
                otherwise = made;
            } else if (!numbers.isEmpty()) {
                cases.add(new Instruction.Case(numbers, made));
            }
            numbers = new ArrayList<>();
            isDefault = false;
        }
        code.add(new Instruction.Switch(subject, cases, otherwise));
    }

    private BigInteger label(Expr label, Frame frame) {
        if (label instanceof Expr.Member m && m.type() instanceof Type.Table t) {
            return BigInteger.valueOf(t.shape().actions().indexOf(m.name()));
        }
        Value value = expressions.value(label, frame);
        return value instanceof Value.Constant c ? c.number() : BigInteger.ZERO;
    }

    private void loop(Stmt.For f, Frame frame) {
        all(f.first(), frame);
        String end = code.output().unique("loop_end");
        List<Instruction> round = code.inside(() -> {
            Value condition = expressions.value(f.condition(), frame);
            code.when(Values.not(condition), () -> leave(end));
            body(f.body(), end, frame);
            all(f.next(), frame);
        });
        code.add(new Instruction.Block(end, List.of(new Instruction.Loop(MOST_ROUNDS, round))));
    }

    private void body(Stmt body, String end, Frame frame) {
        String outerBreak = frame.breakLabel;
        String outerContinue = frame.continueLabel;
        String next = code.output().unique("loop_next");
        frame.breakLabel = end;
        frame.continueLabel = next;
        code.add(new Instruction.Block(next, code.inside(() -> one(body, frame))));
        frame.breakLabel = outerBreak;
        frame.continueLabel = outerContinue;
    }

    private void each(Stmt.ForEach f, Frame frame) {
        String end = code.output().unique("loop_end");
        Slot slot = code.temporary(
                frame.type(f.variable().type()), frame.name(f.variable().name()), f.span());
        frame.bind(f.variable(), new Bound.Stored(slot));
        if (f.over() instanceof Expr.Range range) {
            code.add(new Instruction.Block(end, code.inside(() -> over(range, f, (Slot.Scalar) slot, end, frame))));
            return;
        }
        Data.Parts parts = (Data.Parts) expressions.data(f.over(), frame);
        code.add(new Instruction.Block(end, code.inside(() -> {
            for (Data part : parts.parts()) {
                code.store(slot, part);
                body(f.body(), end, frame);
            }
        })));
    }

    private void over(Expr.Range range, Stmt.ForEach f, Slot.Scalar slot, String end, Frame frame) {
        boolean signed = Layout.isSigned(slot.type());
        Value low = code.save(expressions.value(range.low(), frame));
        Value high = code.save(expressions.value(range.high(), frame));
        Value.Place at = code.output().variable("tmp", slot.place().width());
        code.assign(at, low);
        BinaryOperator less = signed ? BinaryOperator.LESS_SIGNED : BinaryOperator.LESS;
        code.when(new Value.Binary(less, high, low), () -> leave(end));
        List<Instruction> round = code.inside(() -> {
            code.assign(slot.place(), at);
            body(f.body(), end, frame);
            code.when(Values.equal(at, high), () -> leave(end));
            code.assign(at, Values.plus(at, Value.constant(1, at.width())));
        });
        code.add(new Instruction.Loop(rounds(low, high, signed), round));
    }

    private static int rounds(Value low, Value high, boolean signed) {
        if (signed || !(low instanceof Value.Constant a) || !(high instanceof Value.Constant b)) return MOST_ROUNDS;
        BigInteger rounds = b.number().subtract(a.number()).add(BigInteger.ONE);
        return rounds.max(BigInteger.ONE).min(BigInteger.valueOf(MOST_ROUNDS)).intValue();
    }
}
