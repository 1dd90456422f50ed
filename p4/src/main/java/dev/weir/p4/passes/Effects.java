package dev.weir.p4.passes;

import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Which places instructions assign, those of the actions that they may run included. */
final class Effects {
    private final Map<String, Pipeline.Header> headers = new HashMap<>();
    private final Map<String, Table> tables = new HashMap<>();
    private final Map<String, Pipeline.Action> actions = new HashMap<>();

    Effects(Pipeline pipeline) {
        pipeline.headers().forEach(header -> headers.put(header.name(), header));
        pipeline.tables().forEach(table -> tables.put(table.name(), table));
        pipeline.actions().forEach(action -> actions.put(action.name(), action));
    }

    Set<String> assigned(Instruction instruction) {
        Set<String> names = new HashSet<>();
        assigned(instruction, names::add);
        return names;
    }

    private void assigned(List<Instruction> body, Consumer<String> name) {
        for (Instruction instruction : body) assigned(instruction, name);
    }

    private void assigned(Instruction instruction, Consumer<String> name) {
        switch (instruction) {
            case Instruction.Assign i -> name.accept(i.to().name());
            case Instruction.Lookahead i -> name.accept(i.to().name());
            case Instruction.ExecuteMeter i -> name.accept(i.to().name());
            case Instruction.ReadRegister i -> name.accept(i.to().name());
            case Instruction.Random i -> name.accept(i.to().name());
            case Instruction.Contains i -> name.accept(i.to().name());
            case Instruction.AddEntry i -> name.accept(i.status().name());
            case Instruction.If i -> {
                assigned(i.then(), name);
                assigned(i.otherwise(), name);
            }
            case Instruction.Switch i -> {
                i.cases().forEach(arm -> assigned(arm.body(), name));
                assigned(i.otherwise(), name);
            }
            case Instruction.Block i -> assigned(i.body(), name);
            case Instruction.Loop i -> assigned(i.body(), name);
            case Instruction.Extract i -> places(i.header(), name);
            case Instruction.Apply i -> {
                Table table = tables.get(i.table());
                if (table == null) return;
                name.accept(table.hit().name());
                name.accept(table.ran().name());
                for (Table.ActionUse use : table.actions()) {
                    Pipeline.Action action = actions.get(use.action());
                    if (action != null) assigned(action.body(), name);
                }
            }
            default -> {}
        }
    }

    /** The places of a header. */
    void places(String header, Consumer<String> name) {
        Pipeline.Header of = headers.get(header);
        if (of == null) return;
        name.accept(of.valid().name());
        for (HeaderType.Field field : of.type().fields()) {
            name.accept(of.field(field).name());
            if (field.varbit()) name.accept(of.length(field).name());
        }
    }
}
