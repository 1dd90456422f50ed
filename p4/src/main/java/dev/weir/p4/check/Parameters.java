package dev.weir.p4.check;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Declaration;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks parameters of whatever has them, and declares them. */
final class Parameters {
    private final Context context;
    private final Expressions expressions;

    Parameters(Context context, Expressions expressions) {
        this.context = context;
        this.expressions = expressions;
    }

    /** @param defaults the value of each that has one, null of the others */
    record Checked(List<Param> params, List<Variable> variables, List<@Nullable Expr> defaults) {
        static final Checked NONE = new Checked(List.of(), List.of(), List.of());
    }

    /** Checks parameters, and declares them in the scope at hand. */
    Checked declare(List<Declaration.Parameter> parameters, Variable.Kind kind) {
        Checked checked = check(parameters, kind);
        for (Variable variable : checked.variables) {
            context.declare(variable.name(), variable.span(), new Entity.OfVariable(variable));
        }
        return checked;
    }

    /** The same of what is always given all of them. */
    Checked declareAll(List<Declaration.Parameter> parameters, Variable.Kind kind) {
        Checked checked = declare(parameters, kind);
        for (Variable variable : checked.variables) {
            Note optional = Note.find(variable.notes(), "optional");
            if (optional == null) continue;
            String message = "'" + variable.name() + "' cannot be left away: there is a body that uses it";
            context.error(optional.span(), "annotation", message, "@optional is for externs, packages and types");
        }
        return checked;
    }

    /** Checks parameters of what has no body to see them. */
    Checked check(List<Declaration.Parameter> parameters, Variable.Kind kind) {
        List<Param> params = new ArrayList<>();
        List<Variable> variables = new ArrayList<>();
        List<@Nullable Expr> defaults = new ArrayList<>();
        for (Declaration.Parameter parameter : parameters) {
            Type type = expressions.types.read(parameter.type());
            String name = parameter.name().text();
            Param.Direction direction = direction(parameter.direction());
            if (params.stream().anyMatch(p -> p.name().equals(name))) {
                context.error(
                        parameter.name().span(), "redeclared", "parameter '" + name + "' stands here twice", null);
            }
            checkType(parameter.type().span(), type, direction, kind);
            Expr value = value(parameter, type, direction);
            List<Note> notes = Notes.of(parameter.annotations());
            params.add(new Param(name, direction, type, value != null || Note.has(notes, "optional")));
            variables.add(new Variable(parameter.name().span(), name, type, kind, direction, notes));
            defaults.add(value);
        }
        return new Checked(params, variables, defaults);
    }

    private static Param.Direction direction(Declaration.Direction direction) {
        return switch (direction) {
            case NONE -> Param.Direction.NONE;
            case IN -> Param.Direction.IN;
            case OUT -> Param.Direction.OUT;
            case INOUT -> Param.Direction.INOUT;
        };
    }

    private void checkType(Span span, Type type, Param.Direction direction, Variable.Kind kind) {
        if (direction != Param.Direction.NONE && kind == Variable.Kind.CONSTRUCTOR_PARAMETER) {
            context.error(
                    span,
                    "direction",
                    "parameters of constructors have no direction",
                    "leave '" + direction + "' away");
        } else if (type == Type.Basic.VOID || type instanceof Type.Table || type == Type.Basic.MATCH_KIND) {
            context.error(span, "bad-type", "a parameter cannot be " + type, null);
        } else if (direction != Param.Direction.NONE
                && !Statements.isVariable(type)
                && !(type instanceof Type.ListOf)) {
            String help = "leave '" + direction + "' away";
            context.error(
                    span, "direction", type + " has no direction: it is known when the program is compiled", help);
        }
    }

    private @Nullable Expr value(Declaration.Parameter parameter, Type type, Param.Direction direction) {
        if (parameter.value() == null) return null;
        Expr value = expressions.check(parameter.value(), type);
        if (direction.writes()) {
            context.error(value.span(), "direction", "an '" + direction + "' parameter has no value of its own", null);
        } else if (!Known.is(value)) {
            context.error(value.span(), "not-constant", "this is not known when the program is compiled", null);
        }
        return value;
    }
}
