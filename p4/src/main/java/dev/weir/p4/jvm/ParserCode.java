package dev.weir.p4.jvm;

import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Transition;
import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.Value.BinaryOperator;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/** Makes code of what the parser does, and of where it goes. */
final class ParserCode {
    private final InstructionCode around;
    private final Code code;
    private final CodeBuilder c;
    private final FieldCode fields;

    ParserCode(InstructionCode around) {
        this.around = around;
        code = around.code;
        c = code.c;
        fields = new FieldCode(code, around.values);
    }

    private void at() {
        code.load(Storage.AT);
    }

    private void fail(String error) {
        code.constant(around.names.error(error));
        code.store(Storage.ERROR);
        around.leave(InstructionCode.FAILED);
    }

    /** Pops how many bytes are needed. */
    private void failIfShort() {
        Label enough = code.label();
        code.load(Storage.END);
        at();
        c.lsub().lcmp().ifle(enough);
        fail(Pipeline.TOO_SHORT);
        code.bind(enough);
    }

    void instruction(Instruction instruction) {
        switch (instruction) {
            case Instruction.Extract i -> {
                Pipeline.Header header = around.names.header(i.header());
                if (i.varbitBits() == null) {
                    extract(header);
                } else {
                    extractVarbit(header, i.varbitBits());
                }
            }
            case Instruction.Advance i -> advance(i.bits());
            case Instruction.Lookahead i -> {
                code.constant((i.to().width() + 7) / 8);
                failIfShort();
                fields.load(code::data, this::at, 0, i.to());
            }
            case Instruction.Fail i -> fail(i.error());
            default -> throw new AssertionError(instruction);
        }
    }

    private void extract(Pipeline.Header header) {
        int bytes = Names.fixedBytes(header.type());
        code.constant(bytes);
        failIfShort();
        int bit = 0;
        for (HeaderType.Field field : header.type().fields()) {
            fields.load(code::data, this::at, bit, header.field(field));
            bit += field.width();
        }
        extracted(header);
        at();
        code.constant(bytes);
        c.ladd();
        code.store(Storage.AT);
    }

    private void extracted(Pipeline.Header header) {
        at();
        code.store(Storage.begin(header));
        c.lconst_1();
        code.store(header.valid().name());
    }

    private void extractVarbit(Pipeline.Header header, Value varbitBits) {
        HeaderType type = header.type();
        int bits = code.newLong();
        int bytes = code.newLong();
        around.values.value(varbitBits);
        c.lstore(bits);
        c.lload(bits);
        code.constant(type.mostBits() - type.fixedBits());
        failIfGreater(Pipeline.HEADER_TOO_SHORT);
        failUnlessBytes(bits);
        c.lload(bits).loadConstant(3).lushr().lstore(bytes);
        c.lload(bytes);
        code.constant(Names.fixedBytes(type));
        c.ladd();
        failIfShort();
        extracted(header);
        int bit = 0;
        for (HeaderType.Field field : type.fields()) {
            if (field.varbit()) {
                c.lload(bits);
                code.store(header.length(field).name());
                int before = bit / 8;
                fields.loadVarbit(
                        code::data,
                        () -> {
                            at();
                            code.constant(before);
                            c.ladd();
                        },
                        () -> c.lload(bytes),
                        header.field(field));
                // what follows is found from behind the varbit
                at();
                c.lload(bytes).ladd();
                code.store(Storage.AT);
            } else {
                fields.load(code::data, this::at, bit, header.field(field));
                bit += field.width();
            }
        }
        at();
        code.constant(Names.fixedBytes(type));
        c.ladd();
        code.store(Storage.AT);
    }

    /** Pops two numbers, of which the first must not be greater. */
    private void failIfGreater(String error) {
        Label fine = code.label();
        c.lcmp().ifle(fine);
        fail(error);
        code.bind(fine);
    }

    private void failUnlessBytes(int bits) {
        c.lload(bits).loadConstant(7L).land().lconst_0();
        failIfGreater(Pipeline.INVALID_ARGUMENT);
    }

