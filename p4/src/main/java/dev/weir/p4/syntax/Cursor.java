package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.Span;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Walks over the tokens of a program, tells what is not expected, and finds where to go on after that. */
final class Cursor {
    /** How deep a program may nest: enough for people, and for programs that write programs, and little enough for the stack. */
    static final int MAX_DEPTH = 256;

    /** Keywords that are names wherever one is wanted. */
    private static final Set<TokenKind> NAMES = EnumSet.of(
            TokenKind.IDENTIFIER,
            TokenKind.ACTIONS,
            TokenKind.APPLY,
            TokenKind.ENTRIES,
            TokenKind.KEY,
            TokenKind.LIST,
            TokenKind.PRIORITY,
            TokenKind.STATE,
            TokenKind.TYPE);

    /** Where these begin a line, a declaration begins that stands in no other, whatever is missing before it. */
    private static final Set<TokenKind> OUTERMOST = EnumSet.of(
            TokenKind.CONTROL,
            TokenKind.ENUM,
            TokenKind.EXTERN,
            TokenKind.HEADER,
            TokenKind.HEADER_UNION,
            TokenKind.PACKAGE,
            TokenKind.PARSER,
            TokenKind.STRUCT,
            TokenKind.TYPEDEF);

    /** Where these begin a line outside of braces, something new begins. */
    private static final Set<TokenKind> BEGINNINGS =
            EnumSet.of(TokenKind.ACTION, TokenKind.CONST, TokenKind.STATE, TokenKind.TABLE, TokenKind.TRANSITION);

    final Scopes scopes = new Scopes();
    private final List<Token> tokens;
    private final Diagnostics diagnostics;
    private int at;
    private int depth;

    /** @param tokens the last of them {@link TokenKind#END} */
    Cursor(List<Token> tokens, Diagnostics diagnostics) {
        this.tokens = new ArrayList<>(tokens);
        this.diagnostics = diagnostics;
        settle();
    }

    Token peek() {
        return tokens.get(at);
    }

    /** The index of the next token, for {@link #kindAt}. */
    int at() {
        return at;
    }

    TokenKind kindAt(int index) {
        return tokens.get(Math.min(index, tokens.size() - 1)).kind();
    }

    Token tokenAt(int index) {
        return tokens.get(Math.min(index, tokens.size() - 1));
    }

    boolean is(TokenKind kind) {
        return peek().is(kind);
    }

    boolean isNext(TokenKind kind) {
        return kindAt(at + 1) == kind;
    }

    boolean isName() {
        return isName(at);
    }

    boolean isName(int index) {
        return NAMES.contains(kindAt(index));
    }

    /** Whether the next two are {@code >} and {@code kind}, with nothing between them. */
    boolean isGreaterThen(TokenKind kind) {
        return is(TokenKind.GREATER)
                && isNext(kind)
                && peek().span().touches(tokenAt(at + 1).span());
    }

    Token advance() {
        Token token = peek();
        if (!token.is(TokenKind.END)) {
            at++;
            settle();
        }
        return token;
    }

    /** Goes to an index that was found by looking ahead. */
    void goTo(int index) {
        at = Math.min(index, tokens.size() - 1);
        settle();
    }

    boolean accept(TokenKind kind) {
        if (!is(kind)) return false;
        advance();
        return true;
    }

    Token expect(TokenKind kind) {
        if (!is(kind)) throw expected("'" + kind.spelling() + "'");
        return advance();
    }

    Name name() {
        if (!isName()) throw expected("a name");
        Token token = advance();
        return new Name(token.span(), token.text());
    }

    /** Tells that something else should stand here. */
    SyntaxError expected(String what) {
        Token token = peek();
        Token before = at == 0 ? null : tokens.get(at - 1);
        if (before != null && what.equals("';'") && token.startsLine()) {
            return fault(before.span(), "syntax", "expected ';' after '" + before.text() + "'", null);
        }
        String found = token.is(TokenKind.END) ? token.kind().spelling() : "'" + token.text() + "'";
        String help = Slips.help(what, before, token, tokenAt(at + 1));
        return fault(token.span(), "syntax", "expected " + what + ", found " + found, help);
    }

    SyntaxError fault(Span span, String code, String message, @Nullable String help) {
        diagnostics.error(span, code, message, help);
        return new SyntaxError();
    }

    /** Tells a fault that does not keep the parser from going on. */
    void tell(Span span, String code, String message, @Nullable String help) {
        diagnostics.error(span, code, message, help);
    }

