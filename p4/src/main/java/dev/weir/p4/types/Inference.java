package dev.weir.p4.types;

import dev.weir.p4.types.Shape.TypeParameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what type parameters stand for at one place, from the types that have to be the same there: {@code f(T a, T b)} called with
 * {@code bit<8>} and {@code 1} has {@code T = bit<8>}. One is made for each place; not thread-safe.
 */
public final class Inference {
    private final List<@Nullable Type> found = new ArrayList<>();

    /** The same, that goes on without changing this. */
    public Inference copy() {
        Inference copy = new Inference();
        copy.found.addAll(found);
        return copy;
    }

    /** A place for a type that is not known yet. */
    public Type hole() {
        found.add(null);
        return new Type.Hole(found.size() - 1);
    }

    /** A hole for each parameter. */
    public Substitution open(List<TypeParameter> parameters) {
        return Substitution.of(parameters, parameters.stream().map(_ -> hole()).toList());
    }

    /** The type with what was found in its holes. */
    public Type resolve(Type type) {
        return switch (type) {
            case Type.Hole h -> {
                Type inside = found.get(h.number());
                yield inside == null ? h : resolve(inside);
            }
            case Type.Struct s -> new Type.Struct(s.shape(), resolve(s.arguments()));
            case Type.Extern e -> new Type.Extern(e.shape(), resolve(e.arguments()));
            case Type.Block b -> new Type.Block(b.shape(), resolve(b.arguments()));
            case Type.Stack s -> new Type.Stack(resolve(s.element()), s.size());
            case Type.Tuple t -> new Type.Tuple(resolve(t.elements()));
            case Type.ListOf l -> new Type.ListOf(resolve(l.element()));
            case Type.SetOf s -> new Type.SetOf(resolve(s.element()));
            default -> type;
        };
    }

    public List<Type> resolve(List<Type> types) {
        return types.stream().map(this::resolve).toList();
    }

    /** The type with {@code _} for what was not found. */
    public static Type anyForHoles(Type type) {
        return switch (type) {
            case Type.Hole _ -> Type.Basic.ANY;
            case Type.Struct s -> new Type.Struct(s.shape(), anyForHoles(s.arguments()));
            case Type.Extern e -> new Type.Extern(e.shape(), anyForHoles(e.arguments()));
            case Type.Block b -> new Type.Block(b.shape(), anyForHoles(b.arguments()));
            case Type.Stack s -> new Type.Stack(anyForHoles(s.element()), s.size());
            case Type.Tuple t -> new Type.Tuple(anyForHoles(t.elements()));
            case Type.ListOf l -> new Type.ListOf(anyForHoles(l.element()));
            case Type.SetOf s -> new Type.SetOf(anyForHoles(s.element()));
            default -> type;
        };
    }

    private static List<Type> anyForHoles(List<Type> types) {
        return types.stream().map(Inference::anyForHoles).toList();
    }

    public static boolean hasHoles(Type type) {
        return switch (type) {
            case Type.Hole _ -> true;
            case Type.Struct s -> s.arguments().stream().anyMatch(Inference::hasHoles);
            case Type.Extern e -> e.arguments().stream().anyMatch(Inference::hasHoles);
            case Type.Block b -> b.arguments().stream().anyMatch(Inference::hasHoles);
            case Type.Stack s -> hasHoles(s.element());
            case Type.Tuple t -> t.elements().stream().anyMatch(Inference::hasHoles);
            case Type.ListOf l -> hasHoles(l.element());
            case Type.SetOf s -> hasHoles(s.element());
            default -> false;
        };
    }

    /**
     * Has {@code wanted} become what takes a value of the type {@code given}.
     *
     * @return whether that can be. Where {@code wanted} has no holes left to fill, only conversions decide, and this says yes
     */
    public boolean fit(Type wanted, Type given) {
        Type target = resolve(wanted);
        Type source = resolve(given);
        if (fitsAll(target) || fitsAll(source)) return true;
        if (wanted instanceof Type.Hole h && target == Type.Basic.INTEGER && source instanceof Type.Bits) {
            return narrow(h, source);
        }
        return switch (target) {
            case Type.Hole h -> fill(h, source);
            case Type.Struct s -> fitStruct(s, source);
            case Type.Tuple t when source instanceof Type.Tuple o -> fitAll(t.elements(), o.elements());
            case Type.Tuple t when source instanceof Type.Values v -> fitAll(t.elements(), v.elements());
            case Type.Stack s
            when source instanceof Type.Stack o -> s.size() == o.size() && fit(s.element(), o.element());
            case Type.ListOf l when source instanceof Type.ListOf o -> fit(l.element(), o.element());
            case Type.ListOf l
            when source instanceof Type.Values v -> v.elements().stream().allMatch(e -> fit(l.element(), e));
            case Type.SetOf s when source instanceof Type.SetOf o -> fit(s.element(), o.element());
            case Type.Extern e ->
                source instanceof Type.Extern o && e.shape() == o.shape() && fitAll(e.arguments(), o.arguments());
            case Type.Block b -> source instanceof Type.Block o && fitBlock(b, o);
            default -> true;
        };
    }

