package dev.weir.p4.jvm;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.run.ProgramState;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
import java.util.ArrayList;
import java.util.List;

/** Makes code of how the parser goes from state to state: by jumps in one method, or by a method each. */
final class StateCode {
    private final Code code;
    private final CodeBuilder c;
    private final Names names;
    private final Pipeline pipeline;
    private final InstructionCode instructions;

    StateCode(Code code, Names names, InstructionCode instructions) {
        this.code = code;
        this.names = names;
        this.instructions = instructions;
        c = code.c;
        pipeline = names.pipeline;
    }

    /** All states as labels in one method. */
    void labels(Label accept, Label failed) {
        List<Label> labels = new ArrayList<>();
        for (int i = 0; i < pipeline.states().size(); i++) labels.add(code.label());
        labels.add(accept);
        labels.add(failed);
        code.name(InstructionCode.FAILED, failed);
        ParserCode parser = new ParserCode(instructions);
        for (int i = 0; i < pipeline.states().size(); i++) {
            Pipeline.State state = pipeline.states().get(i);
            int number = i;
            code.bind(labels.get(i));
            instructions.body(state.body());
            parser.transition(state.transition(), to -> {
                if (to <= number) turn(failed);
                c.goto_(labels.get(to));
            });
        }
        code.forget(InstructionCode.FAILED);
    }

    /** Counts a step backwards. */
    private void turn(Label failed) {
        Label fine = code.label();
        code.load(Storage.TURNS);
        c.lconst_1().ladd();
        code.store(Storage.TURNS);
        code.load(Storage.TURNS);
        code.constant(Pipeline.MOST_TURNS);
        c.lcmp().ifle(fine);
        code.constant(names.error(Pipeline.TIMEOUT));
        code.store(Storage.ERROR);
        c.goto_(failed);
        code.bind(fine);
    }

    /** The parser did not accept: drops the packet and returns, or, after an error, goes to {@code control}. */
    void rejected(Label control) {
        Label error = code.label();
        code.load(Storage.ERROR);
        c.lconst_0().lcmp().ifne(error);
        code.push("state", ProgramState.class);
        code.packet();
        code.call(ProgramState.class, "drop");
        c.return_();
        code.bind(error);
        for (Pipeline.Variable variable : pipeline.variables()) {
            if (variable.role() != Pipeline.Role.PARSER_ERROR) continue;
            code.load(Storage.ERROR);
            code.mask(variable.width());
            code.store(variable.name());
        }
        c.goto_(control);
    }

    /** A method for each state, which gives the number of the next one; goes on behind when control is to run. */
    void drive() {
        int states = pipeline.states().size();
        Label failed = code.label();
        Label accept = code.label();
        Label again = code.label();
        int next = c.allocateLocal(TypeKind.INT);
        c.iconst_0().istore(next);
        code.bind(again);
        List<SwitchCase> cases = new ArrayList<>();
        List<Label> labels = new ArrayList<>();
        for (int i = 0; i < states; i++) {
            labels.add(code.label());
            cases.add(SwitchCase.of(i, labels.get(i)));
        }
        cases.add(SwitchCase.of(states, accept));
        c.iload(next).lookupswitch(failed, cases);
        for (int i = 0; i < states; i++) {
            code.bind(labels.get(i));
            c.aload(0);
            code.packet();
            c.invokevirtual(code.self, "state" + i, InstructionCode.PIECE).istore(next);
            Label forwards = code.label();
            c.iload(next).loadConstant(i).if_icmpgt(forwards);
            turn(failed);
            code.bind(forwards);
            c.goto_(again);
        }
        code.bind(failed);
        rejected(accept);
        code.bind(accept);
    }

    /** What a state's method has in it. */
    void method(Pipeline.State state) {
        Label failed = code.label();
        code.name(InstructionCode.FAILED, failed);
        instructions.body(state.body());
        new ParserCode(instructions)
                .transition(state.transition(), to -> c.loadConstant(to).ireturn());
        code.bind(failed);
        c.loadConstant(pipeline.states().size() + 1).ireturn();
    }
}
