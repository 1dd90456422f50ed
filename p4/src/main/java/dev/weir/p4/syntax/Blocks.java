package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Declaration.BlockKind;
import dev.weir.p4.syntax.Declaration.BlockType;
import dev.weir.p4.syntax.Declaration.Parameter;
import dev.weir.p4.syntax.Declaration.SelectCase;
import dev.weir.p4.syntax.Declaration.State;
import dev.weir.p4.syntax.Declaration.Transition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses parsers, controls and packages: their types and what is in them. */
final class Blocks {
    private final Cursor cursor;
    private final Declarations declarations;
    private final Annotations annotations;
    private final Expressions expressions;
    private final Statements statements;
    private final Keysets keysets;
    private final Tables tables;

    Blocks(Cursor cursor, Declarations declarations) {
        this.cursor = cursor;
        this.declarations = declarations;
        this.annotations = declarations.annotations();
        this.expressions = declarations.expressions();
        this.statements = declarations.statements();
        this.keysets = new Keysets(cursor, expressions);
        this.tables = new Tables(cursor, declarations, keysets);
    }

    /** One of the three; a semicolon behind the parameters makes it a type. */
    Declaration block(List<Annotation> before, BlockKind kind) {
        Span first = cursor.advance().span();
        Name name = cursor.name();
        cursor.scopes.declare(name.text(), Scopes.Kind.TYPE);
        cursor.scopes.push();
        List<Name> typeParameters = expressions.types.parameters();
        List<Parameter> parameters = declarations.parameters();
        Span span = declarations.from(before, first);
        BlockType type = new BlockType(span, before, kind, name, typeParameters, parameters);
        Declaration block = type;
        if (kind == BlockKind.PACKAGE || cursor.is(TokenKind.SEMICOLON)) {
            cursor.expect(TokenKind.SEMICOLON);
        } else {
            List<Parameter> constructor = cursor.is(TokenKind.OPEN) ? declarations.parameters() : null;
            cursor.enter();
            cursor.expect(TokenKind.OPEN_BRACE);
            block = kind == BlockKind.PARSER ? parser(type, constructor) : control(type, constructor);
            cursor.leave();
        }
        cursor.scopes.pop();
        return block;
    }