    private boolean fill(Type.Hole hole, Type source) {
        if (source.equals(hole)) return true;
        Type whole = tupled(source);
        if (contains(whole, hole)) return false;
        found.set(hole.number(), whole);
        return true;
    }

    private static boolean fitsAll(Type type) {
        return type == Type.Basic.UNKNOWN || type == Type.Basic.ANY;
    }

    /** What was a number of any width so far is one of this width. */
    private boolean narrow(Type.Hole hole, Type bits) {
        Type.Hole last = hole;
        while (found.get(last.number()) instanceof Type.Hole next) {
            last = next;
        }
        found.set(last.number(), bits);
        return true;
    }

    /** A list of values for something of any type is a tuple. */
    private static Type tupled(Type source) {
        return source instanceof Type.Values v
                ? new Type.Tuple(v.elements().stream().map(Inference::tupled).toList())
                : source;
    }

    private boolean contains(Type type, Type.Hole hole) {
        return switch (resolve(type)) {
            case Type.Hole h -> h.equals(hole);
            case Type.Tuple t -> t.elements().stream().anyMatch(e -> contains(e, hole));
            case Type.Struct s -> s.arguments().stream().anyMatch(e -> contains(e, hole));
            case Type.Extern s -> s.arguments().stream().anyMatch(e -> contains(e, hole));
            case Type.Stack s -> contains(s.element(), hole);
            case Type.ListOf l -> contains(l.element(), hole);
            default -> false;
        };
    }

    private boolean fitStruct(Type.Struct target, Type source) {
        return switch (source) {
            case Type.Struct o when o.shape() == target.shape() -> fitAll(target.arguments(), o.arguments());
            case Type.Values v
            when !v.defaults() ->
                fitAll(target.fields().stream().map(Type.Field::type).toList(), v.elements());
            case Type.NamedValues v -> {
                for (Type.Field given : v.fields()) {
                    for (Type.Field field : target.fields()) {
                        if (field.name().equals(given.name()) && !fit(field.type(), given.type())) yield false;
                    }
                }
                yield true;
            }
            default -> true;
        };
    }

    private boolean fitAll(List<Type> wanted, List<Type> given) {
        if (wanted.size() != given.size()) return false;
        for (int i = 0; i < wanted.size(); i++) {
            if (!fit(wanted.get(i), given.get(i))) return false;
        }
        return true;
    }

    /** A block fits a type of blocks where both take the same, whatever their names. */
    private boolean fitBlock(Type.Block wanted, Type.Block given) {
        if (wanted.shape() == given.shape()) return fitAll(wanted.arguments(), given.arguments());
        if (wanted.shape().kind() != given.shape().kind()) return false;
        if (wanted.shape().kind() == Shape.BlockKind.PACKAGE) return false;
        Substitution outer = Substitution.of(wanted.shape().parameters(), wanted.arguments());
        Substitution inner = Substitution.of(given.shape().parameters(), given.arguments());
        List<Param> takes = wanted.shape().applied();
        List<Param> has = given.shape().applied();
        int common = Math.min(takes.size(), has.size());
        for (int i = 0; i < common; i++) {
            Type one = outer.in(takes.get(i).type());
            Type other = inner.in(has.get(i).type());
            if (takes.get(i).direction() != has.get(i).direction() || !same(one, other)) return false;
        }
        return Stream.concat(takes.subList(common, takes.size()).stream(), has.subList(common, has.size()).stream())
                .allMatch(Param::optional);
    }

    /** Has two types be the same, filling holes. */
    public boolean same(Type one, Type other) {
        return fit(one, other)
                && (resolve(one).equals(resolve(other)) || fitsAll(resolve(one)) || fitsAll(resolve(other)));
    }
}
