package dev.weir.p4.types;

import dev.weir.p4.types.Shape.TypeParameter;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What can be called: a function, method, action or constructor.
 *
 * @param result of a constructor, what it makes
 * @param isAbstract whether whoever makes an instance says what it does
 */
public record Signature(
        String name, List<TypeParameter> typeParameters, Type result, List<Param> parameters, boolean isAbstract) {
    public Signature {
        typeParameters = List.copyOf(typeParameters);
        parameters = List.copyOf(parameters);
    }

    /** The same with types for type parameters of what is around it. */
    public Signature in(Substitution substitution) {
        List<Param> inside =
                parameters.stream().map(p -> p.with(substitution.in(p.type()))).toList();
        return new Signature(name, typeParameters, substitution.in(result), inside, isAbstract);
    }

    @Override
    public String toString() {
        String generic = typeParameters.isEmpty()
                ? ""
                : typeParameters.stream().map(Shape::name).collect(Collectors.joining(", ", "<", ">"));
        return name + generic + parameters.stream().map(Param::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
