package dev.weir.p4.check;

import dev.weir.p4.check.Context.Body;
import dev.weir.p4.check.Context.Place;
import dev.weir.p4.syntax.Declaration;
import dev.weir.p4.syntax.Declaration.Property;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks tables (specification, section 14.2). */
final class Tables {
    private final Context context;
    private final Expressions expressions;
    private final TableActions actions;

    Tables(Context context, Expressions expressions, Keysets keysets) {
        this.context = context;
        this.expressions = expressions;
        actions = new TableActions(context, expressions, keysets);
    }

    Definition.Table table(Declaration.Table t) {
        Body before = context.enter(new Body(Place.TABLE, null, 0));
        TableParts parts = new TableParts();
        checkProperties(t);
        each(t, Property.Key.class, key -> keys(key, parts));
        each(t, Property.Actions.class, listed -> actions.actions(listed, parts));
        each(t, Property.Value.class, value -> value(value, parts));
        each(t, Property.Entries.class, entries -> actions.entries(entries, parts));
        context.enter(before);
        if (parts.defaultAction == null && !hasDefault(t)) implied(t);
        List<String> names = parts.actions.stream().map(a -> a.action().name()).toList();
        Definition.Table table = new Definition.Table(
                t.name().span(),
                Notes.of(t.annotations()),
                new Shape.Table(t.name().text(), names),
                parts.found());
        context.declare(t.name(), new Entity.OfDefinition(table));
        return table;
    }

    private static boolean hasDefault(Declaration.Table t) {
        return t.properties().stream()
                .anyMatch(p -> p instanceof Property.Value v && v.name().text().equals("default_action"));
    }

    /** Where no default action is written it is NoAction, which has to be there. */
    private void implied(Declaration.Table t) {
        boolean there = context.find("NoAction", true) instanceof Entity.OfDefinition d
                && d.definition() instanceof Definition.Action a
                && a.parameters().isEmpty();
        if (there) return;
        String message = "table '" + t.name().text() + "' has no default action, and there is no NoAction for it";
        context.error(t.name().span(), "no-default", message, "#include <core.p4>, or write a default_action");
    }

    private static <P extends Property> void each(
            Declaration.Table t, Class<P> kind, java.util.function.Consumer<P> check) {
        for (Property property : t.properties()) {
            if (kind.isInstance(property)) check.accept(kind.cast(property));
        }
    }

    private void checkProperties(Declaration.Table t) {
        Set<String> names = new HashSet<>();
        for (Property property : t.properties()) {
            String name = switch (property) {
                case Property.Key _ -> "key";
                case Property.Actions _ -> "actions";
                case Property.Entries _ -> "entries";
                case Property.Value v -> v.name().text();
            };
            if (!names.add(name)) {
                context.error(property.span(), "redeclared", "'" + name + "' stands here twice", null);
            }
        }
        checkEntriesLast(t);
        if (!names.contains("actions")) {
            String message = "table '" + t.name().text() + "' has no actions";
            context.error(t.name().span(), "no-actions", message, "list them: actions = { NoAction; }");
        }
    }

    private void checkEntriesLast(Declaration.Table t) {
        Property entries = null;
        for (Property property : t.properties()) {
            if (property instanceof Property.Entries) entries = property;
            if (entries != null && (property instanceof Property.Key || property instanceof Property.Actions)) {
                context.error(entries.span(), "misplaced", "entries stand behind the key and the actions", null);
                return;
            }
        }
    }

    private void keys(Property.Key key, TableParts parts) {
        for (Declaration.KeyElement element : key.elements()) {
            Body table = context.enter(new Body(Place.CONTROL, null, 0));
            Expr value = expressions.check(element.value());
            context.enter(table);
            String kind = element.matchKind().text();
            if (!context.matchKinds.containsKey(kind)) {
                String help = Guess.among(context.matchKinds.keySet(), kind);
                context.error(
                        element.matchKind().span(), "unknown-name", "there is no match kind '" + kind + "'", help);
            }
            if (!isKey(value.type())) {
                context.error(value.span(), "bad-type", "a key cannot be " + value.type(), keyHelp(value.type()));
                value = new Expr.Faulty(value.span());
            }
            List<Note> notes = Notes.of(element.annotations());
            Note name = Note.find(notes, "name");
            if (name == null && !hasName(value)) {
                String help = "name it: ... : " + kind + " @name(\"...\")";
                context.error(value.span(), "no-name", "the control plane has no name for this key", help);
            }
            String label = name != null ? name.text() : element.value().span().text();
            parts.keys.add(new Definition.Key(element.span(), value, kind, label, notes));
        }
    }

    /** Whether the control plane can call a key what is written. */
    private static boolean hasName(Expr e) {
        return switch (e) {
            case Expr.Field f -> hasName(f.of());
            case Expr.Index i -> hasName(i.of());
            case Expr.Slice s -> hasName(s.of());
            case Expr.Cast c -> hasName(c.operand());
            case Expr.Mask m -> hasName(m.value());
            case Expr.Binary b ->
                b.operator() == Expression.BinaryOperator.BIT_AND && Known.is(b.right()) && hasName(b.left());
            case Expr.Call c ->
                c.callee() instanceof dev.weir.p4.typed.Callee.BuiltIn
                        || c.callee() instanceof dev.weir.p4.typed.Callee.Method;
            case Expr.Unary _, Expr.Conditional _ -> false;
            default -> true;
        };
    }

    private static boolean isKey(Type type) {
        return switch (type) {
            case Type.Basic b ->
                switch (b) {
                    case BOOL, ERROR, UNKNOWN -> true;
                    default -> false;
                };
            case Type.Bits _, Type.Varbit _, Type.Enumeration _, Type.Parameter _ -> true;
            case Type.Distinct d -> isKey(d.of());
            default -> false;
        };
    }

    private static @Nullable String keyHelp(Type type) {
        return type == Type.Basic.INTEGER
                ? "give it a width: 8w1"
                : type instanceof Type.Struct ? "list its fields one by one" : null;
    }

    private void value(Property.Value property, TableParts parts) {
        switch (property.name().text()) {
            case "default_action" -> parts.defaultAction = actions.called(property, parts);
            case "pna_empty_group_action", "psa_empty_group_action" ->
                parts.emptyGroup = actions.called(property, parts);
            default -> other(property, parts);
        }
    }

    private void other(Property.Value property, TableParts parts) {
        Expr value = expressions.check(property.value());
        if (property.name().text().equals("size")) {
            boolean number = value.type() == Type.Basic.INTEGER || value.type() instanceof Type.Bits;
            if (!number && value.type() != Type.Basic.UNKNOWN) {
                context.error(value.span(), "type-mismatch", "a size is a number, this is " + value.type(), null);
            } else if (!Known.is(value)) {
                context.error(value.span(), "not-constant", "this is not known when the program is compiled", null);
            } else if (value instanceof Expr.Numeral n && n.value().signum() < 0) {
                context.error(value.span(), "bad-size", "a table cannot have " + n.value() + " entries", null);
            }
        }
        parts.properties.add(new Definition.Property(
                property.span(), property.name().text(), property.constant(), value, Notes.of(property.annotations())));
    }
}
