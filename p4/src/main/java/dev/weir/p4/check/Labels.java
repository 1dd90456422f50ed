package dev.weir.p4.check;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.Span;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.TypedProgram;
import java.util.HashMap;
import java.util.Map;

/** No two tables, and no two actions, have the same name for the control plane: {@code @name(".t")} names from the outermost scope. */
final class Labels {
    private final Diagnostics diagnostics;
    private final Map<String, Span> actions = new HashMap<>();
    private final Map<String, Span> tables = new HashMap<>();

    private Labels(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    static void check(TypedProgram program, Diagnostics diagnostics) {
        Labels labels = new Labels(diagnostics);
        program.all(Definition.Action.class).forEach(a -> labels.add(labels.actions, "", a));
        for (Definition.Control control : program.all(Definition.Control.class)) {
            control.actions().forEach(a -> labels.add(labels.actions, control.name() + ".", a));
            control.tables().forEach(t -> labels.add(labels.tables, control.name() + ".", t));
        }
    }

    private void add(Map<String, Span> seen, String path, Definition definition) {
        String label = definition.label();
        String whole = label.startsWith(".") ? label.substring(1) : path + label;
        Span before = seen.putIfAbsent(whole, definition.span());
        if (before == null || !Note.has(definition.notes(), "name") || whole.equals("NoAction")) return;
        String message = "the control plane knows '" + whole + "' already, from " + before;
        diagnostics.error(definition.span(), "redeclared", message, "give it another @name");
    }
}