    private Declaration parser(BlockType type, @Nullable List<Parameter> constructor) {
        List<Declaration> locals = new ArrayList<>();
        List<State> states = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> {
            List<Annotation> before = annotations.read();
            if (cursor.is(TokenKind.STATE)) {
                states.add(state(before));
            } else {
                Declaration local = parserLocal(before);
                if (!states.isEmpty()) {
                    cursor.tell(
                            local.span(), "syntax", "a local declaration after a state", "put it before the states");
                }
                locals.add(local);
            }
        });
        cursor.expect(TokenKind.CLOSE_BRACE);
        if (states.isEmpty()) {
            String message = "parser '" + type.name().text() + "' has no states";
            cursor.tell(type.name().span(), "syntax", message, "it begins at 'state start'");
        }
        return new Declaration.ParserBlock(
                cursor.from(type.span()), type, constructor, List.copyOf(locals), List.copyOf(states));
    }

    private Declaration parserLocal(List<Annotation> before) {
        return switch (cursor.peek().kind()) {
            case CONST -> declarations.constant(before);
            case VALUE_SET -> valueSet(before);
            default -> declarations.typed(before, false);
        };
    }

    private Declaration valueSet(List<Annotation> before) {
        Span first = cursor.expect(TokenKind.VALUE_SET).span();
        cursor.expect(TokenKind.LESS);
        TypeRef type = expressions.types.type();
        cursor.expect(TokenKind.GREATER);
        cursor.expect(TokenKind.OPEN);
        Expression size = expressions.expression();
        cursor.expect(TokenKind.CLOSE);
        Name name = cursor.name();
        cursor.scopes.declare(name.text(), Scopes.Kind.VALUE);
        cursor.expect(TokenKind.SEMICOLON);
        return new Declaration.ValueSet(declarations.from(before, first), before, type, size, name);
    }

    private State state(List<Annotation> before) {
        Span first = cursor.expect(TokenKind.STATE).span();
        Name name = cursor.name();
        cursor.expect(TokenKind.OPEN_BRACE);
        cursor.scopes.push();
        List<Statement> body = new ArrayList<>();
        List<Transition> transitions = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> {
            Token token = cursor.peek();
            if (token.is(TokenKind.TRANSITION)) {
                transitions.add(transition());
            } else {
                Statement statement = statements.statement();
                if (!transitions.isEmpty()) {
                    cursor.tell(token.span(), "syntax", "a statement after the transition", "put it before");
                }
                body.add(statement);
            }
        });
        cursor.scopes.pop();
        cursor.expect(TokenKind.CLOSE_BRACE);
        if (transitions.size() > 1) {
            cursor.tell(transitions.get(1).span(), "syntax", "a state has one transition", "use select");
        }
        Transition last = transitions.isEmpty() ? null : transitions.getLast();
        return new State(declarations.from(before, first), before, name, List.copyOf(body), last);
    }

    private Transition transition() {
        Span first = cursor.expect(TokenKind.TRANSITION).span();
        if (!cursor.accept(TokenKind.SELECT)) {
            Name state = cursor.name();
            cursor.expect(TokenKind.SEMICOLON);
            return new Transition.To(cursor.from(first), state);
        }
        cursor.expect(TokenKind.OPEN);
        List<Expression> subjects = new ArrayList<>();
        while (!cursor.is(TokenKind.CLOSE)) {
            subjects.add(expressions.expression());
            if (!cursor.accept(TokenKind.COMMA)) break;
        }
        cursor.expect(TokenKind.CLOSE);
        cursor.expect(TokenKind.OPEN_BRACE);
        List<SelectCase> cases = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> cases.add(selectCase()));
        cursor.expect(TokenKind.CLOSE_BRACE);
        return new Transition.Select(cursor.from(first), List.copyOf(subjects), List.copyOf(cases));
    }

    private SelectCase selectCase() {
        Span first = cursor.peek().span();
        Expression keys = keysets.keys();
        cursor.expect(TokenKind.COLON);
        Name state = cursor.name();
        cursor.expect(TokenKind.SEMICOLON);
        return new SelectCase(cursor.from(first), keys, state);
    }

    private Declaration control(BlockType type, @Nullable List<Parameter> constructor) {
        List<Declaration> locals = new ArrayList<>();
        List<Statement.Block> applies = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> {
            List<Annotation> before = annotations.read();
            Token token = cursor.peek();
            if (before.isEmpty() && token.is(TokenKind.APPLY)) {
                cursor.advance();
                applies.add(statements.block());
            } else {
                if (!applies.isEmpty()) throw cursor.expected("'}' after what apply does");
                locals.add(controlLocal(before));
            }
        });
        Span close = cursor.expect(TokenKind.CLOSE_BRACE).span();
        Span span = cursor.from(type.span());
        if (applies.size() != 1) {
            String message = "control '" + type.name().text() + "' has " + (applies.isEmpty() ? "no" : "more than one")
                    + " apply block";
            cursor.tell(type.name().span(), "syntax", message, "what it does stands in 'apply { ... }' at its end");
        }
        Statement.Block apply =
                applies.isEmpty() ? new Statement.Block(close, List.of(), List.of()) : applies.getFirst();
        return new Declaration.ControlBlock(span, type, constructor, List.copyOf(locals), apply);
    }

    private Declaration controlLocal(List<Annotation> before) {
        return switch (cursor.peek().kind()) {
            case CONST -> declarations.constant(before);
            case ACTION -> declarations.action(before);
            case TABLE -> tables.table(before);
            default -> declarations.typed(before, false);
        };
    }
}
