package dev.weir.p4.check;

import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.util.List;

/** What a name stands for in a scope. */
sealed interface Entity {
    record OfType(Type type) implements Entity {}

    /** A declaration of a struct, extern or block, which has type parameters to fill, or none. */
    record OfShape(Shape shape) implements Entity {}

    record OfVariable(Variable variable) implements Entity {}

    record OfConstant(Expr value) implements Entity {}

    record OfDefinition(Definition definition) implements Entity {}

    /** Functions of the same name that take other arguments. */
    record OfFunctions(List<Definition> overloads) implements Entity {}

    /** What could not be declared: its uses are not told about. */
    record Poisoned() implements Entity {}

    /** What it is called in a diagnostic. */
    default String kind() {
        return switch (this) {
            case OfType _ -> "a type";
            case OfShape s -> s.shape() instanceof Shape.Block b ? "a " + b.kind() : "a type";
            case OfVariable v -> v.variable().kind() == Variable.Kind.PARAMETER ? "a parameter" : "a variable";
            case OfConstant _ -> "a constant";
            case OfDefinition d -> kind(d.definition());
            case OfFunctions _ -> "a function";
            case Poisoned _ -> "something";
        };
    }

    private static String kind(Definition definition) {
        return switch (definition) {
            case Definition.Action _ -> "an action";
            case Definition.Table _ -> "a table";
            case Definition.Instance _ -> "an instance";
            case Definition.ValueSet _ -> "a value set";
            case Definition.Parser _ -> "a parser";
            case Definition.Control _ -> "a control";
            case Definition.Function _, Definition.ExternFunction _ -> "a function";
        };
    }
}
