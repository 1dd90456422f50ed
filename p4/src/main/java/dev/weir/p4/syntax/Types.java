package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.TypeRef.Bits;
import dev.weir.p4.syntax.TypeRef.Simple;
import java.util.ArrayList;
import java.util.List;

/** Parses types, and tells by looking ahead whether one stands somewhere. */
final class Types {
    private static final int MAX_LOOKAHEAD_DEPTH = 64;

    private final Cursor cursor;
    private final Expressions expressions;

    Types(Cursor cursor, Expressions expressions) {
        this.cursor = cursor;
        this.expressions = expressions;
    }

    /** Whether the token at an index can only begin a type. */
    boolean isTypeAt(int index) {
        return switch (cursor.kindAt(index)) {
            case BIT, INT, VARBIT, BOOL, STRING_TYPE, VOID, TUPLE, MATCH_KIND -> true;
            case ERROR -> cursor.kindAt(index + 1) != TokenKind.DOT;
            case LIST -> cursor.kindAt(index + 1) == TokenKind.LESS;
            case DOT -> cursor.isName(index + 1) && isTypeAt(index + 1);
            default ->
                cursor.isName(index)
                        && cursor.scopes.isType(cursor.tokenAt(index).text());
        };
    }

    TypeRef type() {
        Span first = cursor.peek().span();
        TypeRef type = element();
        while (cursor.accept(TokenKind.OPEN_BRACKET)) {
            cursor.enter();
            Expression size = expressions.expression();
            cursor.expect(TokenKind.CLOSE_BRACKET);
            type = new TypeRef.Array(cursor.from(first), type, size);
        }
        for (TypeRef array = type; array instanceof TypeRef.Array a; array = a.element()) {
            cursor.leave();
        }
        return type;
    }

    private TypeRef element() {
        Token first = cursor.peek();
        return switch (first.kind()) {
            case BOOL -> simple(Simple.Kind.BOOL);
            case ERROR -> simple(Simple.Kind.ERROR);
            case MATCH_KIND -> simple(Simple.Kind.MATCH_KIND);
            case STRING_TYPE -> simple(Simple.Kind.STRING);
            case VOID -> simple(Simple.Kind.VOID);
            case INT -> cursor.isNext(TokenKind.LESS) ? bits(Bits.Kind.INT) : simple(Simple.Kind.INT);
            case BIT -> bits(Bits.Kind.BIT);
            case VARBIT -> bits(Bits.Kind.VARBIT);
            case TUPLE -> {
                cursor.advance();
                List<TypeRef> elements = arguments();
                yield new TypeRef.Tuple(cursor.from(first.span()), elements);
            }
            case LIST -> cursor.isNext(TokenKind.LESS) ? listOf() : named();
            default -> named();
        };
    }

    private TypeRef simple(Simple.Kind kind) {
        return new Simple(cursor.advance().span(), kind);
    }

    private TypeRef bits(Bits.Kind kind) {
        Span first = cursor.advance().span();
        if (kind == Bits.Kind.BIT && !cursor.is(TokenKind.LESS)) return new Bits(first, kind, null);
        cursor.expect(TokenKind.LESS);
        Expression width = expressions.withoutGreater();
        cursor.expect(TokenKind.GREATER);
        return new Bits(cursor.from(first), kind, width);
    }

    private TypeRef listOf() {
        Span first = cursor.advance().span();
        List<TypeRef> arguments = arguments();
        if (arguments.size() != 1) {
            throw cursor.fault(first, "syntax", "a list has one type of elements, here are " + arguments.size(), null);
        }
        return new TypeRef.ListOf(cursor.from(first), arguments.getFirst());
    }

    private TypeRef named() {
        TypeRef.Named name = name();
        if (!cursor.is(TokenKind.LESS)) return name;
        List<TypeRef> arguments = arguments();
        return new TypeRef.Specialized(cursor.from(name.span()), name, arguments);
    }

    private TypeRef.Named name() {
        Span first = cursor.peek().span();
        boolean absolute = cursor.accept(TokenKind.DOT);
        if (!cursor.isName()) throw cursor.expected("a type");
        String name = cursor.advance().text();
        return new TypeRef.Named(cursor.from(first), absolute, name);
    }

    /** {@code <bit<8>, _>}, with its brackets. */
    List<TypeRef> arguments() {
        cursor.enter();
        cursor.expect(TokenKind.LESS);
        List<TypeRef> arguments = new ArrayList<>();
        while (!cursor.is(TokenKind.GREATER)) {
            arguments.add(argument());
            if (!cursor.accept(TokenKind.COMMA)) break;
        }
        cursor.expect(TokenKind.GREATER);
        cursor.leave();
        return List.copyOf(arguments);
    }

    private TypeRef argument() {
        return cursor.is(TokenKind.UNDERSCORE)
                ? new TypeRef.Any(cursor.advance().span())
                : type();
    }

    /** {@code <T, U>} where names of types are declared, or nothing; declares them in the scope at hand. */
    List<Name> parameters() {
        if (!cursor.accept(TokenKind.LESS)) return List.of();
        List<Name> names = new ArrayList<>();
        do {
            Name name = cursor.name();
            cursor.scopes.declare(name.text(), Scopes.Kind.TYPE);
            names.add(name);
        } while (cursor.accept(TokenKind.COMMA));
        cursor.expect(TokenKind.GREATER);
        return List.copyOf(names);
    }

    /** The index behind the type arguments that begin with the {@code <} at an index, or -1 where they cannot be such. */
    int skipArguments(int index) {
        return skipArguments(index, 0);
    }

    private int skipArguments(int index, int depth) {
        if (depth > MAX_LOOKAHEAD_DEPTH) return -1;
        int at = index + 1;
        if (cursor.kindAt(at) == TokenKind.GREATER) return at + 1;
        while (true) {
            at = skipType(at, depth + 1);
            if (at < 0) return -1;
            TokenKind next = cursor.kindAt(at++);
            if (next == TokenKind.GREATER) return at;
            if (next != TokenKind.COMMA) return -1;
        }
    }

    /** The index behind the type at an index, or -1 where none can be. */
    int skipType(int index) {
        return skipType(index, 0);
    }

    private int skipType(int index, int depth) {
        int at = switch (cursor.kindAt(index)) {
            case UNDERSCORE, BOOL, ERROR, STRING_TYPE, VOID, MATCH_KIND -> index + 1;
            case BIT, INT, VARBIT -> cursor.kindAt(index + 1) == TokenKind.LESS ? skipWidth(index + 2) : index + 1;
            case TUPLE, LIST -> cursor.kindAt(index + 1) == TokenKind.LESS ? skipArguments(index + 1, depth) : -1;
            case DOT -> cursor.isName(index + 1) ? skipNamed(index + 1, depth) : -1;
            default -> cursor.isName(index) ? skipNamed(index, depth) : -1;
        };
        while (at >= 0 && cursor.kindAt(at) == TokenKind.OPEN_BRACKET) {
            at = cursor.skipBrackets(at);
        }
        return at;
    }

    private int skipNamed(int index, int depth) {
        return cursor.kindAt(index + 1) == TokenKind.LESS ? skipArguments(index + 1, depth) : index + 1;
    }

    private int skipWidth(int index) {
        for (int at = index; at >= 0; ) {
            switch (cursor.kindAt(at)) {
                case GREATER -> {
                    return at + 1;
                }
                case OPEN, OPEN_BRACKET -> at = cursor.skipBrackets(at);
                case END, SEMICOLON, OPEN_BRACE, CLOSE_BRACE, CLOSE -> {
                    return -1;
                }
                default -> at++;
            }
        }
        return -1;
    }
}
