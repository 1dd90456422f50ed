package dev.weir.p4.check;

import dev.weir.p4.check.Context.Body;
import dev.weir.p4.check.Context.Place;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Declaration;
import dev.weir.p4.syntax.Declaration.Property;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.types.Inference;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Signature;
import dev.weir.p4.types.Substitution;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks tables (specification, section 14.2). */
final class Tables {
    private final Context context;
    private final Expressions expressions;
    private final Keysets keysets;
    private final Overloads overloads;

    Tables(Context context, Expressions expressions, Keysets keysets) {
        this.context = context;
        this.expressions = expressions;
        this.keysets = keysets;
        this.overloads = new Overloads(context, expressions.conversions(), expressions.types);
    }

    /** What of a table was found so far. */
    private static final class Parts {
        final List<Definition.Key> keys = new ArrayList<>();
        final List<Definition.ActionRef> actions = new ArrayList<>();
        final List<Definition.Entry> entries = new ArrayList<>();
        final List<Definition.Property> properties = new ArrayList<>();
        boolean constantEntries;
        Definition.@Nullable DefaultAction defaultAction;
    }

    Definition.Table table(Declaration.Table t) {
        Body before = context.enter(new Body(Place.TABLE, null, 0));
        Parts parts = new Parts();
        checkProperties(t);
        each(t, Property.Key.class, key -> keys(key, parts));
        each(t, Property.Actions.class, actions -> actions(actions, parts));
        each(t, Property.Value.class, value -> value(value, parts));
        each(t, Property.Entries.class, entries -> entries(entries, parts));
        context.enter(before);
        if (parts.defaultAction == null && !hasDefault(t)) implied(t);
        List<String> names = parts.actions.stream().map(a -> a.action().name()).toList();
        Definition.Table table = new Definition.Table(
                t.name().span(),
                Notes.of(t.annotations()),
                new Shape.Table(t.name().text(), names),
                parts.keys,
                parts.actions,
                parts.defaultAction,
                parts.entries,
                parts.constantEntries,
                parts.properties);
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

    private void keys(Property.Key key, Parts parts) {
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

    private void actions(Property.Actions actions, Parts parts) {
        Set<String> names = new HashSet<>();
        for (Declaration.ActionRef ref : actions.actions()) {
            Definition.Action action = action(ref.action());
            if (action == null) continue;
            if (!names.add(action.name())) {
                context.error(
                        ref.action().span(), "redeclared", "action '" + action.name() + "' stands here twice", null);
                continue;
            }
            List<@Nullable Expr> bound = bind(ref, action);
            parts.actions.add(new Definition.ActionRef(ref.span(), action, bound, Notes.of(ref.annotations())));
        }
    }

    private Definition.@Nullable Action action(Expression.Path path) {
        Entity entity = context.find(path.name(), path.absolute());
        return switch (entity) {
            case null -> {
                expressions.unknown(path.span(), path.name());
                yield null;
            }
            case Entity.OfDefinition d when d.definition() instanceof Definition.Action a -> a;
            case Entity.Poisoned _ -> null;
            default -> {
                context.error(
                        path.span(),
                        "not-an-action",
                        "'" + path.name() + "' is " + entity.kind() + ", not an action",
                        null);
                yield null;
            }
        };
    }

    /** In the list of actions, arguments are for parameters with a direction. */
    private List<@Nullable Expr> bind(Declaration.ActionRef ref, Definition.Action action) {
        Signature signature = action.signature();
        List<Param> params = signature.parameters();
        List<Param> directed = params.stream()
                .filter(p -> p.direction() != Param.Direction.NONE)
                .toList();
        List<@Nullable Expr> bound = new ArrayList<>(Collections.nCopies(params.size(), null));
        if (ref.arguments() == null && directed.isEmpty()) return bound;
        Body table = context.enter(new Body(Place.CONTROL, null, 0));
        Arguments arguments =
                Arguments.check(context, expressions, ref.arguments() == null ? List.of() : ref.arguments());
        context.enter(table);
        List<Param> loose = params.stream()
                .map(p -> p.direction() == Param.Direction.NONE
                        ? new Param(p.name(), Param.Direction.IN, p.type(), true)
                        : p)
                .toList();
        Signature listed = new Signature(signature.name(), List.of(), Type.Basic.VOID, loose, false);
        Overloads.Chosen chosen =
                overloads.choose(ref.span(), List.of(listed), Substitution.NONE, new Inference(), List.of(), arguments);
        if (chosen == null) return bound;
        for (int i = 0; i < params.size(); i++) {
            Expr argument = chosen.arguments().get(i);
            bound.set(i, argument);
            if (argument != null && params.get(i).direction() == Param.Direction.NONE) {
                String message = "entries give '" + params.get(i).name() + "', the list of actions does not";
                context.error(argument.span(), "arguments", message, "give it a direction, or leave the argument away");
            }
        }
        return bound;
    }

    private void value(Property.Value property, Parts parts) {
        if (property.name().text().equals("default_action")) {
            parts.defaultAction = defaultAction(property, parts);
            return;
        }
        Expr value = expressions.check(property.value());
        if (property.name().text().equals("size")) {
            boolean number = value.type() == Type.Basic.INTEGER || value.type() instanceof Type.Bits;
            if (!number && value.type() != Type.Basic.UNKNOWN) {
                context.error(value.span(), "type-mismatch", "a size is a number, this is " + value.type(), null);
            } else if (!Known.is(value)) {
                context.error(value.span(), "not-constant", "this is not known when the program is compiled", null);
            }
        }
        parts.properties.add(new Definition.Property(
                property.span(), property.name().text(), property.constant(), value, Notes.of(property.annotations())));
    }

    private Definition.@Nullable DefaultAction defaultAction(Property.Value property, Parts parts) {
        Expression value = property.value();
        Expression.Path path = switch (value) {
            case Expression.Path p -> p;
            case Expression.Call c when c.callee() instanceof Expression.Path p -> p;
            default -> null;
        };
        if (path == null) {
            context.error(value.span(), "not-an-action", "'default_action' is an action", null);
            return null;
        }
        List<Expression.Argument> given = value instanceof Expression.Call c ? c.arguments() : List.of();
        Chosen chosen = chosen(value.span(), path, given, parts, "tableonly", "the default");
        return chosen == null
                ? null
                : new Definition.DefaultAction(
                        property.span(),
                        property.constant(),
                        chosen.action,
                        chosen.arguments,
                        Notes.of(property.annotations()));
    }

    private record Chosen(Definition.Action action, List<@Nullable Expr> arguments) {}

    /** An action of the table, with all arguments, for the default or an entry. */
    private @Nullable Chosen chosen(
            Span span,
            Expression.Path path,
            List<Expression.Argument> given,
            Parts parts,
            String barring,
            String role) {
        Definition.Action action = action(path);
        if (action == null) return null;
        Definition.ActionRef listed = parts.actions.stream()
                .filter(a -> a.action() == action)
                .findFirst()
                .orElse(null);
        if (listed == null) {
            String help = "add it to the list of actions";
            context.error(path.span(), "not-an-action", "the table's actions have no '" + path.name() + "'", help);
            return null;
        }
        if (Note.has(listed.notes(), barring)) {
            context.error(
                    path.span(), "annotation", "'" + path.name() + "' is @" + barring + ", so it is not " + role, null);
        }
        Body table = context.enter(new Body(Place.CONTROL, null, 0));
        Arguments arguments = Arguments.check(context, expressions, given);
        context.enter(table);
        return withArguments(span, action, listed, arguments);
    }

    private @Nullable Chosen withArguments(
            Span span, Definition.Action action, Definition.ActionRef listed, Arguments arguments) {
        Signature signature = action.signature();
        List<Param> params = signature.parameters();
        long directed = params.stream()
                .filter(p -> p.direction() != Param.Direction.NONE)
                .count();
        List<Param> left = params.subList((int) directed, params.size());
        boolean whole = directed > 0 && arguments.order(params) != null && arguments.count() > left.size();
        List<Param> taken = whole ? params : left;
        Signature part = new Signature(signature.name(), List.of(), Type.Basic.VOID, taken, false);
        List<@Nullable Expr> defaults = action.defaults();
        context.defaults.put(part, whole ? defaults : defaults.subList((int) directed, params.size()));
        Overloads.Chosen chosen =
                overloads.choose(span, List.of(part), Substitution.NONE, new Inference(), List.of(), arguments);
        if (chosen == null) return null;
        List<@Nullable Expr> all = new ArrayList<>();
        for (int i = 0; i < params.size(); i++) {
            Expr bound = i < directed ? listed.arguments().get(i) : null;
            Expr argument = whole
                    ? chosen.arguments().get(i)
                    : i < directed ? bound : chosen.arguments().get(i - (int) directed);
            if (whole && i < directed && bound != null && argument != null && !Same.are(bound, argument)) {
                String message = "the list of actions gives '" + params.get(i).name() + "' another value";
                context.error(argument.span(), "arguments", message, "leave it away here");
            }
            if (i >= directed && argument != null && !Known.is(argument)) {
                String message = "'" + params.get(i).name() + "' has to be known when the program is compiled";
                context.error(argument.span(), "not-constant", message, null);
            }
            all.add(argument);
        }
        return new Chosen(action, Collections.unmodifiableList(all));
    }

    private void entries(Property.Entries property, Parts parts) {
        parts.constantEntries = property.constant();
        List<Expr> subjects = parts.keys.stream().map(Definition.Key::value).toList();
        for (Declaration.Entry entry : property.entries()) {
            if (subjects.isEmpty()) {
                context.error(entry.span(), "no-key", "a table without a key has no entries", null);
                return;
            }
            List<Expr> keys = keysets.keys(entry.keys(), subjects);
            Expr priority = entry.priority() == null ? null : priority(entry.priority());
            List<Expression.Argument> given = entry.action().arguments() == null
                    ? List.of()
                    : entry.action().arguments();
            Chosen chosen = chosen(
                    entry.action().span(), entry.action().action(), given, parts, "defaultonly", "that of an entry");
            if (chosen == null) continue;
            parts.entries.add(new Definition.Entry(
                    entry.span(),
                    property.constant() || entry.constant(),
                    priority,
                    keys,
                    chosen.action,
                    chosen.arguments,
                    Notes.of(entry.action().annotations())));
        }
    }

    private Expr priority(Expression e) {
        Expr priority = expressions.check(e);
        if (priority instanceof Expr.Numeral n && n.value().signum() >= 0) return n;
        if (priority instanceof Expr.Faulty) return priority;
        return context.fault(e.span(), "not-constant", "a priority is a number that is known and not negative", null);
    }
}
