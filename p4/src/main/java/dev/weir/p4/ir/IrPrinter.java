package dev.weir.p4.ir;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The text of a {@link Pipeline}, for people, tests and golden files; {@link IrReader} makes the same pipeline of it. Declarations come before
 * their uses. What a declaration does not say has its ordinary value: a table's size is {@value Table#DEFAULT_SIZE}, and so on.
 */
public final class IrPrinter {
    private final StringBuilder out = new StringBuilder();
    private final ValuePrinter values = new ValuePrinter(out);
    private final InstructionPrinter code;

    private IrPrinter(Pipeline pipeline) {
        Map<String, Table> ran = new HashMap<>();
        for (Table table : pipeline.tables()) ran.put(table.ran().name(), table);
        code = new InstructionPrinter(out, ran);
    }

    public static String print(Pipeline pipeline) {
        IrPrinter printer = new IrPrinter(pipeline);
        printer.declarations(pipeline);
        pipeline.actions().forEach(printer::action);
        pipeline.tables().forEach(printer::table);
        printer.parser(pipeline);
        printer.code("control ", pipeline.control());
        printer.code("deparser ", pipeline.deparser());
        return printer.out.toString();
    }

    /** Instructions alone, for messages and for examples of passes. */
    public static String print(List<Instruction> instructions) {
        StringBuilder out = new StringBuilder();
        new InstructionPrinter(out, Map.of()).lines(instructions);
        return out.toString();
    }

    public static String print(Value value) {
        StringBuilder out = new StringBuilder();
        new ValuePrinter(out).value(value);
        return out.toString();
    }

    private void declarations(Pipeline pipeline) {
        out.append("program ").append(pipeline.name()).append('\n');
        List<String> errors = pipeline.errors()
                .subList(Pipeline.CORE_ERRORS.size(), pipeline.errors().size());
        list("errors", errors, out::append);
        for (HeaderType type : pipeline.headerTypes()) {
            list(
                    "header " + type.name(),
                    type.fields(),
                    f -> out.append(f.name())
                            .append(f.varbit() ? " varbit " : " ")
                            .append(f.width()));
        }
        list(
                "headers",
                pipeline.headers(),
                h -> out.append(h.name()).append(' ').append(h.type().name()));
        list("variables", pipeline.variables(), v -> {
            out.append(v.name()).append(' ').append(v.width());
            if (v.role() != null) out.append(" = ").append(lower(v.role()));
        });
        if (!pipeline.resources().isEmpty()) out.append('\n');
        pipeline.resources().forEach(this::resource);
        for (Pipeline.Digest digest : pipeline.digests()) {
            out.append("\ndigest ").append(digest.name());
            parameters(digest.fields());
            out.append('\n');
        }
        for (ValueSet set : pipeline.valueSets()) {
            list(
                    "value_set " + set.name() + "[" + set.size() + "]",
                    set.fields(),
                    f -> out.append('"')
                            .append(f.name())
                            .append("\" ")
                            .append(lower(f.kind()))
                            .append(' ')
                            .append(f.width()));
        }
        for (ActionProfile profile : pipeline.profiles()) {
            out.append(profile.selects() ? "\nselector " : "\nprofile ").append(profile.name());
            out.append('[').append(profile.size()).append("]\n");
        }
    }

