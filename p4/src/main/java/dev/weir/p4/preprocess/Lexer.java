package dev.weir.p4.preprocess;

import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Cuts a file into tokens (P4-16 specification, sections 6.3 and 6.4). It says nothing: what cannot be read becomes a token that tells so, since it
 * is no fault in a branch that is not compiled. A backslash at the end of a line joins it with the next one, between tokens.
 */
final class Lexer {
    private static final int LONGEST_NUMBER = 4096;
    private static final Pattern NUMBER = Pattern.compile(
            "([0-9]{1,9}[ws])?(0[xX]_*[0-9a-fA-F][0-9a-fA-F_]*|0[dD]_*[0-9][0-9_]*|0[oO]_*[0-7][0-7_]*|0[bB]_*[01][01_]*|[0-9][0-9_]*)");
    /** Longest first, so that the first that fits is the longest. */
    private static final List<TokenKind> SIGNS = Arrays.stream(TokenKind.values())
            .filter(k -> k.compareTo(TokenKind.MASK) >= 0)
            .sorted(Comparator.comparingInt((TokenKind k) -> k.spelling().length())
                    .reversed())
            .toList();

    private final SourceFile file;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private boolean startsLine = true;

    private Lexer(SourceFile file) {
        this.file = file;
        this.text = file.text();
    }

    /** The tokens of a file, without an {@link TokenKind#END}. */
    static List<Token> read(SourceFile file) {
        Lexer lexer = new Lexer(file);
        while (lexer.skipBlanks()) {
            lexer.readToken();
        }
        return lexer.tokens;
    }

    /** @return false at the end of the text */
    private boolean skipBlanks() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                startsLine = true;
                at++;
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\u000B') {
                at++;
            } else if (c == '\\' && lineEnd(at + 1) > at) {
                at = lineEnd(at + 1);
            } else if (text.startsWith("//", at)) {
                skipLineComment();
            } else if (!text.startsWith("/*", at) || !skipComment()) {
                return true;
            }
        }
        return false;
    }

    /** Behind the end of the line where only blanks come before it, else 0. */
    private int lineEnd(int from) {
        int end = from;
        while (end < text.length() && " \t\r".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        return end == text.length() ? end : text.charAt(end) == '\n' ? end + 1 : 0;
    }

    private void skipLineComment() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at = Math.max(at + 1, text.charAt(at) == '\\' ? lineEnd(at + 1) : 0);
        }
    }

    /** A comment of several lines leaves what follows it on a new line, as {@code @pragma} has it. */
    private boolean skipComment() {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) return false;
        startsLine |= text.substring(at, end).indexOf('\n') >= 0;
        at = end + 2;
        return true;
    }

    private void readToken() {
        char c = text.charAt(at);
        if (isWordStart(c)) {
            int end = wordEnd();
            add(TokenKind.ofWord(text.substring(at, end)), end);
        } else if (isDigit(c)) {
            int end = wordEnd();
            boolean number = end - at <= LONGEST_NUMBER
                    && NUMBER.matcher(text).region(at, end).matches();
            add(number ? TokenKind.INTEGER : TokenKind.BAD_NUMBER, end);
        } else if (c == '"') {
            readString();
        } else if (text.startsWith("/*", at)) {
            add(TokenKind.BAD_COMMENT, text.length());
        } else {
            readSign();
        }
    }

    private int wordEnd() {
        int end = at;
        while (end < text.length() && (isWordStart(text.charAt(end)) || isDigit(text.charAt(end)))) {
            end++;
        }
        return end;
    }

    /** A string may go on over several lines; one that never ends is taken to the end of its first. */
    private void readString() {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != '"') {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        if (end < text.length()) {
            add(TokenKind.STRING, end + 1);
        } else {
            int line = text.indexOf('\n', at);
            add(TokenKind.BAD_STRING, line < 0 ? text.length() : line);
        }
    }

    private void readSign() {
        for (TokenKind sign : SIGNS) {
            if (text.startsWith(sign.spelling(), at)) {
                add(sign, at + sign.spelling().length());
                return;
            }
        }
        add(TokenKind.STRAY, at + Character.charCount(text.codePointAt(at)));
    }

    private void add(TokenKind kind, int end) {
        tokens.add(new Token(kind, text.substring(at, end), new Span(file, at, end), startsLine));
        startsLine = false;
        at = end;
    }

    static boolean isWordStart(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
