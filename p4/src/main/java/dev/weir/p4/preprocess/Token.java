package dev.weir.p4.preprocess;

import dev.weir.p4.source.Span;

/**
 * One token of a program.
 *
 * @param text as written, with neither comments nor the joints of continued lines in it
 * @param startsLine whether it is the first of its line: where directives begin, and {@code @pragma} ends
 */
public record Token(TokenKind kind, String text, Span span, boolean startsLine) {
    public boolean is(TokenKind wanted) {
        return kind == wanted;
    }

    boolean isWord() {
        return kind == TokenKind.IDENTIFIER || kind.isKeyword();
    }

    Token at(Span place, boolean first) {
        return new Token(kind, text, place, first);
    }
}
