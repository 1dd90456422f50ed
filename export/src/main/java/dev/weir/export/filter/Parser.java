package dev.weir.export.filter;

import dev.weir.export.filter.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an expression by recursive descent and checks each test as it comes. After a fault it goes on behind the next {@code &&},
 * {@code ||} or parenthesis, so that all faults are told at once. Parentheses alone nest, to {@link FlowFilter#MAX_DEPTH}.
 *
 * <pre>
 * either   = both { ("||" | "or") both }
 * both     = single { ("&amp;&amp;" | "and") single }
 * single   = { "!" | "not" } ( "(" either ")" | "true" | "false" | test )
 * test     = name [ relation value | ["not"] "in" set | "has" flags ]
 * set      = item | "{" item { "," item } "}"
 * item     = value [ ".." value ] | prefix
 * </pre>
 */
final class Parser {
    /** Stands for what could not be read; no filter is made of it. */
    private static final Expression UNKNOWN = new Expression.Constant(false);

    private final List<Token> tokens;
    private final Faults faults;
    private final Tests tests;
    private int at;
    private int depth;
    private boolean tooDeep;

    private Parser(List<Token> tokens, Faults faults) {
        this.tokens = tokens;
        this.faults = faults;
        this.tests = new Tests(this, faults);
    }

    static Expression parse(String source) throws FilterException {
        Faults faults = new Faults();
        if (source.length() > FlowFilter.MAX_LENGTH) {
            faults.add(
                    FlowFilter.MAX_LENGTH,
                    1,
                    "the expression has " + source.length() + " characters; write at most " + FlowFilter.MAX_LENGTH);
            faults.throwAny(source);
        }
        Expression expression = new Parser(Lexer.read(source, faults), faults).whole();
        faults.throwAny(source);
        return expression;
    }

    private Expression whole() {
        if (peek().is(Kind.END)) {
            faults.add(peek(), "the expression is empty; write true for every flow");
            return UNKNOWN;
        }
        Expression expression = either();
        while (!peek().is(Kind.END)) {
            if (peek().is(Kind.CLOSE)) {
                faults.add(next(), "')' closes nothing; leave it out, or write '(' where it begins");
            }
            refuseExtra();
        }
        return expression;
    }

    /** What follows a whole expression is told, and what comes behind it is read for its faults. */
    private void refuseExtra() {
        Token extra = peek();
        boolean connected = extra.is(Kind.AND) || extra.is(Kind.OR);
        if (!connected && !extra.is(Kind.CLOSE) && !extra.is(Kind.END)) {
            faults.add(extra, Literals.shown(extra) + " comes after the end of a test; write && or || before it");
            resume();
        }
        if (take(Kind.AND) != null || take(Kind.OR) != null) {
            either();
        }
    }

    private Expression either() {
        List<Expression> terms = new ArrayList<>(List.of(both()));
        while (take(Kind.OR) != null) {
            terms.add(both());
        }
        return Expression.or(terms);
    }

    private Expression both() {
        List<Expression> terms = new ArrayList<>(List.of(single()));
        while (take(Kind.AND) != null) {
            terms.add(single());
        }
        return Expression.and(terms);
    }

    private Expression single() {
        boolean opposite = false;
        while (take(Kind.NOT) != null) {
            opposite = !opposite;
        }
        Expression expression = primary();
        return opposite ? Expression.not(expression) : expression;
    }

    private Expression primary() {
        Token first = peek();
        switch (first.kind()) {
            case OPEN -> {
                return inParentheses();
            }
            case TRUE, FALSE -> {
                if (!peek(1).kind().isRelation()) {
                    next();
                    return new Expression.Constant(first.is(Kind.TRUE));
                }
            }
            case WORD -> {
                Expression test = tests.read(next());
                return test == null ? skipped() : test;
            }
            case CLOSE -> {
                if (depth > 0) {
                    faults.add(first, "nothing is in the parentheses; write a test, such as proto == tcp");
                }
                return UNKNOWN;
            }
            case AND, OR, END -> {
                faults.add(
                        first,
                        first.is(Kind.END)
                                ? "the expression ends where a test should be; write one, such as proto == tcp"
                                : "a test is missing before " + Literals.shown(first)
                                        + "; write one, such as proto == tcp");
                return UNKNOWN;
            }
            default -> {}
        }
        faults.add(first, noName());
        return skipped();
    }

    /** What to do about a test that does not begin with a name. */
    private String noName() {
        Token first = peek(), relation = peek(1), last = peek(2);
        if (!first.kind().isOperand()) {
            return Literals.shown(first) + " begins no test; write one, such as proto == tcp";
        }
        boolean reversed = relation.kind().isRelation() && last.is(Kind.WORD) && Field.byName(last.text()) != null;
        return Literals.shown(first) + " is a value, and a test begins with a column; write "
                + (reversed ? last.text() + " " + mirrored(relation) + " " + first.text() : suitable(first));
    }

    private static String mirrored(Token relation) {
        return switch (relation.kind()) {
            case LESS -> ">";
            case AT_MOST -> ">=";
            case GREATER -> "<";
            case AT_LEAST -> "<=";
            default -> relation.text();
        };
    }

    private static String suitable(Token value) {
        return switch (value.kind()) {
            case ADDRESS -> "host == " + value.text();
            case PREFIX -> "host in " + value.text();
            case NUMBER -> "port == " + value.text();
            default -> "one such as proto == tcp";
        };
    }

    private Expression inParentheses() {
        Token open = next();
        if (++depth > FlowFilter.MAX_DEPTH) {
            if (!tooDeep) {
                faults.add(open, "more than " + FlowFilter.MAX_DEPTH + " parentheses are open; write fewer");
            }
            tooDeep = true;
            at = tokens.size() - 1;
            depth--;
            return UNKNOWN;
        }
        Expression inside = either();
        while (!peek().is(Kind.CLOSE) && !peek().is(Kind.END)) {
            refuseExtra();
        }
        if (take(Kind.CLOSE) == null && !tooDeep) {
            faults.add(open, "'(' is not closed; write ')' where it ends");
        }
        depth--;
        return inside;
    }

    private Expression skipped() {
        resume();
        return UNKNOWN;
    }

    /** Goes to where a test can have ended; what is in parentheses on the way belongs to it. */
    private void resume() {
        int open = 0;
        while (!peek().is(Kind.END)) {
            Kind kind = peek().kind();
            if (open == 0 && (kind == Kind.AND || kind == Kind.OR || kind == Kind.CLOSE)) {
                return;
            }
            open += kind == Kind.OPEN ? 1 : kind == Kind.CLOSE ? -1 : 0;
            next();
        }
    }

    Token peek() {
        return tokens.get(at);
    }

    private Token peek(int further) {
        return tokens.get(Math.min(at + further, tokens.size() - 1));
    }

    /** The token that is next, which is then behind; the last one stays. */
    Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    /** The next token if it is of that kind. */
    @Nullable
    Token take(Kind kind) {
        return peek().is(kind) ? next() : null;
    }
}
