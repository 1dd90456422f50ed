package dev.weir.p4.typed;

import dev.weir.p4.source.Span;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Signature;
import dev.weir.p4.types.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is declared with a name and is no type: functions, actions, blocks, tables, instances. Equal only to itself, as two of the same text
 * in two blocks are not the same.
 */
public abstract sealed class Definition implements Symbol {
    private final Span span;
    private final String name;
    private final List<Note> notes;

    private Definition(Span span, String name, List<Note> notes) {
        this.span = span;
        this.name = name;
        this.notes = List.copyOf(notes);
    }

    /** Of its name. */
    @Override
    public final Span span() {
        return span;
    }

    @Override
    public final String name() {
        return name;
    }

    public final List<Note> notes() {
        return notes;
    }

    /** Its name for the control plane: that of {@code @name}, or its own. */
    public final String label() {
        Note note = Note.find(notes, "name");
        return note == null ? name : note.text();
    }

    @Override
    public final String toString() {
        return name;
    }

    public static final class Function extends Definition {
        private final Signature signature;
        private final List<Variable> parameters;
        private final Stmt.Block body;

        public Function(Span span, List<Note> notes, Signature signature, List<Variable> parameters, Stmt.Block body) {
            super(span, signature.name(), notes);
            this.signature = signature;
            this.parameters = List.copyOf(parameters);
            this.body = body;
        }

        public Signature signature() {
            return signature;
        }

        public List<Variable> parameters() {
            return parameters;
        }

        public Stmt.Block body() {
            return body;
        }
    }

    public static final class ExternFunction extends Definition {
        private final Signature signature;

        public ExternFunction(Span span, List<Note> notes, Signature signature) {
            super(span, signature.name(), notes);
            this.signature = signature;
        }

        public Signature signature() {
            return signature;
        }
    }

    public static final class Action extends Definition {
        private final Signature signature;
        private final List<Variable> parameters;
        private final List<@Nullable Expr> defaults;
        private final Stmt.Block body;

        /** @param defaults the value of each parameter that has one, null of the others */
        public Action(
                Span span,
                List<Note> notes,
                Signature signature,
                List<Variable> parameters,
                List<@Nullable Expr> defaults,
                Stmt.Block body) {
            super(span, signature.name(), notes);
            this.signature = signature;
            this.parameters = List.copyOf(parameters);
            this.defaults = java.util.Collections.unmodifiableList(defaults);
            this.body = body;
        }

        public Signature signature() {
            return signature;
        }

        public List<Variable> parameters() {
            return parameters;
        }

        public List<@Nullable Expr> defaults() {
            return defaults;
        }

        public Stmt.Block body() {
            return body;
        }
    }

    /** What is made of a type with a constructor, or an abstract method is given a body in. */
    public static final class Instance extends Definition {
        private final Type type;
        private final Expr.New made;
        private final List<Function> methods;
        private final List<Definition> locals;

        /**
         * @param methods what its abstract methods do
         * @param locals instances inside of it
         */
        public Instance(
                Span span,
                String name,
                List<Note> notes,
                Expr.New made,
                List<Function> methods,
                List<Definition> locals) {
            super(span, name, notes);
            this.type = made.type();
            this.made = made;
            this.methods = List.copyOf(methods);
            this.locals = List.copyOf(locals);
        }

        public Type type() {
            return type;
        }

        public Expr.New made() {
            return made;
        }

        public List<Function> methods() {
            return methods;
        }

        public List<Definition> locals() {
            return locals;
        }
    }

    /** A set of values that the control plane fills, for a {@code select}. */
    public static final class ValueSet extends Definition {
        private final Type element;
        private final Expr size;

        public ValueSet(Span span, String name, List<Note> notes, Type element, Expr size) {
            super(span, name, notes);
            this.element = element;
            this.size = size;
        }

        public Type element() {
            return element;
        }

        public Expr size() {
            return size;
        }
    }

    /** A parser or control with a body, in the order of its text. */
    public abstract static sealed class Block extends Definition {
        private final Head head;

        private Block(Head head) {
            super(head.span, head.shape.name(), head.notes);
            this.head = head;
        }

        public Shape.Block shape() {
            return head.shape;
        }

        public List<Variable> parameters() {
            return head.parameters;
        }

        public List<Variable> constructorParameters() {
            return head.constructorParameters;
        }

        /** Variables, with their values at the begin, and instances. */
        public List<Stmt> locals() {
            return head.locals;
        }
    }

