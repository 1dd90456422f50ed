package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Declaration.Direction;
import dev.weir.p4.syntax.Declaration.Parameter;
import dev.weir.p4.syntax.Declaration.Signature;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses what begins with a type: constants, variables, instances, functions; and what declarations have in common. */
final class Declarations {
    private final Cursor cursor;
    private final Annotations annotations;
    private final Expressions expressions;
    private final Types types;
    private final Statements statements;

    Declarations(Cursor cursor) {
        this.cursor = cursor;
        this.expressions = new Expressions(cursor);
        this.types = expressions.types;
        this.annotations = new Annotations(cursor, expressions);
        this.statements = new Statements(cursor, annotations, expressions, this);
    }

    Annotations annotations() {
        return annotations;
    }

    Expressions expressions() {
        return expressions;
    }

    Statements statements() {
        return statements;
    }

    /** From the first annotation, or from {@code first} where there is none, to what was read last. */
    Span from(List<Annotation> before, Span first) {
        return cursor.from(before.isEmpty() ? first : before.getFirst().span());
    }

    /**
     * Whether a declaration begins here, among statements: with a type, and no {@code .} after it. Of a type that nobody declared, that a
     * name follows is enough.
     */
    boolean isTyped() {
        int at = cursor.at();
        if (types.isTypeAt(at)) {
            int end = types.skipType(at);
            return end < 0 || cursor.kindAt(end) != TokenKind.DOT;
        }
        if (!cursor.isName() || cursor.scopes.isKnown(cursor.peek().text())) return false;
        int end = types.skipType(at);
        return end >= 0 && cursor.isName(end);
    }

    Declaration constant(List<Annotation> before) {
        Span first = cursor.expect(TokenKind.CONST).span();
        TypeRef type = types.type();
        Name name = cursor.name();
        type = declared(type);
        cursor.expect(TokenKind.ASSIGN);
        Expression value = expressions.expression();
        cursor.expect(TokenKind.SEMICOLON);
        cursor.scopes.declare(name.text(), Scopes.Kind.VALUE);
        return new Declaration.Constant(from(before, first), before, type, name, value);
    }

    /** An instance, or where {@code outermost} a function, or elsewhere a variable. */
    Declaration typed(List<Annotation> before, boolean outermost) {
        Span first = cursor.peek().span();
        TypeRef type = types.type();
        if (cursor.is(TokenKind.OPEN)) return instance(before, type);
        Name name = cursor.name();
        if (outermost && (cursor.is(TokenKind.OPEN) || cursor.is(TokenKind.LESS))) return function(before, type, name);
        if (outermost) {
            String help = "make it a constant, or move it into a parser or a control";
            throw cursor.fault(name.span(), "global-variable", "there are no variables outside of blocks", help);
        }
        Declaration variable = variable(before, first, type, name);
        cursor.expect(TokenKind.SEMICOLON);
        return variable;
    }

    /** A variable without its semicolon. */
    Declaration variable(List<Annotation> before) {
        Span first = cursor.peek().span();
        TypeRef type = types.type();
        return variable(before, first, type, cursor.name());
    }

    private Declaration variable(List<Annotation> before, Span first, TypeRef type, Name name) {
        TypeRef whole = declared(type);
        Expression value = cursor.accept(TokenKind.ASSIGN) ? expressions.expression() : null;
        cursor.scopes.declare(name.text(), Scopes.Kind.VALUE);
        return new Declaration.Variable(from(before, first), before, whole, name, value);
    }

    /** The type with what stands behind the name: {@code T x[4]} is {@code T[4] x}. */
    TypeRef declared(TypeRef type) {
        if (!cursor.accept(TokenKind.OPEN_BRACKET)) return type;
        Expression size = expressions.expression();
        cursor.expect(TokenKind.CLOSE_BRACKET);
        return new TypeRef.Array(cursor.from(type.span()), type, size);
    }

    private Declaration instance(List<Annotation> before, TypeRef constructed) {
        List<Expression.Argument> arguments = expressions.arguments();
        Name name = cursor.name();
        TypeRef type = declared(constructed);
        cursor.scopes.declare(name.text(), Scopes.Kind.VALUE);
        List<Declaration> body = cursor.accept(TokenKind.ASSIGN) ? instanceBody() : null;
        cursor.expect(TokenKind.SEMICOLON);
        return new Declaration.Instance(from(before, type.span()), before, type, arguments, name, body);
    }

    private List<Declaration> instanceBody() {
        cursor.enter();
        cursor.expect(TokenKind.OPEN_BRACE);
        cursor.scopes.push();
        List<Declaration> body = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> body.add(typed(annotations.read(), true)));
        cursor.scopes.pop();
        cursor.expect(TokenKind.CLOSE_BRACE);
        cursor.leave();
        return List.copyOf(body);
    }

    private Declaration function(List<Annotation> before, TypeRef result, Name name) {
        cursor.scopes.declare(name.text(), Scopes.Kind.VALUE);
        int outer = cursor.scopes.depth();
        cursor.scopes.push();
        Signature signature = signature(result.span(), result, name);
        boolean generic = !signature.typeParameters().isEmpty();
        Statement.Block body = statements.block();
        cursor.scopes.leaveTo(outer);
        if (generic) cursor.scopes.declare(name.text(), Scopes.Kind.GENERIC_VALUE);
        return new Declaration.Function(from(before, result.span()), before, signature, body);
    }

    /** What follows the name of a function or method; declares its parameters in the scope at hand. */
    Signature signature(Span first, @Nullable TypeRef result, Name name) {
        List<Name> typeParameters = types.parameters();
        List<Parameter> parameters = parameters();
        return new Signature(cursor.from(first), result, name, typeParameters, parameters);
    }

    Declaration action(List<Annotation> before) {
        Span first = cursor.expect(TokenKind.ACTION).span();
        Name name = cursor.name();
        cursor.scopes.declare(name.text(), Scopes.Kind.VALUE);
        cursor.scopes.push();
        List<Parameter> parameters = parameters();
        Statement.Block body = statements.block();
        cursor.scopes.pop();
        return new Declaration.Action(from(before, first), before, name, parameters, body);
    }

    /** {@code (in T a, out U b)}, with its parentheses; declares them in the scope at hand. */
    List<Parameter> parameters() {
        cursor.expect(TokenKind.OPEN);
        List<Parameter> parameters = new ArrayList<>();
        while (!cursor.is(TokenKind.CLOSE)) {
            parameters.add(parameter());
            if (!cursor.accept(TokenKind.COMMA)) break;
            if (cursor.is(TokenKind.CLOSE)) throw cursor.expected("a parameter");
        }
        cursor.expect(TokenKind.CLOSE);
        return List.copyOf(parameters);
    }

    private Parameter parameter() {
        Token first = cursor.peek();
        List<Annotation> before = annotations.read();
        Direction direction = direction();
        TypeRef type = types.type();
        Name name = cursor.name();
        type = declared(type);
        Expression value = cursor.accept(TokenKind.ASSIGN) ? expressions.expression() : null;
        cursor.scopes.declare(name.text(), Scopes.Kind.VALUE);
        return new Parameter(cursor.from(first.span()), before, direction, type, name, value);
    }

    private Direction direction() {
        Direction direction = switch (cursor.peek().kind()) {
            case IN -> Direction.IN;
            case OUT -> Direction.OUT;
            case INOUT -> Direction.INOUT;
            default -> Direction.NONE;
        };
        if (direction != Direction.NONE) cursor.advance();
        return direction;
    }
}
