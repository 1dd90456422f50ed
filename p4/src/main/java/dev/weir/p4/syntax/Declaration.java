package dev.weir.p4.syntax;

import dev.weir.p4.source.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What gives a name to something, or adds to the errors and kinds of matches. */
public sealed interface Declaration extends Node {
    record Constant(Span span, List<Annotation> annotations, TypeRef type, Name name, Expression value)
            implements Declaration {}

    record Variable(
            Span span,
            List<Annotation> annotations,
            TypeRef type,
            Name name,
            @Nullable Expression value) implements Declaration {}

    /** @param body what its abstract methods do, null where nothing was given */
    record Instance(
            Span span,
            List<Annotation> annotations,
            TypeRef type,
            List<Expression.Argument> arguments,
            Name name,
            @Nullable List<Declaration> body)
            implements Declaration {}

    record Function(Span span, List<Annotation> annotations, Signature signature, Statement.Block body)
            implements Declaration {}

    record Action(Span span, List<Annotation> annotations, Name name, List<Parameter> parameters, Statement.Block body)
            implements Declaration {}

    record ExternFunction(Span span, List<Annotation> annotations, Signature signature) implements Declaration {}

    /** @param methods null where its name is only announced: {@code extern Name;} */
    record ExternObject(
            Span span,
            List<Annotation> annotations,
            Name name,
            List<Name> typeParameters,
            @Nullable List<Method> methods)
            implements Declaration {}

    /** The type of a parser, a control or a package: what a block of that kind takes. */
    record BlockType(
            Span span,
            List<Annotation> annotations,
            BlockKind kind,
            Name name,
            List<Name> typeParameters,
            List<Parameter> parameters)
            implements Declaration {}

    enum BlockKind {
        PARSER("parser"),
        CONTROL("control"),
        PACKAGE("package");

        private final String spelling;

        BlockKind(String spelling) {
            this.spelling = spelling;
        }

        public String spelling() {
            return spelling;
        }
    }

    /** @param constructorParameters null where there are not even empty parentheses for them */
    record ParserBlock(
            Span span,
            BlockType type,
            @Nullable List<Parameter> constructorParameters,
            List<Declaration> locals,
            List<State> states)
            implements Declaration {}

    /** @param constructorParameters null where there are not even empty parentheses for them */
    record ControlBlock(
            Span span,
            BlockType type,
            @Nullable List<Parameter> constructorParameters,
            List<Declaration> locals,
            Statement.Block apply)
            implements Declaration {}

    /** @param transition null where none is written, which rejects */
    record State(
            Span span,
            List<Annotation> annotations,
            Name name,
            List<Statement> statements,
            @Nullable Transition transition)
            implements Node {}

    /** Where a state goes. */
    sealed interface Transition extends Node {
        record To(Span span, Name state) implements Transition {}

        record Select(Span span, List<Expression> subjects, List<SelectCase> cases) implements Transition {}
    }

    record SelectCase(Span span, Expression keys, Name state) implements Node {}

    record ValueSet(Span span, List<Annotation> annotations, TypeRef type, Expression size, Name name)
            implements Declaration {}

    record Table(Span span, List<Annotation> annotations, Name name, List<Property> properties)
            implements Declaration {}

    /** A property of a table. */
    sealed interface Property extends Node {
        record Key(Span span, List<KeyElement> elements) implements Property {}

        record Actions(Span span, List<ActionRef> actions) implements Property {}

        record Entries(Span span, List<Annotation> annotations, boolean constant, List<Entry> entries)
                implements Property {}

        record Value(Span span, List<Annotation> annotations, boolean constant, Name name, Expression value)
                implements Property {}
    }

    record KeyElement(Span span, Expression value, Name matchKind, List<Annotation> annotations) implements Node {}

    /** @param arguments null where there are no parentheses */
    record ActionRef(
            Span span,
            List<Annotation> annotations,
            Expression.Path action,
            @Nullable List<Expression.Argument> arguments)
            implements Node {}

    /** @param priority null where none is written; annotations are those of the action, after it */
    record Entry(Span span, boolean constant, @Nullable Expression priority, Expression keys, ActionRef action)
            implements Node {}

    record Struct(
            Span span,
            List<Annotation> annotations,
            StructKind kind,
            Name name,
            List<Name> typeParameters,
            List<StructField> fields)
            implements Declaration {}

    enum StructKind {
        STRUCT("struct"),
        HEADER("header"),
        HEADER_UNION("header_union");

        private final String spelling;

        StructKind(String spelling) {
            this.spelling = spelling;
        }

        public String spelling() {
            return spelling;
        }
    }

    record StructField(Span span, List<Annotation> annotations, TypeRef type, Name name) implements Node {}

    /** @param representation null where the values have none: {@code enum Color {...}} */
    record Enumeration(
            Span span,
            List<Annotation> annotations,
            @Nullable TypeRef representation,
            Name name,
            List<EnumMember> members)
            implements Declaration {}

    record EnumMember(Span span, Name name, @Nullable Expression value) implements Node {}

    record Errors(Span span, List<Name> members) implements Declaration {}

    record MatchKinds(Span span, List<Name> members) implements Declaration {}

    /**
     * Another name for a type; with {@code distinct} ({@code type}, not {@code typedef}) a type of its own. A struct declared inside
     * is a declaration before this one.
     */
    record Alias(Span span, List<Annotation> annotations, boolean distinct, TypeRef type, Name name)
            implements Declaration {}

    /** @param result null in a constructor */
    record Signature(
            Span span, @Nullable TypeRef result, Name name, List<Name> typeParameters, List<Parameter> parameters)
            implements Node {}

    record Method(Span span, List<Annotation> annotations, boolean isAbstract, Signature signature) implements Node {}

    record Parameter(
            Span span,
            List<Annotation> annotations,
            Direction direction,
            TypeRef type,
            Name name,
            @Nullable Expression value)
            implements Node {}

    enum Direction {
        NONE(""),
        IN("in"),
        OUT("out"),
        INOUT("inout");

        private final String spelling;

        Direction(String spelling) {
            this.spelling = spelling;
        }

        public String spelling() {
            return spelling;
        }
    }
}
