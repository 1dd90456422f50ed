package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Expression.BinaryOperator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses statements: those of controls, actions, functions and, but for a few that make no sense there, parsers. */
final class Statements {
    private final Cursor cursor;
    private final Annotations annotations;
    private final Expressions expressions;
    private final Declarations declarations;

    Statements(Cursor cursor, Annotations annotations, Expressions expressions, Declarations declarations) {
        this.cursor = cursor;
        this.annotations = annotations;
        this.expressions = expressions;
        this.declarations = declarations;
    }

    Statement.Block block() {
        return block(annotations.read());
    }

    private Statement.Block block(List<Annotation> before) {
        Span first = before.isEmpty() ? cursor.peek().span() : before.getFirst().span();
        cursor.enter();
        cursor.expect(TokenKind.OPEN_BRACE);
        cursor.scopes.push();
        List<Statement> statements = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> statements.add(statement()));
        cursor.scopes.pop();
        cursor.expect(TokenKind.CLOSE_BRACE);
        cursor.leave();
        return new Statement.Block(cursor.from(first), before, List.copyOf(statements));
    }

    Statement statement() {
        Token first = cursor.peek();
        List<Annotation> before = annotations.read();
        Token token = cursor.peek();
        switch (token.kind()) {
            case OPEN_BRACE -> {
                return block(before);
            }
            case FOR -> {
                return loop(before);
            }
            case CONST -> {
                return local(declarations.constant(before));
            }
            default -> {
                if (declarations.isTyped()) return local(declarations.typed(before, false));
            }
        }
        if (!before.isEmpty()) {
            String help = "annotations go before blocks, loops and declarations";
            cursor.tell(first.span(), "annotation-place", "this statement takes no annotation", help);
        }
        return plain(token);
    }

    private static Statement local(Declaration declaration) {
        return new Statement.Local(declaration.span(), declaration);
    }

    private Statement plain(Token token) {
        return switch (token.kind()) {
            case SEMICOLON -> new Statement.Empty(cursor.advance().span());
            case IF -> branch();
            case SWITCH -> choice();
            case RETURN -> {
                cursor.advance();
                Expression value = cursor.is(TokenKind.SEMICOLON) ? null : expressions.expression();
                yield new Statement.Return(ended(token), value);
            }
            case BREAK -> {
                cursor.advance();
                yield new Statement.Break(ended(token));
            }
            case CONTINUE -> {
                cursor.advance();
                yield new Statement.Continue(ended(token));
            }
            case EXIT -> {
                cursor.advance();
                yield new Statement.Exit(ended(token));
            }
            default -> {
                Statement statement = simple();
                cursor.expect(TokenKind.SEMICOLON);
                yield statement;
            }
        };
    }

    private Span ended(Token first) {
        cursor.expect(TokenKind.SEMICOLON);
        return cursor.from(first.span());
    }

    /** An assignment or a call, without its semicolon. */
    private Statement simple() {
        Span first = cursor.peek().span();
        if (!canBegin()) throw cursor.expected("a statement");
        Expression left = expressions.postfix();
        BinaryOperator operator = compound();
        if (operator != null || cursor.is(TokenKind.ASSIGN)) {
            cursor.advance();
            if (operator == BinaryOperator.SHIFT_RIGHT) cursor.advance();
            Expression value = expressions.expression();
            return new Statement.Assign(cursor.from(first), left, operator, value);
        }
        if (left instanceof Expression.Call call) return new Statement.Invoke(cursor.from(first), call);
        throw cursor.expected("an assignment or a call");
    }

    private boolean canBegin() {
        return switch (cursor.peek().kind()) {
            case THIS, OPEN, DOT, ERROR -> true;
            default -> cursor.isName();
        };
    }

    private @Nullable BinaryOperator compound() {
        return switch (cursor.peek().kind()) {
            case ADD_ASSIGN -> BinaryOperator.ADD;
            case SUBTRACT_ASSIGN -> BinaryOperator.SUBTRACT;
            case MULTIPLY_ASSIGN -> BinaryOperator.MULTIPLY;
            case DIVIDE_ASSIGN -> BinaryOperator.DIVIDE;
            case MODULO_ASSIGN -> BinaryOperator.MODULO;
            case BIT_AND_ASSIGN -> BinaryOperator.BIT_AND;
            case BIT_OR_ASSIGN -> BinaryOperator.BIT_OR;
            case BIT_XOR_ASSIGN -> BinaryOperator.BIT_XOR;
            case SHIFT_LEFT_ASSIGN -> BinaryOperator.SHIFT_LEFT;
            case ADD_SATURATING_ASSIGN -> BinaryOperator.ADD_SATURATING;
            case SUBTRACT_SATURATING_ASSIGN -> BinaryOperator.SUBTRACT_SATURATING;
            case GREATER -> cursor.isGreaterThen(TokenKind.AT_LEAST) ? BinaryOperator.SHIFT_RIGHT : null;
            default -> null;
        };
    }

    private Statement branch() {
        Span first = cursor.expect(TokenKind.IF).span();
        cursor.expect(TokenKind.OPEN);
        Expression condition = expressions.expression();
        cursor.expect(TokenKind.CLOSE);
        Statement whenTrue = nested();
        Statement whenFalse = cursor.accept(TokenKind.ELSE) ? nested() : null;
        return new Statement.If(cursor.from(first), condition, whenTrue, whenFalse);
    }

    private Statement nested() {
        cursor.enter();
        Statement statement = statement();
        cursor.leave();
        if (statement instanceof Statement.Local) {
            cursor.tell(statement.span(), "syntax", "a declaration cannot stand here alone", "put braces around it");
        }
        return statement;
    }

    private Statement choice() {
        Span first = cursor.expect(TokenKind.SWITCH).span();
        cursor.expect(TokenKind.OPEN);
        Expression subject = expressions.expression();
        cursor.expect(TokenKind.CLOSE);
        cursor.expect(TokenKind.OPEN_BRACE);
        List<Statement.Case> cases = new ArrayList<>();
        cursor.items(TokenKind.CLOSE_BRACE, () -> cases.add(switchCase()));
        cursor.expect(TokenKind.CLOSE_BRACE);
        return new Statement.Switch(cursor.from(first), subject, List.copyOf(cases));
    }

    private Statement.Case switchCase() {
        Span first = cursor.peek().span();
        Expression label = cursor.is(TokenKind.DEFAULT)
                ? new Expression.Default(cursor.advance().span())
                : expressions.expression();
        cursor.expect(TokenKind.COLON);
        boolean falls = !cursor.is(TokenKind.OPEN_BRACE) && !cursor.is(TokenKind.AT);
        Statement.Block body = falls ? null : block();
        return new Statement.Case(cursor.from(first), label, body);
    }

    private Statement loop(List<Annotation> before) {
        Span first = before.isEmpty() ? cursor.peek().span() : before.getFirst().span();
        cursor.expect(TokenKind.FOR);
        cursor.expect(TokenKind.OPEN);
        cursor.scopes.push();
        List<Annotation> inner = annotations.read();
        Statement loop =
                declarations.isTyped() && isForEach() ? forEach(first, before, inner) : counting(first, before, inner);
        cursor.scopes.pop();
        return loop;
    }

    private boolean isForEach() {
        int end = expressions.types.skipType(cursor.at());
        return end >= 0 && cursor.isName(end) && cursor.kindAt(end + 1) == TokenKind.IN;
    }

    private Statement forEach(Span first, List<Annotation> before, List<Annotation> inner) {
        TypeRef type = expressions.types.type();
        Name name = cursor.name();
        cursor.scopes.declare(name.text(), Scopes.Kind.VALUE);
        cursor.expect(TokenKind.IN);
        Span begin = cursor.peek().span();
        Expression collection = expressions.expression();
        if (cursor.accept(TokenKind.RANGE)) {
            Expression last = expressions.expression();
            collection = new Expression.Range(cursor.from(begin), collection, last);
        }
        cursor.expect(TokenKind.CLOSE);
        Statement body = nested();
        return new Statement.ForEach(cursor.from(first), before, inner, type, name, collection, body);
    }

    private Statement counting(Span first, List<Annotation> before, List<Annotation> inner) {
        List<Statement> begin = steps(inner, TokenKind.SEMICOLON);
        cursor.expect(TokenKind.SEMICOLON);
        Expression condition = expressions.expression();
        cursor.expect(TokenKind.SEMICOLON);
        List<Statement> next = steps(List.of(), TokenKind.CLOSE);
        cursor.expect(TokenKind.CLOSE);
        Statement body = nested();
        return new Statement.For(cursor.from(first), before, begin, condition, next, body);
    }

    /** Statements with commas between them; the annotations are those of the first. */
    private List<Statement> steps(List<Annotation> annotated, TokenKind end) {
        List<Statement> steps = new ArrayList<>();
        if (cursor.is(end)) return steps;
        List<Annotation> before = annotated;
        do {
            if (!steps.isEmpty()) before = annotations.read();
            steps.add(declarations.isTyped() ? local(declarations.variable(before)) : simple());
        } while (cursor.accept(TokenKind.COMMA));
        return List.copyOf(steps);
    }
}
