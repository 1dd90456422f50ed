package dev.weir.p4.check;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.Span;
import dev.weir.p4.typed.Architecture;
import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Type;
import java.util.List;

/**
 * Rules of {@code add_entry}: it is called where a table with {@code add_on_miss} was missed, that is in its default action; it names another
 * action of the table that an entry can have; and it gives what that action takes, in its order and types.
 */
final class AddEntryRules {
    private final Architecture architecture;
    private final Diagnostics diagnostics;

    AddEntryRules(Architecture architecture, Diagnostics diagnostics) {
        this.architecture = architecture;
        this.diagnostics = diagnostics;
    }

    static boolean isAddition(String function) {
        return function.equals("add_entry") || function.equals("add_entry_if");
    }

    /** A call in an action of a table, or in what that action calls. */
    void check(Definition.Table table, Definition.ActionRef ref, Expr.Call call) {
        String function = NicRules.function(call);
        if (function == null || !isAddition(function)) return;
        if (table.defaultAction() == null || table.defaultAction().action() != ref.action()) {
            String message = "'" + ref.action().name() + "' adds entries, but is not the default action of table '"
                    + table.name() + "'";
            error(call.span(), message, "entries are added where none was found: make it the default_action");
            return;
        }
        property(table, call);
        for (Definition.Key key : table.keys()) {
            if (!key.matchKind().equals("exact")) {
                String message =
                        "entries are added to table '" + table.name() + "', but key '" + key.label() + "' is not exact";
                error(key.span(), message, null);
            }
        }
        added(table, call);
    }

    private void property(Definition.Table table, Expr.Call call) {
        Definition.Property property = table.property("add_on_miss");
        if (property != null && property.value() instanceof Expr.Bool b && b.value()) return;
        String message = "table '" + table.name() + "' does not say that entries are added to it";
        String help = "give it the property add_on_miss = true";
        if (architecture == Architecture.TC) {
            diagnostics.warning(call.span(), "add-entry", message, help);
        } else {
            error(call.span(), message, help);
        }
    }

    private void added(Definition.Table table, Expr.Call call) {
        Expr name = argument(call, "action_name");
        Expr values = argument(call, "action_params");
        if (name instanceof Expr.Faulty || values instanceof Expr.Faulty) return;
        if (!(name instanceof Expr.Text text)) {
            error(name.span(), "the action of an entry is named by a string", null);
            return;
        }
        Definition.ActionRef added = table.actions().stream()
                .filter(a -> a.action().name().equals(text.value())
                        || a.action().label().equals(text.value()))
                .findFirst()
                .orElse(null);
        if (added == null) {
            List<String> names =
                    table.actions().stream().map(a -> a.action().name()).toList();
            error(
                    name.span(),
                    "table '" + table.name() + "' has no action '" + text.value() + "'",
                    Guess.among(names, text.value()));
        } else if (Note.has(added.notes(), "defaultonly")) {
            error(name.span(), "'" + text.value() + "' is @defaultonly, so no entry can have it", null);
        } else if (adds(added.action())) {
            error(name.span(), "'" + text.value() + "' adds entries itself, so no entry can have it", null);
        } else {
            values(added.action(), values);
        }
    }

    private static boolean adds(Definition.Action action) {
        boolean[] found = new boolean[1];
        NicRules.calls(action.body(), inner -> {
            String function = NicRules.function(inner);
            if (function != null && isAddition(function)) found[0] = true;
        });
        return found[0];
    }

    private static Expr argument(Expr.Call call, String name) {
        List<Param> params =
                ((Callee.OfExternFunction) call.callee()).signature().parameters();
        for (int i = 0; i < params.size(); i++) {
            Expr argument = call.arguments().get(i);
            if (params.get(i).name().equals(name) && argument != null) return argument;
        }
        return new Expr.Faulty(call.span());
    }

    private void values(Definition.Action action, Expr values) {
        List<Param> params = action.signature().parameters();
        for (Param param : params) {
            if (param.direction() != Param.Direction.NONE) {
                error(
                        values.span(),
                        "parameter '" + param.name() + "' of '" + action.name()
                                + "' has a direction, so no entry can give it",
                        null);
                return;
            }
        }
        List<Type> wanted = params.stream().map(Param::type).toList();
        List<Type> given = given(values.type());
        if (given.size() != wanted.size()) {
            String message = "'" + action.name() + "' takes " + wanted.size() + " values, here are " + given.size();
            error(values.span(), message, "it is " + action.signature());
            return;
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (!fits(wanted.get(i), given.get(i))) {
                String message = "'" + params.get(i).name() + "' of '" + action.name() + "' is " + wanted.get(i)
                        + ", here is " + given.get(i);
                error(values.span(), message, null);
            }
        }
    }

    /** Whether a value is what a parameter takes; of a distinct type, also its bits. */
    private static boolean fits(Type wanted, Type given) {
        Type.Bits bits = Folding.bits(wanted);
        return given.equals(wanted)
                || given == Type.Basic.UNKNOWN
                || (bits != null && (given == Type.Basic.INTEGER || bits.equals(Folding.bits(given))));
    }

    /** The types of what is given: of fields, of elements, or of the one value. */
    private static List<Type> given(Type type) {
        return switch (type) {
            case Type.Tuple t -> t.elements();
            case Type.Struct s -> s.fields().stream().map(Type.Field::type).toList();
            case Type.NamedValues v -> v.fields().stream().map(Type.Field::type).toList();
            default -> List.of(type);
        };
    }

    private void error(Span span, String message, @org.jspecify.annotations.Nullable String help) {
        diagnostics.error(span, "add-entry", message, help);
    }
}
