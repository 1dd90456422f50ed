package dev.weir.p4.check;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.syntax.Name;
import dev.weir.p4.syntax.TypeRef;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What stands behind a dot, but for what is called. */
final class Members {
    private static final Type INDEX = new Type.Bits(32, false);

    private final Context context;
    private final Expressions expressions;

    Members(Context context, Expressions expressions) {
        this.context = context;
        this.expressions = expressions;
    }

    Expr member(Expression.Member e) {
        if (e.of() instanceof Expression.Path p && context.find(p.name(), p.absolute()) instanceof Entity.OfType) {
            return ofType(
                    new Expression.TypeMember(e.span(), new TypeRef.Named(p.span(), p.absolute(), p.name()), e.name()));
        }
        Expr of = expressions.check(e.of());
        return of(e.span(), of, e.name());
    }

    /** {@code error.NoError}, {@code Color.RED}. */
    Expr ofType(Expression.TypeMember e) {
        Type type = expressions.types.read(e.of());
        String name = e.name().text();
        return switch (type) {
            case Type.Enumeration n -> enumeration(e, n);
            case Type.Basic b when b == Type.Basic.UNKNOWN -> new Expr.Faulty(e.span());
            case Type.Basic b
            when b == Type.Basic.ERROR ->
                context.errors.containsKey(name)
                        ? new Expr.Member(e.span(), b, name)
                        : noMember(e.name(), "error", Guess.among(context.errors.keySet(), name));
            default -> noMember(e.name(), type.toString(), null);
        };
    }

    private Expr enumeration(Expression.TypeMember e, Type.Enumeration type) {
        String name = e.name().text();
        if (!type.shape().names().contains(name)) {
            return noMember(e.name(), type.toString(), Guess.among(type.shape().names(), name));
        }
        BigInteger number = type.number(name);
        return number == null ? new Expr.Member(e.span(), type, name) : new Expr.Numeral(e.span(), type, number);
    }

    private Expr noMember(Name name, String of, @Nullable String help) {
        return context.fault(name.span(), "unknown-member", of + " has no '" + name.text() + "'", help);
    }

    private Expr of(Span span, Expr of, Name name) {
        return switch (of.type()) {
            case Type.Basic b when b == Type.Basic.UNKNOWN -> new Expr.Faulty(span);
            case Type.Struct s -> field(span, of, s.fields(), name, s.toString());
            case Type.NamedValues v -> field(span, of, v.fields(), name, v.toString());
            case Type.Stack s -> stack(span, of, s, name);
            case Type.Table t when t.view() == Type.Table.View.RESULT -> result(span, of, t, name);
            default -> noMember(name, of.type().toString(), null);
        };
    }

    private Expr field(Span span, Expr of, List<Type.Field> fields, Name name, String owner) {
        for (int i = 0; i < fields.size(); i++) {
            Type.Field field = fields.get(i);
            if (field.name().equals(name.text())) {
                return of instanceof Expr.Aggregate a
                        ? a.elements().get(i)
                        : new Expr.Field(span, field.type(), of, field.name());
            }
        }
        return noMember(
                name, owner, Guess.among(fields.stream().map(Type.Field::name).toList(), name.text()));
    }

    private Expr stack(Span span, Expr of, Type.Stack type, Name name) {
        return switch (name.text()) {
            case "size" -> new Expr.Numeral(span, INDEX, BigInteger.valueOf(type.size()));
            case "lastIndex" -> inParser(span, name, new Expr.StackElement(span, INDEX, of, Expr.StackPart.LAST_INDEX));
            case "next" -> inParser(span, name, new Expr.StackElement(span, type.element(), of, Expr.StackPart.NEXT));
            case "last" -> inParser(span, name, new Expr.StackElement(span, type.element(), of, Expr.StackPart.LAST));
            default -> noMember(name, type.toString(), null);
        };
    }

    private Expr inParser(Span span, Name name, Expr e) {
        if (context.place() == Context.Place.PARSER) return e;
        String message = "'" + name.text() + "' of a stack is only known in a parser";
        return context.fault(span, "misplaced", message, "use an index");
    }

    private Expr result(Span span, Expr of, Type.Table type, Name name) {
        return switch (name.text()) {
            case "hit", "miss" -> new Expr.Field(span, Type.Basic.BOOL, of, name.text());
            case "action_run" ->
                new Expr.Field(span, new Type.Table(type.shape(), Type.Table.View.ACTION_RUN), of, name.text());
            default -> noMember(name, type.toString(), "it has hit, miss and action_run");
        };
    }

    /** Bits of a value of the type at least or at most, or -1 where that makes no sense. */
    static long size(Type type, boolean most) {
        return switch (type) {
            case Type.Bits b -> b.width();
            case Type.Varbit v -> most ? v.width() : 0;
            case Type.Distinct d -> size(d.of(), most);
            case Type.Enumeration e -> e.representation() == null ? -1 : size(e.representation(), most);
            case Type.Basic b -> b == Type.Basic.BOOL ? 1 : -1;
            case Type.Stack s -> {
                long element = size(s.element(), most);
                yield element < 0 ? -1 : element * s.size();
            }
            case Type.Struct s -> {
                long sum = s.kind() == Shape.Kind.UNION && !most ? Long.MAX_VALUE : 0;
                for (Type.Field field : s.fields()) {
                    long one = size(field.type(), most);
                    if (one < 0) yield -1;
                    sum = s.kind() != Shape.Kind.UNION ? sum + one : most ? Math.max(sum, one) : Math.min(sum, one);
                }
                yield sum == Long.MAX_VALUE ? 0 : sum;
            }
            case Type.Tuple t -> {
                long sum = 0;
                for (Type element : t.elements()) {
                    long one = size(element, most);
                    if (one < 0) yield -1;
                    sum += one;
                }
                yield sum;
            }
            default -> -1;
        };
    }
}
