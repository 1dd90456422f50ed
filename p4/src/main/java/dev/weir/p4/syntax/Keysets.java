package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Span;
import java.util.ArrayList;
import java.util.List;

/** Parses what keys are compared with, in {@code select} and in entries of tables. */
final class Keysets {
    private final Cursor cursor;
    private final Expressions expressions;

    Keysets(Cursor cursor, Expressions expressions) {
        this.cursor = cursor;
        this.expressions = expressions;
    }

    /** Up to the colon behind it. */
    Expression keys() {
        if (!cursor.is(TokenKind.OPEN)) return key();
        int end = cursor.skipBrackets(cursor.at());
        return end >= 0 && cursor.kindAt(end) == TokenKind.COLON ? tuple() : key();
    }

    /** One in parentheses is that one. */
    private Expression tuple() {
        Span first = cursor.expect(TokenKind.OPEN).span();
        List<Expression> elements = new ArrayList<>();
        do {
            elements.add(key());
        } while (cursor.accept(TokenKind.COMMA));
        cursor.expect(TokenKind.CLOSE);
        return elements.size() == 1
                ? elements.getFirst()
                : new Expression.Keys(cursor.from(first), List.copyOf(elements));
    }

    private Expression key() {
        Span first = cursor.peek().span();
        if (cursor.accept(TokenKind.DEFAULT)) return new Expression.Default(first);
        if (cursor.accept(TokenKind.UNDERSCORE)) return new Expression.Any(first);
        Expression value = expressions.expression();
        if (cursor.accept(TokenKind.MASK)) {
            Expression mask = expressions.expression();
            return new Expression.Mask(cursor.from(first), value, mask);
        }
        if (cursor.accept(TokenKind.RANGE)) {
            Expression high = expressions.expression();
            return new Expression.Range(cursor.from(first), value, high);
        }
        return value;
    }
}
