package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Value;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the names of all places that instructions read or write. */
final class Uses {
    private final Set<String> names;

    Uses(Set<String> names) {
        this.names = names;
    }

    void all(List<Instruction> instructions) {
        instructions.forEach(this::one);
    }

    private void read(@Nullable Value value) {
        if (value != null) Code.reads(value, names);
    }

    private void one(Instruction instruction) {
        switch (instruction) {
            case Instruction.Assign i -> {
                read(i.to());
                read(i.value());
            }
            case Instruction.If i -> {
                read(i.condition());
                all(i.then());
                all(i.otherwise());
            }
            case Instruction.Switch i -> {
                read(i.on());
                i.cases().forEach(c -> all(c.body()));
                all(i.otherwise());
            }
            case Instruction.Block i -> all(i.body());
            case Instruction.Loop i -> all(i.body());
            case Instruction.Extract i -> read(i.varbitBits());
            case Instruction.Advance i -> read(i.bits());
            case Instruction.Lookahead i -> read(i.to());
            case Instruction.Count i -> read(i.index());
            case Instruction.ExecuteMeter i -> {
                read(i.to());
                read(i.index());
                read(i.color());
            }
            case Instruction.ReadRegister i -> {
                read(i.to());
                read(i.index());
            }
            case Instruction.WriteRegister i -> {
                read(i.index());
                read(i.value());
            }
            case Instruction.Random i -> {
                read(i.to());
                read(i.low());
                read(i.high());
            }
            case Instruction.Contains i -> {
                read(i.to());
                i.values().forEach(this::read);
            }
            case Instruction.Notify i -> i.values().forEach(this::read);
            case Instruction.AddEntry i -> {
                read(i.status());
                i.arguments().forEach(this::read);
                read(i.profile());
            }
            case Instruction.RestartTimer i -> read(i.profile());
            case Instruction.Forward i -> read(i.port());
            case Instruction.Mirror i -> {
                read(i.slot());
                read(i.session());
            }
            case Instruction.MarkFlow i -> read(i.offloaded());
            case Instruction.Leave _, Instruction.Apply _, Instruction.Fail _, Instruction.Emit _ -> {}
            case Instruction.Drop _, Instruction.RecallFlows _, Instruction.Recirculate _ -> {}
        }
    }
}
