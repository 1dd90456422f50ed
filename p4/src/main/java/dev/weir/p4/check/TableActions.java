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
import dev.weir.p4.types.Signature;
import dev.weir.p4.types.Substitution;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks what tables do: their lists of actions, default actions and entries. */
final class TableActions {
    private final Context context;
    private final Expressions expressions;
    private final Keysets keysets;
    private final Overloads overloads;

    TableActions(Context context, Expressions expressions, Keysets keysets) {
        this.context = context;
        this.expressions = expressions;
        this.keysets = keysets;
        this.overloads = new Overloads(context, expressions.conversions(), expressions.types);
    }

    void actions(Property.Actions actions, TableParts parts) {
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

    /** Of a property whose value is an action. */
    Definition.@Nullable DefaultAction called(Property.Value property, TableParts parts) {
        Expression value = property.value();
        Expression.Path path = switch (value) {
            case Expression.Path p -> p;
            case Expression.Call c when c.callee() instanceof Expression.Path p -> p;
            default -> null;
        };
        if (path == null) {
            context.error(value.span(), "not-an-action", "'" + property.name().text() + "' is an action", null);
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
            TableParts parts,
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

    void entries(Property.Entries property, TableParts parts) {
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