    /** What parsers and controls have both. */
    public record Head(
            Span span,
            List<Note> notes,
            Shape.Block shape,
            List<Variable> parameters,
            List<Variable> constructorParameters,
            List<Stmt> locals) {
        public Head {
            notes = List.copyOf(notes);
            parameters = List.copyOf(parameters);
            constructorParameters = List.copyOf(constructorParameters);
            locals = List.copyOf(locals);
        }
    }

    public static final class Parser extends Block {
        private final List<State> states;
        private final List<ValueSet> valueSets;

        public Parser(Head head, List<ValueSet> valueSets, List<State> states) {
            super(head);
            this.valueSets = List.copyOf(valueSets);
            this.states = List.copyOf(states);
        }

        public List<ValueSet> valueSets() {
            return valueSets;
        }

        /** One of them is {@code start}; {@code accept} and {@code reject} are not among them. */
        public List<State> states() {
            return states;
        }
    }

    /** A state of a parser. */
    public record State(Span span, String name, List<Note> notes, List<Stmt> statements, Transition next) {}

    /** Where a state goes: the name of a state, {@code accept} or {@code reject}. */
    public sealed interface Transition {
        record To(Span span, String state) implements Transition {}

        /** The first case that holds; none is an error, {@code NoMatch}. */
        record Select(Span span, List<Expr> subjects, List<Case> cases) implements Transition {}

        /** @param keys one for each subject, or one {@link Expr.Named} set of values for all of them */
        record Case(Span span, List<Expr> keys, String state) {}
    }

    public static final class Control extends Block {
        private final List<Action> actions;
        private final List<Table> tables;
        private final Stmt.Block apply;

        public Control(Head head, List<Action> actions, List<Table> tables, Stmt.Block apply) {
            super(head);
            this.actions = List.copyOf(actions);
            this.tables = List.copyOf(tables);
            this.apply = apply;
        }

        public List<Action> actions() {
            return actions;
        }

        public List<Table> tables() {
            return tables;
        }

        public Stmt.Block apply() {
            return apply;
        }
    }

    public static final class Table extends Definition {
        private final Shape.Table shape;
        private final Parts parts;

        public Table(Span span, List<Note> notes, Shape.Table shape, Parts parts) {
            super(span, shape.name(), notes);
            this.shape = shape;
            this.parts = parts;
        }

        public Shape.Table shape() {
            return shape;
        }

        public List<Key> keys() {
            return parts.keys;
        }

        public List<ActionRef> actions() {
            return parts.actions;
        }

        /** Null where the program has none, which is {@code NoAction}. */
        public @Nullable DefaultAction defaultAction() {
            return parts.defaultAction;
        }

        /** What a group without members does; null where the program says nothing, which is {@code NoAction}. */
        public @Nullable DefaultAction emptyGroup() {
            return parts.emptyGroup;
        }

        public List<Entry> entries() {
            return parts.entries;
        }

        public boolean constantEntries() {
            return parts.constantEntries;
        }

        /** All other properties. */
        public List<Property> properties() {
            return parts.properties;
        }

        public @Nullable Property property(String name) {
            for (Property property : parts.properties) {
                if (property.name().equals(name)) return property;
            }
            return null;
        }
    }

    /** What stands in a table. */
    public record Parts(
            List<Key> keys,
            List<ActionRef> actions,
            @Nullable DefaultAction defaultAction,
            @Nullable DefaultAction emptyGroup,
            List<Entry> entries,
            boolean constantEntries,
            List<Property> properties) {
        public Parts {
            keys = List.copyOf(keys);
            actions = List.copyOf(actions);
            entries = List.copyOf(entries);
            properties = List.copyOf(properties);
        }
    }

    /** @param label what the control plane calls it: that of {@code @name}, or the expression as written */
    public record Key(Span span, Expr value, String matchKind, String label, List<Note> notes) {}

    /** @param arguments one for each parameter, null for what entries give */
    public record ActionRef(Span span, Action action, List<@Nullable Expr> arguments, List<Note> notes) {}

    /** @param arguments one for each parameter */
    public record DefaultAction(
            Span span, boolean constant, Action action, List<@Nullable Expr> arguments, List<Note> notes) {}

    /** @param priority null where none is written */
    public record Entry(
            Span span,
            boolean constant,
            @Nullable Expr priority,
            List<Expr> keys,
            Action action,
            List<@Nullable Expr> arguments,
            List<Note> notes) {}

    public record Property(Span span, String name, boolean constant, Expr value, List<Note> notes) {}
}