    /** A blank line, then a line an item in braces; nothing when there are none. */
    private <T> void list(String title, List<T> items, Consumer<T> print) {
        if (items.isEmpty()) return;
        out.append('\n').append(title).append(" {\n");
        for (T item : items) {
            out.append("    ");
            print.accept(item);
            out.append('\n');
        }
        out.append("}\n");
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private void resource(Resource resource) {
        if (resource.direct()) out.append("direct ");
        switch (resource) {
            case Resource.Counter c -> sized("counter ", c).append(lower(c.unit()));
            case Resource.Meter m -> sized("meter ", m).append(lower(m.unit()));
            case Resource.Register r -> {
                sized("register ", r).append(r.width());
                if (r.initial().signum() != 0) out.append(" = ").append(ValuePrinter.number(r.initial()));
            }
        }
        out.append('\n');
    }

    private StringBuilder sized(String kind, Resource resource) {
        out.append(kind).append(resource.name());
        if (!resource.direct()) out.append('[').append(resource.size()).append(']');
        return out.append(' ');
    }

    private void parameters(List<Pipeline.Parameter> parameters) {
        out.append('(');
        for (int i = 0; i < parameters.size(); i++) {
            if (i > 0) out.append(", ");
            out.append(parameters.get(i).name())
                    .append(' ')
                    .append(parameters.get(i).width());
        }
        out.append(')');
    }

    private void action(Pipeline.Action action) {
        out.append("\naction ").append(action.name());
        parameters(action.parameters());
        out.append(' ');
        code.body(action.body());
        out.append('\n');
    }

    private void table(Table table) {
        out.append("\ntable ").append(table.name()).append(" {\n");
        for (Table.Key key : table.keys()) {
            out.append("    key \"").append(key.name()).append("\" ");
            out.append(lower(key.kind())).append(" = ");
            values.value(key.value());
            out.append('\n');
        }
        for (Table.ActionUse use : table.actions()) {
            line("action " + use.action()
                    + (use.scope() == Table.Scope.TABLE_AND_DEFAULT ? "" : " " + lower(use.scope())));
        }
        out.append("    default ");
        call(table.defaultAction().call(), table.defaultAction().constant());
        table.entries().forEach(this::entry);
        if (table.implementation() != null) implementation(table.implementation());
        if (table.size() != Table.DEFAULT_SIZE) line("size " + table.size());
        if (table.addOnMiss()) line("add_on_miss");
        if (table.idle() != Table.Idle.NONE) line("idle " + lower(table.idle()));
        if (table.profiles() != Table.DEFAULT_PROFILES) line("profiles " + table.profiles());
        List<Long> standard = Table.lifetimes(table.profiles());
        for (int i = 0; i < table.profiles(); i++) {
            long lifetime = table.lifetimes().get(i);
            if (lifetime != standard.get(i)) line("lifetime " + i + " " + lifetime);
        }
        if (table.permissions() != Table.NO_PERMISSIONS)
            line("permissions 0x" + Integer.toHexString(table.permissions()));
        for (String direct : table.direct()) line("direct " + direct);
        if (table.cache() != null) line("cache " + cache(table.cache()));
        out.append("}\n");
    }

    private static String cache(Table.Cache cache) {
        return lower(cache.policy())
                + (cache.byBytes() ? " bytes" : "")
                + (cache.tenant() == null ? "" : " tenant \"" + cache.tenant() + "\"")
                + (cache.quota() == 0 ? "" : " quota " + cache.quota());
    }

    private void implementation(Table.Implementation implementation) {
        out.append("    implementation ").append(implementation.profile());
        Table.Selection selection = implementation.selection();
        if (selection == null) {
            out.append('\n');
            return;
        }
        out.append(" select ");
        values.value(selection.by());
        out.append(" else ");
        call(selection.empty(), false);
    }

    private void line(String text) {
        out.append("    ").append(text).append('\n');
    }

    private void entry(Table.Entry entry) {
        out.append("    entry ");
        values.matches(entry.matches());
        if (entry.priority() != null) out.append(" priority ").append((int) entry.priority());
        out.append(" = ");
        call(entry.call(), entry.constant());
    }

    private void call(Table.Call call, boolean constant) {
        out.append(call.action()).append('(');
        for (int i = 0; i < call.arguments().size(); i++) {
            BigInteger argument = call.arguments().get(i);
            out.append(i > 0 ? ", " : "").append(ValuePrinter.number(argument));
        }
        out.append(constant ? ") const\n" : ")\n");
    }

    private void parser(Pipeline pipeline) {
        out.append("\nparser {\n");
        code.indented(() -> {
            for (Pipeline.State state : pipeline.states()) {
                code.begin().append("state ").append(state.name()).append(" {\n");
                code.indented(() -> {
                    code.lines(state.body());
                    transition(state.transition());
                });
                code.begin().append("}\n");
            }
        });
        out.append("}\n");
    }

    private void transition(Transition transition) {
        switch (transition) {
            case Transition.Goto t ->
                code.begin().append("goto ").append(t.state()).append('\n');
            case Transition.Select t -> {
                code.begin().append("select ");
                values.values(t.keys());
                out.append(" {\n");
                code.indented(() -> {
                    for (Transition.Case arm : t.cases()) {
                        code.begin();
                        values.matches(arm.matches());
                        out.append(" goto ").append(arm.state()).append('\n');
                    }
                });
                code.begin().append("}\n");
            }
        }
    }

    private void code(String title, List<Instruction> body) {
        out.append('\n').append(title);
        code.body(body);
        out.append('\n');
    }
}
