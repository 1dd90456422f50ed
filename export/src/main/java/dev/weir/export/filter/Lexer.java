package dev.weir.export.filter;

import dev.weir.export.filter.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Cuts source text into tokens, the last of them {@link Kind#END}. What is misspelt is told, and read as what was probably meant.
 */
final class Lexer {
    private static final int LONGEST_SHOWN = 24;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?([kKMGT]|[KMGT]i)?");
    private static final Pattern HEXADECIMAL = Pattern.compile("0[xX].*");
    private static final Pattern DURATION = Pattern.compile("[0-9]+(\\.[0-9]+)?(d|h|m|s|ms|us|ns)([0-9].*)?");
    private static final Pattern TIME = Pattern.compile("[0-9]{4}-.*");
    private static final Pattern DOTTED = Pattern.compile("[0-9]+\\.[0-9]+\\..*");

    private final String source;
    private final Faults faults;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String source, Faults faults) {
        this.source = source;
        this.faults = faults;
    }

    static List<Token> read(String source, Faults faults) {
        return new Lexer(source, faults).read();
    }

    private List<Token> read() {
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                at++;
            } else if (isPartOfAtom(c) && !source.startsWith("..", at)) {
                readAtom();
            } else if (c == '"' || c == '\'') {
                readQuoted(c);
            } else {
                readSign(c);
            }
        }
        tokens.add(new Token(Kind.END, "", at));
        return tokens;
    }

    private static boolean isPartOfAtom(char c) {
        return (c >= '0' && c <= '9')
                || (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || c == '_'
                || c == '.'
                || c == ':'
                || c == '/'
                || c == '-'
                || c == '+';
    }

    private void readAtom() {
        int begin = at;
        while (at < source.length() && isPartOfAtom(source.charAt(at)) && !source.startsWith("..", at)) {
            at++;
        }
        String text = source.substring(begin, at);
        tokens.add(new Token(kind(text), text, begin));
    }

    private static Kind kind(String text) {
        char first = text.charAt(0);
        if (TIME.matcher(text).matches()) {
            return Kind.TIME;
        }
        if (text.indexOf('/') >= 0) {
            return Kind.PREFIX;
        }
        if (text.indexOf(':') >= 0 || DOTTED.matcher(text).matches()) {
            return Kind.ADDRESS;
        }
        if (first >= '0' && first <= '9') {
            return numeric(text);
        }
        boolean word = first == '_' || ((first | 0x20) >= 'a' && (first | 0x20) <= 'z');
        return word ? keyword(text) : Kind.OTHER;
    }

    private static Kind numeric(String text) {
        if (NUMBER.matcher(text).matches()) {
            return Kind.NUMBER;
        }
        if (HEXADECIMAL.matcher(text).matches()) {
            return Kind.HEXADECIMAL;
        }
        return DURATION.matcher(text).matches() ? Kind.DURATION : Kind.OTHER;
    }

    private static Kind keyword(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "and" -> Kind.AND;
            case "or" -> Kind.OR;
            case "not" -> Kind.NOT;
            case "in" -> Kind.IN;
            case "has" -> Kind.HAS;
            case "true" -> Kind.TRUE;
            case "false" -> Kind.FALSE;
            default -> Kind.WORD;
        };
    }

    /** Text in quotes is read as if it had none. */
    private void readQuoted(char quote) {
        int end = source.indexOf(quote, at + 1);
        int stop = end < 0 ? source.length() : end + 1;
        faults.add(at, stop - at, "nothing is quoted here; leave the quotes out");
        String inside = source.substring(at + 1, end < 0 ? stop : end);
        boolean atom = !inside.isEmpty() && inside.chars().allMatch(c -> isPartOfAtom((char) c));
        tokens.add(
                atom ? new Token(kind(inside), inside, at + 1) : new Token(Kind.OTHER, source.substring(at, stop), at));
        at = stop;
    }

    private void readSign(char c) {
        String two = source.substring(at, Math.min(at + 2, source.length()));
        switch (two) {
            case "==" -> sign(Kind.EQUAL, 2);
            case "!=" -> sign(Kind.NOT_EQUAL, 2);
            case "<=" -> sign(Kind.AT_MOST, 2);
            case ">=" -> sign(Kind.AT_LEAST, 2);
            case "&&" -> sign(Kind.AND, 2);
            case "||" -> sign(Kind.OR, 2);
            case ".." -> sign(Kind.RANGE, 2);
            case "<>" -> meant(Kind.NOT_EQUAL, 2, "!=");
            case "=<" -> meant(Kind.AT_MOST, 2, "<=");
            case "=>" -> meant(Kind.AT_LEAST, 2, ">=");
            default -> readShortSign(c);
        }
    }

    private void readShortSign(char c) {
        switch (c) {
            case '<' -> sign(Kind.LESS, 1);
            case '>' -> sign(Kind.GREATER, 1);
            case '!' -> sign(Kind.NOT, 1);
            case '(' -> sign(Kind.OPEN, 1);
            case ')' -> sign(Kind.CLOSE, 1);
            case '{' -> sign(Kind.OPEN_SET, 1);
            case '}' -> sign(Kind.CLOSE_SET, 1);
            case ',' -> sign(Kind.COMMA, 1);
            case '=' -> meant(Kind.EQUAL, 1, "==");
            case '&' -> meant(Kind.AND, 1, "&&");
            case '|' -> meant(Kind.OR, 1, "||");
            default -> readStrange();
        }
    }

    private void sign(Kind kind, int length) {
        tokens.add(new Token(kind, source.substring(at, at + length), at));
        at += length;
    }

    private void meant(Kind kind, int length, String proper) {
        faults.add(at, length, "'" + source.substring(at, at + length) + "' is no operator; write " + proper);
        sign(kind, length);
    }

    /** Everything up to what could be something again is one fault. */
    private void readStrange() {
        int begin = at;
        while (at < source.length() && isStrange(source.charAt(at))) {
            at++;
        }
        String text = source.substring(begin, Math.min(at, begin + LONGEST_SHOWN));
        faults.add(begin, at - begin, "'" + text + "' means nothing here; leave it out");
    }

    private static boolean isStrange(char c) {
        return !isPartOfAtom(c) && " \t\r\n\"'=!<>&|(){},".indexOf(c) < 0;
    }
}
