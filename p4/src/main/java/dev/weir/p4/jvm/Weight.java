package dev.weir.p4.jvm;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** About how many bytes of code something becomes; rather too many. */
final class Weight {
    private static final int VALUE = 8, INSTRUCTION = 12, FIELD = 24;

    private final Names names;

    Weight(Names names) {
        this.names = names;
    }

    /** All of a program, an action once for each table that has it and is applied. */
    int of(Pipeline pipeline) {
        int sum = of(pipeline.control()) + of(pipeline.deparser());
        for (Pipeline.State state : pipeline.states()) sum += of(state.body());
        return sum;
    }

    int of(List<Instruction> body) {
        return body.stream().mapToInt(this::of).sum();
    }

    int of(Instruction instruction) {
        return INSTRUCTION
                + switch (instruction) {
                    case Instruction.Assign i -> of(i.value());
                    case Instruction.If i -> of(i.condition()) + of(i.then()) + of(i.otherwise());
                    case Instruction.Switch i ->
                        of(i.on())
                                + of(i.otherwise())
                                + i.cases().stream()
                                        .mapToInt(arm -> VALUE * arm.numbers().size() + of(arm.body()))
                                        .sum();
                    case Instruction.Block i -> of(i.body());
                    case Instruction.Loop i -> of(i.body());
                    case Instruction.Apply i -> of(names.table(i.table()));
                    case Instruction.Extract i -> fields(i.header()) + of(i.varbitBits());
                    case Instruction.Emit i -> 3 * fields(i.header());
                    case Instruction.WriteRegister i -> of(i.index()) + of(i.value());
                    case Instruction.Random i -> of(i.low()) + of(i.high());
                    case Instruction.Contains i -> ofAll(i.values());
                    case Instruction.Notify i -> ofAll(i.values());
                    case Instruction.AddEntry i -> ofAll(i.arguments()) + of(i.profile());
                    case Instruction.Mirror i -> of(i.slot()) + of(i.session());
                    case Instruction.MarkFlow i -> of(i.offloaded());
                    default -> 2 * VALUE;
                };
    }

    private int fields(String header) {
        return FIELD * (1 + names.header(header).type().fields().size());
    }

    private int of(Table table) {
        int sum = 4 * INSTRUCTION;
        for (Value value : table.values()) sum += 3 * VALUE + of(value);
        for (Table.ActionUse use : table.actions()) {
            Pipeline.Action action = names.action(use.action());
            sum += INSTRUCTION * (1 + action.parameters().size()) + of(action.body());
        }
        return sum;
    }

    private int ofAll(List<Value> values) {
        return values.stream().mapToInt(this::of).sum();
    }

    int of(@Nullable Value value) {
        return VALUE
                + switch (value) {
                    case null -> 0;
                    case Value.Constant v -> v.width() / 4;
                    case Value.Place _, Value.Argument _ -> 0;
                    case Value.Unary v -> of(v.operand());
                    case Value.Binary v -> of(v.left()) + of(v.right());
                    case Value.Concat v -> of(v.high()) + of(v.low());
                    case Value.Slice v -> of(v.of());
                    case Value.Extend v -> of(v.of());
                    case Value.Choose v -> of(v.condition()) + of(v.then()) + of(v.otherwise());
                    case Value.Hash v -> of(v.from()) + of(v.data());
                };
    }
}
