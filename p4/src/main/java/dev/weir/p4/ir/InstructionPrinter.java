package dev.weir.p4.ir;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The text of instructions, a line each, bodies indented. */
final class InstructionPrinter {
    private final StringBuilder out;
    private final ValuePrinter values;
    private final Map<String, Table> ran;
    private int indent;

    /** @param ran tables by the name of the place that says which of their actions ran */
    InstructionPrinter(StringBuilder out, Map<String, Table> ran) {
        this.out = out;
        this.values = new ValuePrinter(out);
        this.ran = ran;
    }

    /** In braces, the first of which follows what is on the line already. */
    void body(List<Instruction> body) {
        out.append("{\n");
        indent++;
        lines(body);
        indent--;
        begin().append('}');
    }

    void lines(List<Instruction> body) {
        for (Instruction instruction : body) {
            begin();
            instruction(instruction);
            out.append('\n');
        }
    }

    void indented(Runnable print) {
        indent++;
        print.run();
        indent--;
    }

    StringBuilder begin() {
        return out.append("    ".repeat(indent));
    }

    private void instruction(Instruction instruction) {
        switch (instruction) {
            case Instruction.Assign i -> assign(i.to(), " = ", "").value(i.value());
            case Instruction.If i -> branch(i);
            case Instruction.Switch i -> choice(i);
            case Instruction.Block i -> {
                out.append("block ").append(i.label()).append(' ');
                body(i.body());
            }
            case Instruction.Leave i -> out.append("leave ").append(i.label());
            case Instruction.Loop i -> {
                out.append("loop ").append(i.times()).append(' ');
                body(i.body());
            }
            case Instruction.Apply i -> out.append("apply ").append(i.table());
            case Instruction.Extract i -> named("extract ", i.header(), i.varbitBits());
            case Instruction.Advance i -> verb("advance ", i.bits());
            case Instruction.Lookahead i -> assign(i.to(), " <- ", "lookahead");
            case Instruction.Fail i -> out.append("fail ").append(i.error());
            case Instruction.Emit i -> out.append("emit ").append(i.header());
            case Instruction.Forward i -> verb("forward ", i.port());
            case Instruction.Drop _ -> out.append("drop");
            case Instruction.Mirror i -> {
                out.append("mirror");
                values.values(List.of(i.slot(), i.session()));
            }
            case Instruction.MarkFlow i -> verb("mark_flow ", i.offloaded());
            case Instruction.RecallFlows _ -> out.append("recall_flows");
            case Instruction.Recirculate _ -> out.append("recirculate");
            case Instruction.RestartTimer i -> named("restart_timer", "", i.profile());
            default -> effect(instruction);
        }
    }

    /** What has to do with resources and entries. */
    private void effect(Instruction instruction) {
        switch (instruction) {
            case Instruction.Count i -> cell("count ", i.counter(), i.index());
            case Instruction.ExecuteMeter i -> {
                assign(i.to(), " <- ", "");
                cell("execute ", i.meter(), i.index());
                if (i.color() != null) values.values(List.of(i.color()));
            }
            case Instruction.ReadRegister i -> {
                assign(i.to(), " <- ", "");
                cell("read ", i.register(), i.index());
            }
            case Instruction.WriteRegister i -> {
                cell("write ", i.register(), i.index());
                verb(" = ", i.value());
            }
            case Instruction.Random i -> {
                assign(i.to(), " <- ", "random");
                values.values(List.of(i.low(), i.high()));
            }
            case Instruction.Contains i -> {
                assign(i.to(), " <- ", "contains ");
                out.append(i.set());
                values.values(i.values());
            }
            case Instruction.Notify i -> {
                out.append("notify ").append(i.digest());
                values.values(i.values());
            }
            case Instruction.AddEntry i -> {
                assign(i.status(), " <- ", "add_entry ");
                out.append(i.action());
                values.values(i.arguments());
                verb(" profile ", i.profile());
            }
            default -> throw new AssertionError(instruction);
        }
    }

    private ValuePrinter assign(Value.Place to, String arrow, String verb) {
        out.append(to.name()).append(arrow).append(verb);
        return values;
    }

    private void verb(String verb, Value value) {
        out.append(verb);
        values.value(value);
    }

    private void named(String verb, String name, @Nullable Value argument) {
        out.append(verb).append(name);
        if (argument != null) values.values(List.of(argument));
    }

    private void cell(String verb, String name, @Nullable Value index) {
        out.append(verb).append(name);
        if (index == null) return;
        out.append('[');
        values.value(index);
        out.append(']');
    }

    private void branch(Instruction.If i) {
        verb("if ", i.condition());
        out.append(' ');
        body(i.then());
        if (i.otherwise().isEmpty()) return;
        out.append(" else ");
        if (i.otherwise().size() == 1 && i.otherwise().getFirst() instanceof Instruction.If next) {
            branch(next);
        } else {
            body(i.otherwise());
        }
    }

    private void choice(Instruction.Switch i) {
        verb("switch ", i.on());
        out.append(" {\n");
        indent++;
        Table table = i.on() instanceof Value.Place place ? ran.get(place.name()) : null;
        for (Instruction.Case arm : i.cases()) {
            begin().append("case ");
            for (int n = 0; n < arm.numbers().size(); n++) {
                if (n > 0) out.append(", ");
                label(arm.numbers().get(n), table);
            }
            out.append(' ');
            body(arm.body());
            out.append('\n');
        }
        if (!i.otherwise().isEmpty()) {
            begin().append("else ");
            body(i.otherwise());
            out.append('\n');
        }
        indent--;
        begin().append('}');
    }

    private void label(BigInteger number, @Nullable Table table) {
        if (table != null && number.compareTo(BigInteger.valueOf(table.actions().size())) < 0) {
            out.append(table.actions().get(number.intValue()).action());
        } else {
            out.append(ValuePrinter.number(number));
        }
    }
}