    private void advance(Value by) {
        int bits = code.newLong();
        around.values.value(by);
        c.lstore(bits);
        failUnlessBytes(bits);
        c.lload(bits).loadConstant(3).lushr();
        failIfShort();
        at();
        c.lload(bits).loadConstant(3).lushr().ladd();
        code.store(Storage.AT);
    }

    /** Goes to states by {@code go}, which takes their numbers and ends what is before it. */
    void transition(Transition transition, IntConsumer go) {
        switch (transition) {
            case Transition.Goto t -> go.accept(around.names.state(t.state()));
            case Transition.Select t -> select(t, go);
        }
    }

    private void select(Transition.Select t, IntConsumer go) {
        int mark = code.storage.mark();
        List<Value> keys = t.keys().stream().map(this::kept).toList();
        List<Transition.Case> cases = t.cases();
        int tabled = tabled(t);
        if (tabled > 0) {
            table(keys.getFirst(), cases.subList(0, tabled), go);
            cases = cases.subList(tabled, cases.size());
        }
        for (Transition.Case arm : cases) {
            Label next = code.label();
            for (int i = 0; i < keys.size(); i++)
                match(keys.get(i), arm.matches().get(i), next);
            go.accept(around.names.state(arm.state()));
            code.bind(next);
        }
        fail(Pipeline.NO_MATCH);
        code.storage.release(mark);
    }

    /** A key that was computed once: a place, a constant, or what stands for it. */
    private Value kept(Value key) {
        if (key instanceof Value.Place || key instanceof Value.Constant) return key;
        if (key.width() <= 64) {
            int local = code.newLong();
            around.values.value(key);
            c.lstore(local);
            return around.values.kept(local, key.width());
        }
        return around.values.kept(around.values.wide().number(key), key.width());
    }

    /** How many cases at the begin a switch can tell apart. */
    private static int tabled(Transition.Select t) {
        if (t.keys().size() != 1 || t.keys().getFirst().width() > 32) return 0;
        int n = 0;
        while (n < t.cases().size() && t.cases().get(n).matches().getFirst() instanceof Match.Exactly) n++;
        return n > 1 ? n : 0;
    }

    private void table(Value key, List<Transition.Case> cases, IntConsumer go) {
        Label others = code.label();
        List<SwitchCase> table = new ArrayList<>();
        List<Label> labels = new ArrayList<>();
        Set<BigInteger> seen = new HashSet<>();
        for (Transition.Case arm : cases) {
            labels.add(code.label());
            BigInteger number = ((Match.Exactly) arm.matches().getFirst()).number();
            if (seen.add(number)) table.add(SwitchCase.of(number.intValue(), labels.getLast()));
        }
        around.values.value(key);
        c.l2i().lookupswitch(others, table);
        for (int i = 0; i < cases.size(); i++) {
            code.bind(labels.get(i));
            go.accept(around.names.state(cases.get(i).state()));
        }
        code.bind(others);
    }

    /** Jumps when a key does not match. */
    private void match(Value key, Match match, Label otherwise) {
        switch (match) {
            case Match.Any _ -> {}
            case Match.Exactly m -> unless(BinaryOperator.EQUAL, key, constant(m.number(), key), otherwise);
            case Match.Masked m -> {
                Value.Constant mask = constant(m.mask(), key);
                Value masked = new Value.Binary(BinaryOperator.AND, key, mask);
                unless(BinaryOperator.EQUAL, masked, constant(m.number().and(m.mask()), key), otherwise);
            }
            case Match.Range m -> {
                unless(BinaryOperator.LESS_EQUAL, constant(m.low(), key), key, otherwise);
                unless(BinaryOperator.LESS_EQUAL, key, constant(m.high(), key), otherwise);
            }
        }
    }

    private static Value.Constant constant(BigInteger number, Value key) {
        return new Value.Constant(number, key.width());
    }

    private void unless(BinaryOperator operator, Value left, Value right, Label otherwise) {
        int mark = code.storage.mark();
        around.values.branch(new Value.Binary(operator, left, right), false, otherwise);
        code.storage.release(mark);
    }
}
