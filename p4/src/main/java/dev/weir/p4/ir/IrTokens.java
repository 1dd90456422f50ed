package dev.weir.p4.ir;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens of a text, one after the other. A {@code //} begins a comment that lasts to the end of its line. */
final class IrTokens {
    /** What may be called what: as in P4, with dots and indices. */
    private static final String NAME = "[A-Za-z_][\\w$]*(?:\\[\\d+])*(?:\\.[A-Za-z_$][\\w$]*(?:\\[\\d+])*)*";

    private static final Pattern NAMES = Pattern.compile(NAME);
    private static final Pattern TOKEN = Pattern.compile("(?<blank>\\s+|//.*)"
            + "|(?<sized>\\d+w(?:0x[0-9a-f]+|\\d+))|(?<number>0x[0-9a-f]+|\\d+)|(?<text>\"[^\"\\n]*\")"
            + "|(?<symbol>s\\|[+-]\\||s>>|s<=|s<|\\|[+-]\\||&&&|<<|>>|<-|<=|==|!=|\\+\\+|\\.\\.|_(?![\\w$])|[-+*/%&|^~<>=?:,()\\[\\]{}])"
            + "|(?<argument>\\$[A-Za-z_][\\w$]*)|(?<name>" + NAME + ")");

    enum Kind {
        NUMBER,
        SIZED,
        TEXT,
        SYMBOL,
        ARGUMENT,
        NAME,
        END
    }

    record Token(Kind kind, String text, int line) {}

    private final List<Token> tokens = new ArrayList<>();
    private int at;

    IrTokens(String text) {
        Matcher matcher = TOKEN.matcher(text);
        int line = 1;
        int from = 0;
        while (from < text.length()) {
            matcher.region(from, text.length());
            if (!matcher.lookingAt())
                throw new IrSyntaxException(line, "no token begins with '" + text.charAt(from) + "'");
            if (matcher.group("blank") == null) tokens.add(new Token(kind(matcher), matcher.group(), line));
            line += (int) matcher.group().chars().filter(c -> c == '\n').count();
            from = matcher.end();
        }
        tokens.add(new Token(Kind.END, "end of text", line));
    }

    private static Kind kind(Matcher matcher) {
        if (matcher.group("sized") != null) return Kind.SIZED;
        if (matcher.group("number") != null) return Kind.NUMBER;
        if (matcher.group("text") != null) return Kind.TEXT;
        if (matcher.group("symbol") != null) return Kind.SYMBOL;
        return matcher.group("argument") != null ? Kind.ARGUMENT : Kind.NAME;
    }

    static boolean isName(String text) {
        return NAMES.matcher(text).matches();
    }

    IrSyntaxException fault(String what) {
        return new IrSyntaxException(tokens.get(at).line(), what);
    }

    private IrSyntaxException expected(String what) {
        return fault("expected " + what + ", not " + peek().text());
    }

    Token peek() {
        return tokens.get(at);
    }

    /** The one after the next. */
    Token second() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    boolean is(String text) {
        Kind kind = peek().kind();
        return (kind == Kind.SYMBOL || kind == Kind.NAME) && peek().text().equals(text);
    }

    boolean ends() {
        return peek().kind() == Kind.END;
    }

    /** Takes the token if it is this one. */
    boolean took(String text) {
        if (!is(text)) return false;
        at++;
        return true;
    }

    void take(String text) {
        if (!took(text)) throw expected("'" + text + "'");
    }

    String take(Kind kind, String what) {
        if (peek().kind() != kind) throw expected(what);
        return tokens.get(at++).text();
    }

    String name(String what) {
        return take(Kind.NAME, what);
    }

    String text() {
        String quoted = take(Kind.TEXT, "a text in quotes");
        return quoted.substring(1, quoted.length() - 1);
    }

    BigInteger number() {
        return number(take(Kind.NUMBER, "a number"));
    }

    static BigInteger number(String text) {
        return text.startsWith("0x") ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
    }

    /** A number of at most nine digits or so. */
    int integer(int most) {
        BigInteger number = number();
        if (number.compareTo(BigInteger.valueOf(most)) > 0) throw fault("the most is " + most + ", not " + number);
        return number.intValue();
    }
}
