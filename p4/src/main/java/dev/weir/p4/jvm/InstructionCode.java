package dev.weir.p4.jvm;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.Wide;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes code of bodies: their control flow, assignments and decisions. What has to do with tables and resources is in {@link TableCode}. */
final class InstructionCode {
    /** A body of more than this becomes methods; a body inside of one that does, if it is more than the other. */
    private static final int MOST = 3000, MOST_INSIDE = 100;

    static final MethodTypeDesc PIECE = MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int);

    /** What the parser leaves when it fails. */
    static final String FAILED = "$failed";

    final Code code;
    final Names names;
    final Pieces pieces;
    final @Nullable Table table;
    final ValueCode values;

    private final CodeBuilder c;
    private final @Nullable String action;
    private final @Nullable Table scouted;
    private final Weight weight;
    private final TableCode tables;
    private final @Nullable ParserCode parser;
    private final @Nullable Consumer<Instruction.Emit> emit;

    /**
     * For one method.
     *
     * @param table whose action this is, with its arguments in {@code arguments}; {@code null} outside of actions
     * @param emit makes code of emits; {@code null} outside of the deparser
     * @param scouted the table that packets are looked ahead for, in code that only does this; else {@code null}
     */
    InstructionCode(
            Code code,
            Names names,
            Pieces pieces,
            @Nullable Table table,
            @Nullable String action,
            Map<String, Integer> arguments,
            @Nullable Consumer<Instruction.Emit> emit,
            @Nullable Table scouted) {
        this.code = code;
        this.scouted = scouted;
        this.names = names;
        this.pieces = pieces;
        this.table = table;
        this.action = action;
        this.emit = emit;
        c = code.c;
        values = new ValueCode(code, arguments);
        weight = new Weight(names);
        tables = new TableCode(this);
        parser = table == null ? new ParserCode(this) : null;
    }

    /** For the body of an action, in the same method. */
    InstructionCode ofAction(Table table, String action, Map<String, Integer> arguments) {
        return new InstructionCode(code, names, pieces, table, action, arguments, emit, scouted);
    }

    void body(List<Instruction> body) {
        if (!pieces.allowed() || weight.of(body) <= MOST) {
            body.forEach(this::instruction);
            return;
        }
        List<Instruction> group = new ArrayList<>();
        for (Instruction each : body) {
            if (weight.of(group) + weight.of(each) > MOST) {
                apart(group);
                group = new ArrayList<>();
            }
            group.add(each);
        }
        if (group.size() == body.size()) {
            // one instruction that is too much: what is in it goes apart
            group.forEach(this::instruction);
        } else {
            apart(group);
        }
    }

    /** A body of an instruction. */
    void inside(List<Instruction> body) {
        boolean large = pieces.allowed() && action == null && weight.of(body) > MOST_INSIDE;
        if (large) {
            apart(body);
        } else {
            body(body);
        }
    }

    /** Makes a body a method, and calls that. */
    private void apart(List<Instruction> body) {
        if (body.isEmpty()) return;
        c.aload(0);
        code.packet();
        c.invokevirtual(code.self, pieces.method(body, table, action), PIECE);
        leaveIfAsked(body);
    }

    /** Pops what a piece gave. */
    private void leaveIfAsked(List<Instruction> body) {
        List<String> labels = new ArrayList<>();
        Labels.left(body, names, labels);
        if (labels.isEmpty()) {
            c.pop();
            return;
        }
        for (String label : labels) {
            Label other = code.label();
            c.dup().loadConstant(pieces.number(label)).if_icmpne(other);
            c.pop();
            leave(label);
            code.bind(other);
        }
        c.pop();
    }

    /** Goes on behind the block of that label, or has the caller do so. */
    void leave(String label) {
        Label target = code.named(label);
        if (target != null) {
            c.goto_(target);
        } else {
            c.loadConstant(pieces.number(label)).ireturn();
        }
    }

    private void instruction(Instruction instruction) {
        int mark = code.storage.mark();
        make(instruction);
        code.storage.release(mark);
    }

    private void make(Instruction instruction) {
        if (scouted != null && !Scouting.isHarmless(instruction)) {
            if (instruction instanceof Instruction.Apply i && i.table().equals(scouted.name())) tables.scout(scouted);
            c.return_();
            return;
        }
        switch (instruction) {
            case Instruction.Assign i -> assign(i.to(), i.value());
            case Instruction.If i -> branch(i);
            case Instruction.Switch i -> choice(i);
            case Instruction.Block i -> {
                Label end = code.label();
                code.name(i.label(), end);
                body(i.body());
                code.forget(i.label());
                code.bind(end);
            }
            case Instruction.Loop i -> loop(i);
            case Instruction.Leave i -> leave(i.label());
            case Instruction.Forward i -> {
                state();
                code.packet();
                values.value(i.port());
                code.call(ProgramState.class, "forward");
            }
            case Instruction.Drop _ -> decide("drop");
            case Instruction.Recirculate _ -> decide("recirculate");
            case Instruction.Mirror i -> {
                state();
                code.packet();
                values.value(i.slot());
                values.value(i.session());
                code.call(ProgramState.class, "mirror");
            }
            case Instruction.MarkFlow i -> {
                state();
                code.packet();
                values.value(i.offloaded());
                code.call(ProgramState.class, "markFlow");
            }
            case Instruction.RecallFlows _ -> {
                state();
                code.call(ProgramState.class, "recallFlows");
            }
            case Instruction.Notify i -> notify(i);
            case Instruction.Random i -> {
                state();
                values.value(i.low());
                values.value(i.high());
                code.call(ProgramState.class, "random");
                code.store(i.to().name());
            }
            case Instruction.Emit i when emit != null -> emit.accept(i);
            case Instruction.Extract _, Instruction.Advance _, Instruction.Lookahead _, Instruction.Fail _
            when parser != null -> parser.instruction(instruction);
            default -> tables.instruction(instruction);
        }
    }

    void state() {
        code.push("state", ProgramState.class);
    }

    private void decide(String what) {
        state();
        code.packet();
        code.call(ProgramState.class, what);
    }

    void assign(Value.Place to, Value value) {
        if (to.width() <= 64) {
            if (code.storage.variable(to.name()) == null) return;
            values.value(value);
            code.store(to.name());
        } else {
            Integer slot = code.storage.slot(to.name());
            if (slot != null) values.wide().assign(to, slot, value);
        }
    }

    private void branch(Instruction.If i) {
        Label otherwise = code.label();
        values.branch(i.condition(), false, otherwise);
        inside(i.then());
        if (i.otherwise().isEmpty()) {
            code.bind(otherwise);
            return;
        }
        Label end = code.label();
        c.goto_(end);
        code.bind(otherwise);
        inside(i.otherwise());
        code.bind(end);
    }

    private void choice(Instruction.Switch i) {
        Label end = code.label();
        Label otherwise = code.label();
        List<Label> labels = i.cases().stream().map(_ -> code.label()).toList();
        if (i.on().width() <= 32) {
            List<SwitchCase> table = new ArrayList<>();
            for (int n = 0; n < labels.size(); n++) {
                for (BigInteger number : i.cases().get(n).numbers()) {
                    table.add(SwitchCase.of(number.intValue(), labels.get(n)));
                }
            }
            values.value(i.on());
            c.l2i().lookupswitch(otherwise, table);
        } else {
            for (int n = 0; n < labels.size(); n++) {
                for (BigInteger number : i.cases().get(n).numbers()) {
                    equal(i.on(), number, labels.get(n));
                }
            }
            c.goto_(otherwise);
        }
        for (int n = 0; n < labels.size(); n++) {
            code.bind(labels.get(n));
            inside(i.cases().get(n).body());
            c.goto_(end);
        }
        code.bind(otherwise);
        inside(i.otherwise());
        code.bind(end);
    }

    private void equal(Value on, BigInteger number, Label target) {
        Value.Constant constant = new Value.Constant(number, on.width());
        values.branch(new Value.Binary(Value.BinaryOperator.EQUAL, on, constant), true, target);
    }

    private void loop(Instruction.Loop i) {
        int counter = c.allocateLocal(java.lang.classfile.TypeKind.INT);
        Label begin = code.label();
        Label end = code.label();
        c.loadConstant(i.times()).istore(counter);
        code.bind(begin);
        c.iload(counter).ifle(end);
        c.iinc(counter, -1);
        inside(i.body());
        c.goto_(begin);
        code.bind(end);
    }

    /** Puts the values one after the other at the begin of the digest's words. */
    private void notify(Instruction.Notify i) {
        int at = 0;
        for (Value value : i.values()) {
            int limbs = Wide.limbs(value.width());
            for (int limb = 0; limb < limbs; limb++) {
                int low = 64 * limb;
                int width = Math.min(64, value.width() - low);
                state();
                code.integer(at++);
                values.value(limbs == 1 ? value : new Value.Slice(value, low + width - 1, low));
                code.call(ProgramState.class, "digestWord");
            }
        }
        state();
        code.integer(names.digest(i.digest()));
        code.call(ProgramState.class, "digest");
    }

    /** Loads what the payload of the table has for the action's parameters. */
    Map<String, Integer> arguments(Table table, Pipeline.Action action) {
        Map<String, Integer> arguments = new HashMap<>();
        for (Pipeline.Parameter parameter : action.parameters()) {
            int word = tables.layout(table).argument(action.name(), parameter.name());
            arguments.put(parameter.name(), tables.argument(table, word, parameter.width()));
        }
        return arguments;
    }
}
