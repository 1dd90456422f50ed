package dev.weir.p4.preprocess;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.Span;
import java.util.List;

/**
 * The value of what follows {@code #if}: whole numbers of 64 bits that wrap, as in C; names that are no macro are 0. What cannot be
 * evaluated is told once, and counts as false.
 */
final class Condition {
    private static final int MAX_DEPTH = 200;

    private final List<Token> tokens;
    private final Span directive;
    private final Diagnostics diagnostics;
    private int at;
    private int depth;
    private boolean failed;
    /** Inside what does not count, like the right of {@code 0 &&}, where even a division by zero is no fault. */
    private int unevaluated;

    private Condition(List<Token> tokens, Span directive, Diagnostics diagnostics) {
        this.tokens = tokens;
        this.directive = directive;
        this.diagnostics = diagnostics;
    }

    /** @param tokens expanded, {@code defined} already replaced */
    static boolean holds(List<Token> tokens, Span directive, Diagnostics diagnostics) {
        Condition condition = new Condition(tokens, directive, diagnostics);
        long value = condition.conditional();
        if (condition.at < tokens.size()) condition.fail("'" + condition.peek().text() + "' is not expected here");
        return !condition.failed && value != 0;
    }

    private Token peek() {
        return at < tokens.size() ? tokens.get(at) : new Token(TokenKind.END, "", directive, false);
    }

    private boolean accept(TokenKind kind) {
        if (!peek().is(kind)) return false;
        at++;
        return true;
    }

    private void fail(String why) {
        if (!failed) {
            Span place = at < tokens.size() ? tokens.get(at).span() : directive;
            diagnostics.error(place, "bad-condition", "condition cannot be evaluated: " + why, null);
        }
        failed = true;
        at = tokens.size();
    }

    private long conditional() {
        if (++depth > MAX_DEPTH) {
            fail("too deeply nested");
        }
        long value = binary(0);
        if (accept(TokenKind.QUESTION)) {
            long whenTrue = counting(value != 0);
            if (!accept(TokenKind.COLON)) fail("':' is missing");
            long whenFalse = counting(value == 0);
            value = value != 0 ? whenTrue : whenFalse;
        }
        depth--;
        return value;
    }

    private long counting(boolean counts) {
        if (!counts) unevaluated++;
        long value = conditional();
        if (!counts) unevaluated--;
        return value;
    }

    private long binary(int weakest) {
        long left = unary();
        while (true) {
            String operator = operator();
            int strength = strength(operator);
            if (strength < 0 || strength < weakest) return left;
            at += operator.equals(">>") ? 2 : 1;
            boolean settled = (operator.equals("&&") && left == 0) || (operator.equals("||") && left != 0);
            if (settled) unevaluated++;
            long right = binary(strength + 1);
            if (settled) unevaluated--;
            left = apply(operator, left, right);
        }
    }

    private String operator() {
        Token token = peek();
        boolean shift = token.is(TokenKind.GREATER)
                && at + 1 < tokens.size()
                && tokens.get(at + 1).is(TokenKind.GREATER)
                && token.span().touches(tokens.get(at + 1).span());
        return shift ? ">>" : token.text();
    }

    private static int strength(String operator) {
        return switch (operator) {
            case "||" -> 0;
            case "&&" -> 1;
            case "|" -> 2;
            case "^" -> 3;
            case "&" -> 4;
            case "==", "!=" -> 5;
            case "<", ">", "<=", ">=" -> 6;
            case "<<", ">>" -> 7;
            case "+", "-" -> 8;
            case "*", "/", "%" -> 9;
            default -> -1;
        };
    }

    private long apply(String operator, long left, long right) {
        return switch (operator) {
            case "||" -> truth(left != 0 || right != 0);
            case "&&" -> truth(left != 0 && right != 0);
            case "|" -> left | right;
            case "^" -> left ^ right;
            case "&" -> left & right;
            case "==" -> truth(left == right);
            case "!=" -> truth(left != right);
            case "<" -> truth(left < right);
            case ">" -> truth(left > right);
            case "<=" -> truth(left <= right);
            case ">=" -> truth(left >= right);
            case "<<" -> left << right;
            case ">>" -> left >> right;
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            default -> divide(operator, left, right);
        };
    }

    private long divide(String operator, long left, long right) {
        if (right == 0) {
            if (unevaluated == 0) fail("it divides by zero");
            return 0;
        }
        return operator.equals("/") ? left / right : left % right;
    }

    private static long truth(boolean holds) {
        return holds ? 1 : 0;
    }

    private long unary() {
        if (++depth > MAX_DEPTH) fail("too deeply nested");
        Token token = peek();
        at = Math.min(at + 1, tokens.size());
        long value = switch (token.kind()) {
            case NOT -> truth(unary() == 0);
            case COMPLEMENT -> ~unary();
            case MINUS -> -unary();
            case PLUS -> unary();
            case OPEN -> parenthesised();
            case INTEGER -> Literal.parse(token.text()).value().longValue();
            default -> other(token);
        };
        depth--;
        return value;
    }

    private long parenthesised() {
        long value = conditional();
        if (!accept(TokenKind.CLOSE)) fail("')' is missing");
        return value;
    }

    private long other(Token token) {
        if (!token.isWord()) {
            at = Math.max(0, token.is(TokenKind.END) ? at : at - 1);
            fail(token.is(TokenKind.END) ? "a value is missing" : "'" + token.text() + "' is no value");
        }
        return token.is(TokenKind.TRUE) ? 1 : 0;
    }
}