    /** From the begin of {@code first} to the end of what was read last. */
    Span from(Span first) {
        return at == 0 ? first : first.to(tokens.get(at - 1).span());
    }

    /** Begins something that can stand inside of itself. {@link #leave} ends it, or, after a fault, {@link #items}. */
    void enter() {
        if (++depth > MAX_DEPTH) throw tooDeep();
    }

    void leave() {
        depth--;
    }

    SyntaxError tooDeep() {
        return fault(peek().span(), "too-deep", "nested too deeply", "take it apart with constants or variables");
    }

    /** Parses one item after the other up to {@code end}, which is not read. After one with a fault it goes on with the next. */
    void items(TokenKind end, Runnable item) {
        while (!is(end) && !is(TokenKind.END) && (end == TokenKind.END || !startsOutermost())) {
            int begin = at;
            int depthBefore = depth;
            int scopesBefore = scopes.depth();
            try {
                item.run();
            } catch (SyntaxError e) {
                depth = depthBefore;
                scopes.leaveTo(scopesBefore);
                recover(begin, end);
            }
        }
    }

    private boolean startsOutermost() {
        return peek().startsLine() && OUTERMOST.contains(peek().kind());
    }

    /** Goes behind what ends the item that began at {@code begin}, or before what ends the list or begins something new. */
    private void recover(int begin, TokenKind end) {
        int open = openBraces(begin);
        while (!is(TokenKind.END)) {
            boolean moved = at > begin;
            if (moved && startsOutermost()) return;
            if (moved && open == 0 && peek().startsLine() && BEGINNINGS.contains(peek().kind())) return;
            if (open == 0 && is(TokenKind.CLOSE_BRACE) && end != TokenKind.END) return;
            switch (advance().kind()) {
                case OPEN_BRACE -> open++;
                case CLOSE_BRACE -> {
                    if (--open <= 0 && !goesOn()) {
                        accept(TokenKind.SEMICOLON);
                        return;
                    }
                }
                case SEMICOLON -> {
                    if (open <= 0) return;
                }
                default -> {}
            }
        }
    }

    /** Of the braces between {@code begin} and here, how many are not closed. */
    private int openBraces(int begin) {
        int open = 0;
        for (int i = begin; i < at; i++) {
            if (kindAt(i) == TokenKind.OPEN_BRACE) open++;
            if (kindAt(i) == TokenKind.CLOSE_BRACE) open--;
        }
        return Math.max(open, 0);
    }

    /** Whether what is next belongs to the same expression as the brace that was closed. */
    private boolean goesOn() {
        return switch (peek().kind()) {
            case COMMA, CLOSE, CLOSE_BRACKET, DOT, COLON, ELSE -> true;
            default -> false;
        };
    }

    /** The index behind what closes the bracket at {@code index}, or -1 where nothing does before the next semicolon. */
    int skipBrackets(int index) {
        int open = 0;
        for (int i = index; i < tokens.size(); i++) {
            switch (tokens.get(i).kind()) {
                case OPEN, OPEN_BRACKET, OPEN_BRACE -> open++;
                case CLOSE, CLOSE_BRACKET, CLOSE_BRACE -> {
                    if (--open == 0) return i + 1;
                }
                case SEMICOLON -> {
                    return -1;
                }
                default -> {}
            }
        }
        return -1;
    }

    /** Has something readable next: tells what is not, leaves it out or takes it as what it was probably meant to be. */
    private void settle() {
        while (true) {
            Token token = tokens.get(at);
            switch (token.kind()) {
                case STRAY, HASH, PASTE -> {
                    tell(token.span(), "stray-character", "'" + token.text() + "' means nothing here", "leave it out");
                    at++;
                }
                case BAD_COMMENT -> {
                    tell(token.span(), "open-comment", "the comment does not end", "end it with */");
                    at++;
                }
                case BAD_NUMBER -> {
                    String help = "a number is like 10, 0x0F, 0b11, 8w255, 16s0x7F";
                    tell(token.span(), "bad-number", "'" + shortened(token.text()) + "' is no number", help);
                    tokens.set(at, new Token(TokenKind.INTEGER, "0", token.span(), token.startsLine()));
                }
                case BAD_STRING -> {
                    tell(token.span(), "open-string", "the string does not end", "end it with \"");
                    tokens.set(at, new Token(TokenKind.STRING, "\"\"", token.span(), token.startsLine()));
                }
                default -> {
                    return;
                }
            }
        }
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
