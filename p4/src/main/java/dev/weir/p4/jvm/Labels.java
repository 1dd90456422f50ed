package dev.weir.p4.jvm;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Table;
import java.util.ArrayList;
import java.util.List;

/** The labels that a body leaves and that are around it. */
final class Labels {
    private Labels() {}

    static void left(List<Instruction> body, Names names, List<String> labels) {
        for (Instruction instruction : body) left(instruction, names, labels);
    }

    private static void left(Instruction instruction, Names names, List<String> labels) {
        switch (instruction) {
            case Instruction.If i -> {
                left(i.then(), names, labels);
                left(i.otherwise(), names, labels);
            }
            case Instruction.Switch i -> {
                i.cases().forEach(arm -> left(arm.body(), names, labels));
                left(i.otherwise(), names, labels);
            }
            case Instruction.Block i -> {
                List<String> inner = new ArrayList<>();
                left(i.body(), names, inner);
                inner.removeIf(label -> label.equals(i.label()));
                inner.forEach(label -> add(label, labels));
            }
            case Instruction.Loop i -> left(i.body(), names, labels);
            case Instruction.Leave i -> add(i.label(), labels);
            case Instruction.Apply i -> {
                Table table = names.table(i.table());
                for (Table.ActionUse use : table.actions()) {
                    left(names.action(use.action()).body(), names, labels);
                }
            }
            case Instruction.Extract _, Instruction.Advance _, Instruction.Lookahead _, Instruction.Fail _ ->
                add(InstructionCode.FAILED, labels);
            default -> {}
        }
    }

    private static void add(String label, List<String> labels) {
        if (!labels.contains(label)) labels.add(label);
    }
}
