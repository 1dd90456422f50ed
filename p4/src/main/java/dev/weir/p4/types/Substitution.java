package dev.weir.p4.types;

import dev.weir.p4.types.Shape.TypeParameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What type parameters stand for. {@code S<T>} with {@code T = bit<8>}: in {@code tuple<T, U>} it gives {@code tuple<bit<8>, U>}.
 */
public final class Substitution {
    public static final Substitution NONE = new Substitution(Map.of());

    private final Map<TypeParameter, Type> types;

    private Substitution(Map<TypeParameter, Type> types) {
        this.types = types;
    }

    /** Parameters without an argument stay. */
    public static Substitution of(List<TypeParameter> parameters, List<? extends Type> arguments) {
        if (parameters.isEmpty() || arguments.isEmpty()) return NONE;
        Map<TypeParameter, Type> types = new HashMap<>();
        for (int i = 0; i < Math.min(parameters.size(), arguments.size()); i++) {
            types.put(parameters.get(i), arguments.get(i));
        }
        return new Substitution(types);
    }

    /** This, and then what is in {@code inner} on top of it. */
    public Substitution and(Substitution inner) {
        if (inner.types.isEmpty()) return this;
        Map<TypeParameter, Type> all = new HashMap<>(types);
        inner.types.forEach((parameter, type) -> all.put(parameter, in(type)));
        return new Substitution(all);
    }

    public Type in(Type type) {
        if (types.isEmpty()) return type;
        return switch (type) {
            case Type.Parameter p -> types.getOrDefault(p.shape(), p);
            case Type.Struct s -> new Type.Struct(s.shape(), in(s.arguments()));
            case Type.Extern e -> new Type.Extern(e.shape(), in(e.arguments()));
            case Type.Block b -> new Type.Block(b.shape(), in(b.arguments()));
            case Type.Stack s -> new Type.Stack(in(s.element()), s.size());
            case Type.Tuple t -> new Type.Tuple(in(t.elements()));
            case Type.Values v -> new Type.Values(in(v.elements()), v.defaults());
            case Type.NamedValues v -> new Type.NamedValues(inFields(v.fields()), v.defaults());
            case Type.ListOf l -> new Type.ListOf(in(l.element()));
            case Type.SetOf s -> new Type.SetOf(in(s.element()));
            case Type.Basic _, Type.Bits _, Type.Varbit _, Type.Distinct _ -> type;
            case Type.Enumeration _, Type.Table _, Type.Hole _ -> type;
        };
    }

    private List<Type> in(List<Type> several) {
        return several.stream().map(this::in).toList();
    }

    List<Type.Field> inFields(List<Type.Field> fields) {
        if (types.isEmpty()) return fields;
        return fields.stream().map(f -> new Type.Field(f.name(), in(f.type()))).toList();
    }
}
