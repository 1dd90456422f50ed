package dev.weir.p4.jvm;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looking ahead: where a table is larger than the caches, a vector's packets are first run up to that table, and all their keys are read at once, so
 * that one miss of the caches does not wait for the other. Then they run as ever, each after the other: nothing is decided ahead.
 */
final class Scouting {
    /** Tables that are smaller are in the caches anyway. */
    private static final int SMALLEST = 1024;

    private Scouting() {}

    /** The first large exact table that packets can come to without anything else having happened; {@code null} without one. */
    static @Nullable Table table(Pipeline pipeline, Names names) {
        return first(pipeline.control(), names);
    }

    private static @Nullable Table first(List<Instruction> body, Names names) {
        for (Instruction instruction : body) {
            Table found = switch (instruction) {
                case Instruction.Apply i -> large(names.table(i.table()));
                case Instruction.If i -> either(first(i.then(), names), first(i.otherwise(), names));
                case Instruction.Block i -> first(i.body(), names);
                case Instruction.Switch i -> {
                    Table table = first(i.otherwise(), names);
                    for (Instruction.Case arm : i.cases()) table = either(table, first(arm.body(), names));
                    yield table;
                }
                default -> null;
            };
            if (found != null) return found;
            if (!isHarmless(instruction)) return null;
        }
        return null;
    }

    private static @Nullable Table either(@Nullable Table a, @Nullable Table b) {
        return a != null ? a : b;
    }

    private static @Nullable Table large(Table table) {
        boolean exact = table.keys().stream().allMatch(key -> key.kind() == Table.MatchKind.EXACT);
        return exact && !table.keys().isEmpty() && table.size() >= SMALLEST ? table : null;
    }

    /** Whether an instruction changes only places, in itself. */
    static boolean isHarmless(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Assign _,
                    Instruction.If _,
                    Instruction.Switch _,
                    Instruction.Block _,
                    Instruction.Loop _,
                    Instruction.Leave _,
                    Instruction.Extract _,
                    Instruction.Advance _,
                    Instruction.Lookahead _,
                    Instruction.Contains _,
                    Instruction.Fail _ -> true;
            default -> false;
        };
    }
}
