package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses annotations, with and without structure, and {@code @pragma}, which goes to the end of its line. */
final class Annotations {
    private static final Set<String> TEXTS = Set.of("name", "deprecated", "noWarn");

    private final Cursor cursor;
    private final Expressions expressions;

    Annotations(Cursor cursor, Expressions expressions) {
        this.cursor = cursor;
        this.expressions = expressions;
    }

    /** All that stand here. */
    List<Annotation> read() {
        if (!cursor.is(TokenKind.AT)) return List.of();
        List<Annotation> annotations = new ArrayList<>();
        while (cursor.is(TokenKind.AT)) {
            annotations.add(annotation());
        }
        checkRepeated(annotations);
        return List.copyOf(annotations);
    }

    /** A structured annotation is the only one of its name (section 20.2). */
    private void checkRepeated(List<Annotation> annotations) {
        Map<String, Annotation> first = new HashMap<>();
        for (Annotation each : annotations) {
            Annotation before = first.putIfAbsent(each.name().text(), each);
            if (before == null || !(isStructured(before) || isStructured(each))) continue;
            String message = "'@" + each.name().text() + "' stands here twice, and has brackets";
            cursor.tell(each.span(), "annotation", message, "make it one: values in brackets are not added up");
        }
    }

    private static boolean isStructured(Annotation annotation) {
        return annotation.body() instanceof Annotation.Body.Values
                || annotation.body() instanceof Annotation.Body.Pairs;
    }

    private Annotation annotation() {
        Span first = cursor.expect(TokenKind.AT).span();
        boolean pragma = cursor.peek().text().equals("pragma");
        if (pragma) cursor.advance();
        Name name = name();
        Annotation.Body body = pragma ? pragma() : body();
        if (body instanceof Annotation.Body.Tokens tokens) checkText(name, tokens.tokens());
        return new Annotation(cursor.from(first), name, body);
    }

    /** Those of the language whose value is a text. */
    private void checkText(Name name, List<Token> tokens) {
        if (!TEXTS.contains(name.text())) return;
        for (Token token : tokens) {
            if (token.is(TokenKind.STRING) || token.is(TokenKind.CONCAT)) continue;
            String message = "'@" + name.text() + "' has a text, not '" + token.text() + "'";
            cursor.tell(token.span(), "annotation", message, "put it in quotes");
            return;
        }
    }

    /** Any word, also one of the language. */
    private Name name() {
        Token token = cursor.peek();
        if (!token.kind().isKeyword() && !token.is(TokenKind.IDENTIFIER)) {
            throw cursor.expected("the name of an annotation");
        }
        cursor.advance();
        return new Name(token.span(), token.text());
    }

    private Annotation.Body body() {
        return switch (cursor.peek().kind()) {
            case OPEN -> tokens();
            case OPEN_BRACKET -> structured();
            default -> new Annotation.Body.Empty();
        };
    }

    private Annotation.Body tokens() {
        List<Token> tokens = new ArrayList<>();
        int index = cursor.at() + 1;
        for (int open = 1; ; index++) {
            TokenKind kind = cursor.kindAt(index);
            if (kind == TokenKind.END) {
                cursor.goTo(index);
                throw cursor.expected("')' at the end of the annotation");
            }
            if (kind == TokenKind.OPEN) open++;
            if (kind == TokenKind.CLOSE && --open == 0) break;
            add(tokens, index);
        }
        cursor.goTo(index + 1);
        return new Annotation.Body.Tokens(List.copyOf(tokens));
    }

    private Annotation.Body pragma() {
        List<Token> tokens = new ArrayList<>();
        int index = cursor.at();
        while (!cursor.tokenAt(index).startsLine() && cursor.kindAt(index) != TokenKind.END) {
            add(tokens, index++);
        }
        cursor.goTo(index);
        return new Annotation.Body.Pragma(List.copyOf(tokens));
    }

    /** Anything goes, but what does not end on its own. */
    private void add(List<Token> tokens, int index) {
        TokenKind kind = cursor.kindAt(index);
        if (kind == TokenKind.BAD_STRING || kind == TokenKind.BAD_COMMENT) {
            cursor.goTo(index);
            throw cursor.expected("the end of the annotation");
        }
        tokens.add(cursor.tokenAt(index));
    }

    private void checkScalar(Expression value) {
        if (value instanceof Expression.Values || value instanceof Expression.Fields) {
            cursor.tell(value.span(), "annotation", "values in brackets are numbers, texts and booleans", null);
        }
    }

    private Annotation.Body structured() {
        cursor.expect(TokenKind.OPEN_BRACKET);
        boolean pairs = cursor.isName() && cursor.isNext(TokenKind.ASSIGN);
        List<Expression.Field> fields = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!cursor.is(TokenKind.CLOSE_BRACKET)) {
            if (pairs) {
                fields.add(expressions.field());
                checkScalar(fields.getLast().value());
            } else {
                values.add(expressions.expression());
                checkScalar(values.getLast());
            }
            if (!cursor.accept(TokenKind.COMMA)) break;
        }
        cursor.expect(TokenKind.CLOSE_BRACKET);
        return pairs ? new Annotation.Body.Pairs(List.copyOf(fields)) : new Annotation.Body.Values(List.copyOf(values));
    }
}
