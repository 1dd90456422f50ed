package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Literal;
import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Expression.Argument;
import dev.weir.p4.syntax.Expression.BinaryOperator;
import dev.weir.p4.syntax.Expression.UnaryOperator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions: operators by precedence climbing, the rest by descent. No expression is higher than {@value #MAX_HEIGHT}, whether
 * by nesting or by a long row of operators, so that whoever walks over it may recurse.
 */
final class Expressions {
    private static final int MAX_HEIGHT = 512;
    private static final Map<TokenKind, BinaryOperator> OPERATORS = operators();

    final Types types;
    private final Cursor cursor;
    /** Of the expression that was read last. */
    private int height;
    /** Where an expression ends with {@code >}, as in {@code bit<W + 1>}. */
    private boolean stopsAtGreater;

    Expressions(Cursor cursor) {
        this.cursor = cursor;
        this.types = new Types(cursor, this);
    }

    private static Map<TokenKind, BinaryOperator> operators() {
        Map<String, BinaryOperator> bySpelling =
                Arrays.stream(BinaryOperator.values()).collect(Collectors.toMap(BinaryOperator::spelling, o -> o));
        Map<TokenKind, BinaryOperator> operators = new EnumMap<>(TokenKind.class);
        for (TokenKind kind : TokenKind.values()) {
            BinaryOperator operator = bySpelling.get(kind.spelling());
            if (operator != null) operators.put(kind, operator);
        }
        return operators;
    }

    Expression expression() {
        return expression(false);
    }

    /** An expression that ends at the first {@code >} outside of parentheses. */
    Expression withoutGreater() {
        return expression(true);
    }

    private Expression expression(boolean greaterEnds) {
        cursor.enter();
        boolean outer = stopsAtGreater;
        stopsAtGreater = greaterEnds;
        Expression expression = conditional();
        stopsAtGreater = outer;
        cursor.leave();
        return expression;
    }

    private int grown(int tallest) {
        if (tallest >= MAX_HEIGHT) throw cursor.tooDeep();
        return tallest + 1;
    }

    private Expression conditional() {
        Span first = cursor.peek().span();
        Expression condition = binary(BinaryOperator.WEAKEST);
        if (!cursor.accept(TokenKind.QUESTION)) return condition;
        cursor.enter();
        int tallest = height;
        Expression whenTrue = conditional();
        tallest = Math.max(tallest, height);
        cursor.expect(TokenKind.COLON);
        Expression whenFalse = conditional();
        height = grown(Math.max(tallest, height));
        cursor.leave();
        return new Expression.Conditional(cursor.from(first), condition, whenTrue, whenFalse);
    }

    private Expression binary(int weakest) {
        Span first = cursor.peek().span();
        Expression left = unary();
        int tallest = height;
        BinaryOperator operator = operator();
        while (operator != null && operator.strength() >= weakest) {
            cursor.advance();
            if (operator == BinaryOperator.SHIFT_RIGHT) cursor.advance();
            Expression right = binary(operator.strength() + 1);
            tallest = grown(Math.max(tallest, height));
            left = new Expression.Binary(cursor.from(first), operator, left, right);
            operator = operator();
        }
        height = tallest;
        return left;
    }

    private @Nullable BinaryOperator operator() {
        if (cursor.is(TokenKind.GREATER)) {
            if (stopsAtGreater || cursor.isGreaterThen(TokenKind.AT_LEAST)) return null;
            return cursor.isGreaterThen(TokenKind.GREATER) ? BinaryOperator.SHIFT_RIGHT : BinaryOperator.GREATER;
        }
        return OPERATORS.get(cursor.peek().kind());
    }

    private Expression unary() {
        Token token = cursor.peek();
        UnaryOperator operator = switch (token.kind()) {
            case NOT -> UnaryOperator.NOT;
            case COMPLEMENT -> UnaryOperator.COMPLEMENT;
            case MINUS -> UnaryOperator.MINUS;
            case PLUS -> UnaryOperator.PLUS;
            default -> null;
        };
        if (operator == null) return token.is(TokenKind.OPEN) && isCast() ? cast() : postfix();
        cursor.enter();
        cursor.advance();
        Expression operand = unary();
        height = grown(height);
        cursor.leave();
        return new Expression.Unary(cursor.from(token.span()), operator, operand);
    }

    /** Of {@code (name)} with a name that nobody declared, what follows tells. */
    private boolean isCast() {
        int inside = cursor.at() + 1;
        int end = types.skipType(inside);
        if (end < 0 || cursor.kindAt(end) != TokenKind.CLOSE || cursor.kindAt(inside) == TokenKind.UNDERSCORE) {
            return false;
        }
        if (types.isTypeAt(inside)) return true;
        int name = cursor.kindAt(inside) == TokenKind.DOT ? inside + 1 : inside;
        if (cursor.scopes.isKnown(cursor.tokenAt(name).text())) return false;
        return switch (cursor.kindAt(end + 1)) {
            case IDENTIFIER, INTEGER, STRING, TRUE, FALSE, THIS, OPEN_BRACE, INVALID_HEADER -> true;
            default -> false;
        };
    }

    private Expression cast() {
        cursor.enter();
        Span first = cursor.expect(TokenKind.OPEN).span();
        TypeRef type = types.type();
        cursor.expect(TokenKind.CLOSE);
        Expression operand = unary();
        height = grown(height);
        cursor.leave();
        return new Expression.Cast(cursor.from(first), type, operand);
    }

    /** A name, a literal or something in brackets, and what is taken out of it or called on it. */
    Expression postfix() {
        Span first = cursor.peek().span();
        Expression of = primary();
        while (true) {
            if (cursor.accept(TokenKind.DOT)) {
                Name name = cursor.name();
                of = new Expression.Member(cursor.from(first), of, name);
            } else if (cursor.is(TokenKind.OPEN_BRACKET)) {
                of = index(first, of);
            } else if (cursor.is(TokenKind.OPEN)) {
                of = call(first, of, List.of());
            } else if (isTypeArguments(of)) {
                List<TypeRef> arguments = types.arguments();
                of = call(first, of, arguments);
            } else {
                return of;
            }
            height = grown(height);
        }
    }

    private Expression call(Span first, Expression callee, List<TypeRef> typeArguments) {
        int tallest = height;
        List<Argument> arguments = arguments();
        height = Math.max(tallest, height);
        return new Expression.Call(cursor.from(first), callee, typeArguments, arguments);
    }

    private Expression index(Span first, Expression of) {
        int tallest = height;
        cursor.expect(TokenKind.OPEN_BRACKET);
        Expression index = expression();
        tallest = Math.max(tallest, height);
        TokenKind mark = cursor.peek().kind();
        Expression second = index;
        if (mark == TokenKind.COLON || mark == TokenKind.PLUS_COLON) {
            cursor.advance();
            second = expression();
        }
        cursor.expect(TokenKind.CLOSE_BRACKET);
        height = Math.max(tallest, height);
        Span span = cursor.from(first);
        return switch (mark) {
            case COLON -> new Expression.Slice(span, of, index, second);
            case PLUS_COLON -> new Expression.PlusSlice(span, of, index, second);
            default -> new Expression.Index(span, of, index);
        };
    }

    /** Whether {@code <} begins type arguments of a call, and does not compare. */
    private boolean isTypeArguments(Expression of) {
        if (!cursor.is(TokenKind.LESS)) return false;
        boolean generic = of instanceof Expression.Path path && cursor.scopes.isGenericValue(path.name());
        boolean type = cursor.isNext(TokenKind.UNDERSCORE) || types.isTypeAt(cursor.at() + 1);
        if (!generic && !type) return false;
        int end = types.skipArguments(cursor.at());
        return end >= 0 && cursor.kindAt(end) == TokenKind.OPEN;
    }

    /** {@code (a, name = b, _)}, with its parentheses. */
    List<Argument> arguments() {
        cursor.expect(TokenKind.OPEN);
        List<Argument> arguments = new ArrayList<>();
        int tallest = 0;
        while (!cursor.is(TokenKind.CLOSE)) {
            Span first = cursor.peek().span();
            Name name = fieldName();
            height = 1;
            Expression value = cursor.is(TokenKind.UNDERSCORE)
                    ? new Expression.Any(cursor.advance().span())
                    : expression();
            tallest = Math.max(tallest, height);
            arguments.add(new Argument(cursor.from(first), name, value));
            if (!cursor.accept(TokenKind.COMMA)) break;
            if (cursor.is(TokenKind.CLOSE)) throw cursor.expected("an argument");
        }
        cursor.expect(TokenKind.CLOSE);
        height = tallest;
        return List.copyOf(arguments);
    }

    private @Nullable Name fieldName() {
        if (!cursor.isName() || !cursor.isNext(TokenKind.ASSIGN)) return null;
        Name name = cursor.name();
        cursor.advance();
        return name;
    }

    private Expression primary() {
        Token token = cursor.peek();
        Span span = token.span();
        height = 1;
        return switch (token.kind()) {
            case INTEGER -> {
                cursor.advance();
                yield new Expression.Numeral(span, Literal.parse(token.text()));
            }
            case STRING -> {
                cursor.advance();
                yield new Expression.Text(span, token.text());
            }
            case TRUE, FALSE -> {
                cursor.advance();
                yield new Expression.Bool(span, token.is(TokenKind.TRUE));
            }
            case THIS -> {
                cursor.advance();
                yield new Expression.This(span);
            }
            case ELLIPSIS -> {
                cursor.advance();
                yield new Expression.Defaults(span);
            }
            case INVALID_HEADER -> {
                cursor.advance();
                yield new Expression.InvalidHeader(span);
            }
            case OPEN -> {
                cursor.advance();
                Expression inside = expression();
                cursor.expect(TokenKind.CLOSE);
                yield inside;
            }
            case OPEN_BRACE -> braces();
            case ERROR -> typeMember(types.type());
            default -> named();
        };
    }

    private Expression named() {
        if (types.isTypeAt(cursor.at())) {
            int end = types.skipType(cursor.at());
            TokenKind next = end < 0 ? TokenKind.END : cursor.kindAt(end);
            if (next == TokenKind.OPEN || next == TokenKind.DOT) return typed(types.type());
        }
        Expression.Path path = path();
        return path;
    }

    /** A name with perhaps a dot before it. */
    Expression.Path path() {
        Span first = cursor.peek().span();
        boolean absolute = cursor.accept(TokenKind.DOT);
        if (!cursor.isName()) throw cursor.expected(absolute ? "a name" : "an expression");
        String name = cursor.advance().text();
        return new Expression.Path(cursor.from(first), absolute, name);
    }

    private Expression typed(TypeRef type) {
        if (cursor.is(TokenKind.DOT)) return typeMember(type);
        List<Argument> arguments = arguments();
        height = grown(height);
        return new Expression.New(cursor.from(type.span()), type, arguments);
    }

    private Expression typeMember(TypeRef type) {
        cursor.expect(TokenKind.DOT);
        Name name = cursor.name();
        return new Expression.TypeMember(cursor.from(type.span()), type, name);
    }

    /** A list of values, or of fields when the first is {@code name =}. A comma after the last is allowed. */
    private Expression braces() {
        Span first = cursor.expect(TokenKind.OPEN_BRACE).span();
        boolean fields = cursor.isName() && cursor.isNext(TokenKind.ASSIGN);
        return fields ? fields(first) : values(first);
    }

    private Expression values(Span first) {
        List<Expression> elements = new ArrayList<>();
        int tallest = 0;
        while (!cursor.is(TokenKind.CLOSE_BRACE)) {
            elements.add(expression());
            tallest = Math.max(tallest, height);
            if (!cursor.accept(TokenKind.COMMA)) break;
        }
        cursor.expect(TokenKind.CLOSE_BRACE);
        height = grown(tallest);
        return new Expression.Values(cursor.from(first), List.copyOf(elements));
    }

    private Expression fields(Span first) {
        List<Expression.Field> fields = new ArrayList<>();
        int tallest = 0;
        boolean defaults = false;
        while (!cursor.is(TokenKind.CLOSE_BRACE) && !defaults) {
            defaults = cursor.accept(TokenKind.ELLIPSIS);
            if (!defaults) fields.add(field());
            tallest = Math.max(tallest, height);
            if (!cursor.accept(TokenKind.COMMA)) break;
        }
        cursor.expect(TokenKind.CLOSE_BRACE);
        height = grown(tallest);
        return new Expression.Fields(cursor.from(first), List.copyOf(fields), defaults);
    }

    /** {@code name = value}. */
    Expression.Field field() {
        Name name = cursor.name();
        cursor.expect(TokenKind.ASSIGN);
        Expression value = expression();
        return new Expression.Field(cursor.from(name.span()), name, value);
    }
}
