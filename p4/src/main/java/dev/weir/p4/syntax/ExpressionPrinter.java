package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Token;
import dev.weir.p4.syntax.Expression.BinaryOperator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Prints expressions with no more parentheses than they need, types, and annotations. */
final class ExpressionPrinter {
    private static final int CONDITIONAL = 1;
    private static final int PREFIX = 12;
    private static final int POSTFIX = 13;

    private final StringBuilder out;

    ExpressionPrinter(StringBuilder out) {
        this.out = out;
    }

    void expression(Expression expression) {
        switch (expression) {
            case Expression.Numeral e -> out.append(e.literal());
            case Expression.Bool e -> out.append(e.value());
            case Expression.Text e -> out.append(e.quoted());
            case Expression.Path e -> out.append(e.absolute() ? "." : "").append(e.name());
            case Expression.This _ -> out.append("this");
            case Expression.InvalidHeader _ -> out.append("{#}");
            case Expression.Defaults _ -> out.append("...");
            case Expression.Default _ -> out.append("default");
            case Expression.Any _ -> out.append('_');
            case Expression.Member e -> {
                within(e.of(), POSTFIX);
                out.append('.').append(e.name().text());
            }
            case Expression.TypeMember e -> {
                type(e.of());
                out.append('.').append(e.name().text());
            }
            case Expression.Index e -> indexed(e.of(), e.index(), "", null);
            case Expression.Slice e -> indexed(e.of(), e.high(), ":", e.low());
            case Expression.PlusSlice e -> indexed(e.of(), e.low(), "+:", e.width());
            case Expression.Values e -> listed("{", e.elements(), "}");
            case Expression.Fields e -> fields(e);
            case Expression.Unary e -> {
                out.append(e.operator().spelling());
                within(e.operand(), e.operand() instanceof Expression.Unary ? POSTFIX : PREFIX);
            }
            case Expression.Binary e -> {
                BinaryOperator operator = e.operator();
                within(e.left(), operator.strength());
                out.append(' ').append(operator.spelling()).append(' ');
                within(e.right(), operator.strength() + 1);
            }
            case Expression.Conditional e -> {
                within(e.condition(), BinaryOperator.WEAKEST);
                out.append(" ? ");
                expression(e.whenTrue());
                out.append(" : ");
                expression(e.whenFalse());
            }
            case Expression.Call e -> {
                within(e.callee(), POSTFIX);
                if (!e.typeArguments().isEmpty()) typeArguments(e.typeArguments());
                arguments(e.arguments());
            }
            case Expression.New e -> {
                type(e.type());
                arguments(e.arguments());
            }
            case Expression.Cast e -> {
                out.append('(');
                type(e.type());
                out.append(')');
                within(e.operand(), PREFIX);
            }
            case Expression.Mask e -> between(e.value(), " &&& ", e.mask());
            case Expression.Range e -> between(e.low(), " .. ", e.high());
            case Expression.Keys e -> listed("(", e.elements(), ")");
        }
    }

    private void between(Expression left, String sign, Expression right) {
        expression(left);
        out.append(sign);
        expression(right);
    }

    /** In parentheses where it binds less strongly than its place asks for. */
    private void within(Expression expression, int strength) {
        if (strength(expression) >= strength) {
            expression(expression);
        } else {
            listed("(", List.of(expression), ")");
        }
    }

    private static int strength(Expression expression) {
        return switch (expression) {
            case Expression.Conditional _ -> CONDITIONAL;
            case Expression.Binary e -> e.operator().strength();
            case Expression.Unary _, Expression.Cast _ -> PREFIX;
            default -> POSTFIX;
        };
    }

    private void indexed(Expression of, Expression first, String sign, @Nullable Expression second) {
        within(of, POSTFIX);
        out.append('[');
        expression(first);
        out.append(sign);
        if (second != null) expression(second);
        out.append(']');
    }

    private void listed(String open, List<Expression> elements, String close) {
        out.append(open);
        list(elements);
        out.append(close);
    }

    void list(List<Expression> elements) {
        separated(elements, this::expression);
    }

    private <T> void separated(List<T> items, Consumer<? super T> print) {
        String separator = "";
        for (T item : items) {
            out.append(separator);
            print.accept(item);
            separator = ", ";
        }
    }

    private void fields(Expression.Fields e) {
        out.append('{');
        separated(e.fields(), this::field);
        out.append(e.defaults() ? ", ...}" : "}");
    }

    private void field(Expression.Field field) {
        out.append(field.name().text()).append(" = ");
        expression(field.value());
    }

    void arguments(List<Expression.Argument> arguments) {
        out.append('(');
        separated(arguments, a -> {
            if (a.name() != null) out.append(a.name().text()).append(" = ");
            expression(a.value());
        });
        out.append(')');
    }

    void type(TypeRef type) {
        switch (type) {
            case TypeRef.Simple t -> out.append(t.kind().spelling());
            case TypeRef.Bits t -> {
                out.append(t.kind().spelling());
                if (t.width() != null) width(t.width());
            }
            case TypeRef.Named t -> out.append(t.absolute() ? "." : "").append(t.name());
            case TypeRef.Specialized t -> {
                type(t.base());
                typeArguments(t.arguments());
            }
            case TypeRef.Array t -> {
                type(t.element());
                listed("[", List.of(t.size()), "]");
            }
            case TypeRef.ListOf t -> {
                out.append("list");
                typeArguments(List.of(t.element()));
            }
            case TypeRef.Tuple t -> {
                out.append("tuple");
                typeArguments(t.elements());
            }
            case TypeRef.Any _ -> out.append('_');
        }
    }

    private void width(Expression width) {
        boolean plain = width instanceof Expression.Numeral || width instanceof Expression.Path;
        listed(plain ? "<" : "<(", List.of(width), plain ? ">" : ")>");
    }

    private void typeArguments(List<TypeRef> arguments) {
        out.append('<');
        separated(arguments, this::type);
        out.append('>');
    }

    /** Each with a blank behind it. */
    void annotations(List<Annotation> annotations) {
        for (Annotation annotation : annotations) {
            annotation(annotation);
            out.append(annotation.body() instanceof Annotation.Body.Pragma ? '\n' : ' ');
        }
    }

    /** Each with a blank before it. */
    void annotationsAfter(List<Annotation> annotations) {
        for (Annotation annotation : annotations) {
            out.append(' ');
            annotation(annotation);
            if (annotation.body() instanceof Annotation.Body.Pragma) out.append('\n');
        }
    }

    private void annotation(Annotation annotation) {
        String name = annotation.name().text();
        switch (annotation.body()) {
            case Annotation.Body.Empty _ -> out.append('@').append(name);
            case Annotation.Body.Tokens body -> {
                out.append('@').append(name).append('(');
                tokens(body.tokens());
                out.append(')');
            }
            case Annotation.Body.Pragma body -> {
                out.append("@pragma ").append(name).append(' ');
                tokens(body.tokens());
            }
            case Annotation.Body.Values body -> {
                out.append('@').append(name);
                listed("[", body.values(), "]");
            }
            case Annotation.Body.Pairs body -> {
                out.append('@').append(name).append('[');
                separated(body.pairs(), this::field);
                out.append(']');
            }
        }
    }

    /** With a blank where there was something between them. */
    private void tokens(List<Token> tokens) {
        for (int i = 0; i < tokens.size(); i++) {
            if (i > 0 && !tokens.get(i - 1).span().touches(tokens.get(i).span())) out.append(' ');
            out.append(tokens.get(i).text());
        }
    }
}
