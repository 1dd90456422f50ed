package dev.weir.p4.check;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Param;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments of a call, by place or by name, each checked once. */
final class Arguments {
    record Given(@Nullable String name, Expr value) {}

    private final List<Given> given;

    private Arguments(List<Given> given) {
        this.given = given;
    }

    static Arguments check(Context context, Expressions expressions, List<Expression.Argument> arguments) {
        List<Given> given = new ArrayList<>();
        List<String> names = new ArrayList<>();
        boolean named = false;
        boolean placed = false;
        for (Expression.Argument argument : arguments) {
            String name = argument.name() == null ? null : argument.name().text();
            named |= name != null;
            placed |= name == null;
            if (name != null && names.contains(name)) {
                context.error(argument.span(), "redeclared", "argument '" + name + "' stands here twice", null);
                continue;
            }
            if (name != null) names.add(name);
            Expr value = argument.value() instanceof Expression.Any any
                    ? new Expr.Anything(any.span(), dev.weir.p4.types.Type.Basic.ANY)
                    : expressions.check(argument.value());
            given.add(new Given(name, value));
        }
        if (named && placed) {
            Span span = arguments.getFirst().span().to(arguments.getLast().span());
            context.error(span, "arguments", "some arguments have names, some do not", "name all of them, or none");
        }
        return new Arguments(given);
    }

    int count() {
        return given.size();
    }

    boolean anyFaulty() {
        return given.stream().anyMatch(g -> g.value instanceof Expr.Faulty);
    }

    List<Expr> values() {
        return given.stream().map(Given::value).toList();
    }

    /** One for each parameter, null where none is given; or null where these arguments are not for these parameters. */
    @Nullable
    List<@Nullable Expr> order(List<Param> parameters) {
        if (given.size() > parameters.size()) return null;
        List<@Nullable Expr> ordered = new ArrayList<>(Collections.nCopies(parameters.size(), null));
        for (int i = 0; i < given.size(); i++) {
            Given one = given.get(i);
            int at = one.name == null ? i : indexOf(parameters, one.name);
            if (at < 0 || ordered.get(at) != null) return null;
            ordered.set(at, one.value);
        }
        for (int i = 0; i < ordered.size(); i++) {
            if (ordered.get(i) == null && !parameters.get(i).optional()) return null;
        }
        return ordered;
    }

    private static int indexOf(List<Param> parameters, String name) {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).name().equals(name)) return i;
        }
        return -1;
    }

    /** Why these arguments are not for these parameters. */
    String reason(List<Param> parameters) {
        for (Given one : given) {
            if (one.name != null && indexOf(parameters, one.name) < 0)
                return "there is no parameter '" + one.name + "'";
        }
        for (int i = 0; i < parameters.size(); i++) {
            Param parameter = parameters.get(i);
            int place = i;
            boolean there = given.stream().anyMatch(g -> parameter.name().equals(g.name))
                    || (place < given.size() && given.get(place).name == null);
            if (!there && !parameter.optional()) return "nothing is given for '" + parameter.name() + "'";
        }
        return "it takes " + parameters.size() + " argument" + (parameters.size() == 1 ? "" : "s") + ", here are "
                + given.size();
    }
}
