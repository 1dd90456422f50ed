package dev.weir.p4.jvm;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Transition;
import dev.weir.p4.ir.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the code of a pipeline reads, what it assigns, and which headers it extracts. */
final class Uses {
    final Set<String> read = new HashSet<>();
    final Set<String> assigned = new HashSet<>();
    final Set<String> extracted = new HashSet<>();
    final Set<String> emitted = new HashSet<>();

    Uses(Pipeline pipeline) {
        for (Pipeline.Action action : pipeline.actions()) body(action.body());
        for (Table table : pipeline.tables()) table.values().forEach(this::value);
        for (Pipeline.State state : pipeline.states()) {
            body(state.body());
            if (state.transition() instanceof Transition.Select t) t.keys().forEach(this::value);
        }
        body(pipeline.control());
        body(pipeline.deparser());
    }

    boolean tracks(String place) {
        return read.contains(place) || assigned.contains(place);
    }

    private void body(List<Instruction> body) {
        body.forEach(this::instruction);
    }

    private void instruction(Instruction instruction) {
        switch (instruction) {
            case Instruction.Assign i -> {
                assigned.add(i.to().name());
                value(i.value());
            }
            case Instruction.If i -> {
                value(i.condition());
                body(i.then());
                body(i.otherwise());
            }
            case Instruction.Switch i -> {
                value(i.on());
                i.cases().forEach(arm -> body(arm.body()));
                body(i.otherwise());
            }
            case Instruction.Block i -> body(i.body());
            case Instruction.Loop i -> body(i.body());
            case Instruction.Extract i -> {
                extracted.add(i.header());
                value(i.varbitBits());
            }
            case Instruction.Advance i -> value(i.bits());
            case Instruction.Lookahead i -> assigned.add(i.to().name());
            case Instruction.Emit i -> emitted.add(i.header());
            case Instruction.Count i -> value(i.index());
            case Instruction.ExecuteMeter i -> {
                assigned.add(i.to().name());
                value(i.index());
                value(i.color());
            }
            case Instruction.ReadRegister i -> {
                assigned.add(i.to().name());
                value(i.index());
            }
            case Instruction.WriteRegister i -> {
                value(i.index());
                value(i.value());
            }
            case Instruction.Random i -> {
                assigned.add(i.to().name());
                value(i.low());
                value(i.high());
            }
            case Instruction.Contains i -> {
                assigned.add(i.to().name());
                i.values().forEach(this::value);
            }
            case Instruction.Notify i -> i.values().forEach(this::value);
            case Instruction.AddEntry i -> {
                assigned.add(i.status().name());
                i.arguments().forEach(this::value);
                value(i.profile());
            }
            case Instruction.RestartTimer i -> value(i.profile());
            case Instruction.Forward i -> value(i.port());
            case Instruction.Mirror i -> {
                value(i.slot());
                value(i.session());
            }
            case Instruction.MarkFlow i -> value(i.offloaded());
            case Instruction.Apply _,
                    Instruction.Leave _,
                    Instruction.Fail _,
                    Instruction.Drop _,
                    Instruction.RecallFlows _,
                    Instruction.Recirculate _ -> {}
        }
    }

    private void value(@Nullable Value value) {
        switch (value) {
            case null -> {}
            case Value.Constant _, Value.Argument _ -> {}
            case Value.Place v -> read.add(v.name());
            case Value.Unary v -> value(v.operand());
            case Value.Binary v -> {
                value(v.left());
                value(v.right());
            }
            case Value.Concat v -> {
                value(v.high());
                value(v.low());
            }
            case Value.Slice v -> value(v.of());
            case Value.Extend v -> value(v.of());
            case Value.Choose v -> {
                value(v.condition());
                value(v.then());
                value(v.otherwise());
            }
            case Value.Hash v -> {
                value(v.from());
                value(v.data());
            }
        }
    }
}
