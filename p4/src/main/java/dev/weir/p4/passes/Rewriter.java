package dev.weir.p4.passes;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Transition;
import dev.weir.p4.ir.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a pipeline anew with other values and instructions. By itself it changes nothing: passes say what becomes of what. */
abstract class Rewriter {
    Pipeline pipeline(Pipeline pipeline) {
        List<Pipeline.Action> actions = new ArrayList<>();
        for (Pipeline.Action action : pipeline.actions()) {
            actions.add(new Pipeline.Action(action.name(), action.parameters(), whole(action.body())));
        }
        List<Pipeline.State> states = new ArrayList<>();
        for (Pipeline.State state : pipeline.states()) {
            List<Instruction> body = whole(state.body());
            states.add(new Pipeline.State(state.name(), body, transition(state.transition())));
        }
        return pipeline.with(actions, states, whole(pipeline.control()), whole(pipeline.deparser()));
    }

    /** A body that is in no other. */
    List<Instruction> whole(List<Instruction> body) {
        return body(body);
    }

    List<Instruction> body(List<Instruction> body) {
        List<Instruction> out = new ArrayList<>();
        for (Instruction instruction : body) instruction(instruction, out);
        return out;
    }

    /** Appends what becomes of an instruction. */
    void instruction(Instruction instruction, List<Instruction> out) {
        out.add(rebuilt(instruction));
    }

    Transition transition(Transition transition) {
        return switch (transition) {
            case Transition.Goto t -> t;
            case Transition.Select t -> new Transition.Select(values(t.keys()), t.cases());
        };
    }

    /** What becomes of a value that is computed; its operands have been rewritten. */
    Value value(Value value) {
        return value;
    }

    /** An instruction with its values and bodies rewritten. */
    final Instruction rebuilt(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Assign i -> new Instruction.Assign(i.to(), rewritten(i.value()));
            case Instruction.If i -> new Instruction.If(rewritten(i.condition()), body(i.then()), body(i.otherwise()));
            case Instruction.Switch i -> {
                Value on = rewritten(i.on());
                List<Instruction.Case> cases = new ArrayList<>();
                for (Instruction.Case arm : i.cases()) cases.add(new Instruction.Case(arm.numbers(), body(arm.body())));
                yield new Instruction.Switch(on, cases, body(i.otherwise()));
            }
            case Instruction.Block i -> new Instruction.Block(i.label(), body(i.body()));
            case Instruction.Loop i -> new Instruction.Loop(i.times(), body(i.body()));
            case Instruction.Extract i -> new Instruction.Extract(i.header(), optional(i.varbitBits()));
            case Instruction.Advance i -> new Instruction.Advance(rewritten(i.bits()));
            case Instruction.Count i -> new Instruction.Count(i.counter(), optional(i.index()));
            case Instruction.ExecuteMeter i ->
                new Instruction.ExecuteMeter(i.to(), i.meter(), optional(i.index()), optional(i.color()));
            case Instruction.ReadRegister i -> new Instruction.ReadRegister(i.to(), i.register(), optional(i.index()));
            case Instruction.WriteRegister i ->
                new Instruction.WriteRegister(i.register(), optional(i.index()), rewritten(i.value()));
            case Instruction.Random i -> new Instruction.Random(i.to(), rewritten(i.low()), rewritten(i.high()));
            case Instruction.Contains i -> new Instruction.Contains(i.to(), i.set(), values(i.values()));
            case Instruction.Notify i -> new Instruction.Notify(i.digest(), values(i.values()));
            case Instruction.AddEntry i ->
                new Instruction.AddEntry(i.status(), i.action(), values(i.arguments()), rewritten(i.profile()));
            case Instruction.RestartTimer i -> new Instruction.RestartTimer(optional(i.profile()));
            case Instruction.Forward i -> new Instruction.Forward(rewritten(i.port()));
            case Instruction.Mirror i -> new Instruction.Mirror(rewritten(i.slot()), rewritten(i.session()));
            case Instruction.MarkFlow i -> new Instruction.MarkFlow(rewritten(i.offloaded()));
            case Instruction.Apply _,
                    Instruction.Leave _,
                    Instruction.Lookahead _,
                    Instruction.Fail _,
                    Instruction.Emit _,
                    Instruction.Drop _,
                    Instruction.RecallFlows _,
                    Instruction.Recirculate _ -> instruction;
        };
    }

    private List<Value> values(List<Value> values) {
        return values.stream().map(this::rewritten).toList();
    }

    private @Nullable Value optional(@Nullable Value value) {
        return value == null ? null : rewritten(value);
    }

    final Value rewritten(Value value) {
        return value(
                switch (value) {
                    case Value.Constant _, Value.Place _, Value.Argument _ -> value;
                    case Value.Unary v -> new Value.Unary(v.operator(), rewritten(v.operand()));
                    case Value.Binary v -> new Value.Binary(v.operator(), rewritten(v.left()), rewritten(v.right()));
                    case Value.Concat v -> new Value.Concat(rewritten(v.high()), rewritten(v.low()));
                    case Value.Slice v -> new Value.Slice(rewritten(v.of()), v.high(), v.low());
                    case Value.Extend v -> new Value.Extend(rewritten(v.of()), v.width(), v.signed());
                    case Value.Choose v ->
                        new Value.Choose(rewritten(v.condition()), rewritten(v.then()), rewritten(v.otherwise()));
                    case Value.Hash v -> new Value.Hash(v.algorithm(), rewritten(v.from()), rewritten(v.data()));
                });
    }
}
