package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import org.jspecify.annotations.Nullable;

/** Help for what people write who know other languages, or write an address as they know it. */
final class Slips {
    private Slips() {}

    /**
     * @param what should stand there
     * @param before the token before, or the first one
     */
    static @Nullable String help(String what, @Nullable Token before, Token found, Token next) {
        if (what.equals("a name") && found.kind().isKeyword()) {
            return "'" + found.text() + "' is a word of the language; take another name";
        }
        return switch (found.kind()) {
            case ASSIGN -> what.equals("')'") ? "'==' compares" : null;
            case EQUAL -> what.equals("an assignment or a call") ? "'=' assigns" : null;
            case CONCAT -> what.equals("an assignment or a call") ? "add 1: x = x + 1" : null;
            case MINUS -> minus(what, next);
            case COLON ->
                isNumber(before) && what.equals("';'") ? "write an address as a number: 0x001122334455" : null;
            case INTEGER ->
                before != null && before.is(TokenKind.DOT) ? "write an address as a number: 0x0a000001" : null;
            case TRANSITION -> "a state has one transition, at its end; 'select' chooses";
            case ELSE -> "it follows its 'if' at once";
            case OPEN_BRACE -> what.equals("';'") && isBracket(before) ? "the only loop is 'for'" : null;
            default -> null;
        };
    }

    private static @Nullable String minus(String what, Token next) {
        if (!what.equals("an assignment or a call")) return null;
        return next.is(TokenKind.GREATER) ? "a field stands behind a '.'" : "take 1 away: x = x - 1";
    }

    private static boolean isNumber(@Nullable Token token) {
        return token != null && token.is(TokenKind.INTEGER);
    }

    private static boolean isBracket(@Nullable Token token) {
        return token != null && token.is(TokenKind.CLOSE);
    }
}
