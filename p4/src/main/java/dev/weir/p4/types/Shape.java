package dev.weir.p4.types;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a declaration with a name says about a type, once for all that its type parameters can stand for. A shape is equal only to itself,
 * so that two declarations are never the same type.
 */
public abstract sealed class Shape {
    private final String name;

    private Shape(String name) {
        this.name = name;
    }

    public final String name() {
        return name;
    }

    @Override
    public final String toString() {
        return name;
    }

    public static final class TypeParameter extends Shape {
        public TypeParameter(String name) {
            super(name);
        }
    }

    public static final class Alias extends Shape {
        public Alias(String name) {
            super(name);
        }
    }

    /** The members of an enumeration in their order. */
    public static final class Members extends Shape {
        private final List<String> names;
        private final Map<String, BigInteger> numbers;

        /** @param numbers of the members, empty where they have none */
        public Members(String name, List<String> names, Map<String, BigInteger> numbers) {
            super(name);
            this.names = List.copyOf(names);
            this.numbers = Map.copyOf(numbers);
        }

        public List<String> names() {
            return names;
        }

        public Map<String, BigInteger> numbers() {
            return numbers;
        }
    }

    public enum Kind {
        STRUCT,
        HEADER,
        UNION
    }

    public static final class Fields extends Shape {
        private final Kind kind;
        private final List<TypeParameter> parameters;
        private final List<Type.Field> fields;

        public Fields(String name, Kind kind, List<TypeParameter> parameters, List<Type.Field> fields) {
            super(name);
            this.kind = kind;
            this.parameters = List.copyOf(parameters);
            this.fields = List.copyOf(fields);
        }

        public Kind kind() {
            return kind;
        }

        public List<TypeParameter> parameters() {
            return parameters;
        }

        public List<Type.Field> fields() {
            return fields;
        }
    }

    /** An extern object: its constructors and methods. */
    public static final class ExternObject extends Shape {
        private final List<TypeParameter> parameters;
        private List<Signature> constructors = List.of();
        private List<Signature> methods = List.of();

        public ExternObject(String name, List<TypeParameter> parameters) {
            super(name);
            this.parameters = List.copyOf(parameters);
        }

        /** Says what it has, once: its methods can name the object itself. */
        public void define(List<Signature> itsConstructors, List<Signature> itsMethods) {
            constructors = List.copyOf(itsConstructors);
            methods = List.copyOf(itsMethods);
        }

        public List<TypeParameter> parameters() {
            return parameters;
        }

        public List<Signature> constructors() {
            return constructors;
        }

        public List<Signature> methods() {
            return methods;
        }
    }

    public enum BlockKind {
        PARSER,
        CONTROL,
        PACKAGE;

        @Override
        public String toString() {
            return switch (this) {
                case PARSER -> "parser";
                case CONTROL -> "control";
                case PACKAGE -> "package";
            };
        }
    }

    /** A parser, control or package: what {@code apply} takes, and what its constructor does. */
    public static final class Block extends Shape {
        private final BlockKind kind;
        private final List<TypeParameter> parameters;
        private final List<Param> applied;
        private final @Nullable List<Param> constructed;

        /**
         * @param applied what {@code apply} takes; empty for a package
         * @param constructed what its constructor takes, null for a type of parsers or controls, which has none
         */
        public Block(
                String name,
                BlockKind kind,
                List<TypeParameter> parameters,
                List<Param> applied,
                @Nullable List<Param> constructed) {
            super(name);
            this.kind = kind;
            this.parameters = List.copyOf(parameters);
            this.applied = List.copyOf(applied);
            this.constructed = constructed == null ? null : List.copyOf(constructed);
        }

        public BlockKind kind() {
            return kind;
        }

        public List<TypeParameter> parameters() {
            return parameters;
        }

        public List<Param> applied() {
            return applied;
        }

        public @Nullable List<Param> constructed() {
            return constructed;
        }
    }

    /** A table, as far as types go: the names of its actions, in their order. */
    public static final class Table extends Shape {
        private final List<String> actions;

        public Table(String name, List<String> actions) {
            super(name);
            this.actions = List.copyOf(actions);
        }

        public List<String> actions() {
            return actions;
        }
    }
}
