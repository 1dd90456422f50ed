package dev.weir.p4.check;

import dev.weir.p4.preprocess.Literal;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Finds the type of every expression, and evaluates what is known. */
final class Expressions {
    private static final BigInteger WIDEST = BigInteger.valueOf(TypeReader.MAX_WIDTH);

    private final Context context;
    private final Conversions conversions;
    private final Operators operators;
    private final Members members;
    private final Calls calls;
    final TypeReader types;

    Expressions(Context context) {
        this.context = context;
        this.conversions = new Conversions(context);
        this.operators = new Operators(context, conversions);
        this.types = new TypeReader(context, this);
        this.members = new Members(context, this);
        this.calls = new Calls(context, this, members);
    }

    Conversions conversions() {
        return conversions;
    }

    Operators operators() {
        return operators;
    }

    Calls calls() {
        return calls;
    }

    /** An expression of the type, converted if need be. */
    Expr check(Expression e, Type wanted) {
        return conversions.convert(check(e), wanted);
    }

    Expr check(Expression e) {
        return switch (e) {
            case Expression.Numeral n -> numeral(n);
            case Expression.Bool b -> new Expr.Bool(b.span(), b.value());
            case Expression.Text t -> new Expr.Text(t.span(), unquote(t.quoted()));
            case Expression.Path p -> path(p);
            case Expression.This t -> self(t);
            case Expression.InvalidHeader i -> new Expr.Invalid(i.span(), Type.Basic.INVALID);
            case Expression.Defaults d -> new Expr.Default(d.span(), Type.Basic.ANY);
            case Expression.Member m -> members.member(m);
            case Expression.TypeMember m -> members.ofType(m);
            case Expression.Index i -> index(i);
            case Expression.Slice s -> slice(s);
            case Expression.PlusSlice s -> plusSlice(s);
            case Expression.Values v -> values(v);
            case Expression.Fields f -> fields(f);
            case Expression.Unary u -> operators.unary(u.span(), u.operator(), check(u.operand()));
            case Expression.Binary b -> operators.binary(b.span(), b.operator(), check(b.left()), check(b.right()));
            case Expression.Conditional c ->
                operators.conditional(c.span(), check(c.condition()), check(c.whenTrue()), check(c.whenFalse()));
            case Expression.Call c -> calls.call(c);
            case Expression.New n -> calls.make(n.span(), n.type(), n.arguments());
            case Expression.Cast c -> cast(c);
            case Expression.Mask _, Expression.Range _, Expression.Keys _ ->
                misplaced(e, "this is for keys, not a value");
            case Expression.Default _, Expression.Any _ -> misplaced(e, "this is for keys and arguments, not a value");
        };
    }

    private Expr misplaced(Expression e, String message) {
        return context.fault(e.span(), "not-a-value", message, null);
    }

    private Expr numeral(Expression.Numeral numeral) {
        Literal literal = numeral.literal();
        if (literal.width() == Literal.ANY_WIDTH) {
            return new Expr.Numeral(numeral.span(), Type.Basic.INTEGER, literal.value());
        }
        if (literal.width() > TypeReader.MAX_WIDTH || (literal.signed() && literal.width() == 0)) {
            return context.fault(
                    numeral.span(), "bad-width", "a number cannot be " + literal.width() + " bits wide", null);
        }
        Type.Bits type = new Type.Bits(literal.width(), literal.signed());
        Expr.Numeral number = new Expr.Numeral(numeral.span(), type, literal.value());
        conversions.warnUnlessFits(number, type);
        return new Expr.Numeral(numeral.span(), type, Folding.wrap(literal.value(), type));
    }

    private static String unquote(String quoted) {
        return quoted.substring(1, Math.max(1, quoted.length() - 1));
    }

    private Expr self(Expression.This t) {
        Type type = context.self;
        if (type != null) return new Expr.This(t.span(), type);
        return context.fault(t.span(), "not-a-value", "there is no 'this' outside of an instance's methods", null);
    }

    private Expr path(Expression.Path path) {
        Entity entity = context.find(path.name(), path.absolute());
        return switch (entity) {
            case null ->
                context.matchKinds.containsKey(path.name())
                        ? new Expr.Member(path.span(), Type.Basic.MATCH_KIND, path.name())
                        : unknown(path.span(), path.name());
            case Entity.OfVariable v -> new Expr.Read(path.span(), v.variable().type(), v.variable());
            case Entity.OfConstant c -> at(path.span(), c.value());
            case Entity.OfDefinition d -> named(path, d.definition(), entity);
            case Entity.Poisoned _ -> new Expr.Faulty(path.span());
            case Entity.OfType _, Entity.OfShape _, Entity.OfFunctions _ -> noValue(path, entity);
        };
    }

    Expr unknown(Span span, String name) {
        String message = "nothing named '" + name + "' is declared here";
        return context.fault(span, "unknown-name", message, context.help(name));
    }

    private Expr noValue(Expression.Path path, Entity entity) {
        return context.fault(
                path.span(), "not-a-value", "'" + path.name() + "' is " + entity.kind() + ", not a value", null);
    }

    private Expr named(Expression.Path path, Definition definition, Entity entity) {
        return switch (definition) {
            case Definition.Instance i -> new Expr.Named(path.span(), i.type(), i);
            case Definition.Table t -> new Expr.Named(path.span(), new Type.Table(t.shape(), Type.Table.View.TABLE), t);
            case Definition.ValueSet v -> new Expr.Named(path.span(), new Type.SetOf(v.element()), v);
            default -> noValue(path, entity);
        };
    }

    /** The same value, said to be where it is used. */
    private static Expr at(Span span, Expr value) {
        return switch (value) {
            case Expr.Numeral n -> new Expr.Numeral(span, n.type(), n.value());
            case Expr.Bool b -> new Expr.Bool(span, b.value());
            case Expr.Text t -> new Expr.Text(span, t.value());
            case Expr.Member m -> new Expr.Member(span, m.type(), m.name());
            case Expr.Aggregate a -> new Expr.Aggregate(span, a.type(), a.elements());
            default -> value;
        };
    }

    private Expr index(Expression.Index e) {
        Expr of = check(e.of());
        Expr index = check(e.index());
        if (of.type() == Type.Basic.UNKNOWN || index.type() == Type.Basic.UNKNOWN) return new Expr.Faulty(e.span());
        if (index.type() instanceof Type.Enumeration n && n.representation() != null) {
            index = Folding.cast(new Expr.Cast(index.span(), n.representation(), index));
        }
        if (!(index.type() instanceof Type.Bits) && index.type() != Type.Basic.INTEGER) {
            return context.fault(index.span(), "type-mismatch", "an index is a number, this is " + index.type(), null);
        }
        int size = switch (of.type()) {
            case Type.Values v -> v.elements().size();
            case Type.Stack s -> s.size();
            case Type.Tuple t -> t.elements().size();
            default -> -1;
        };
        if (size < 0) {
            return context.fault(
                    e.span(), "not-indexed", of.type() + " has no elements", "an index is for stacks and tuples");
        }
        if (index instanceof Expr.Numeral n
                && (n.value().signum() < 0 || n.value().compareTo(BigInteger.valueOf(size)) >= 0)) {
            return context.fault(
                    index.span(), "out-of-bounds", "there is no element " + n.value() + ", there are " + size, null);
        }
        if (of.type() instanceof Type.Stack s) {
            if (of instanceof Expr.Aggregate a && index instanceof Expr.Numeral n)
                return a.elements().get(n.value().intValue());
            return new Expr.Index(e.span(), s.element(), of, index);
        }
        if (!(index instanceof Expr.Numeral n)) {
            return context.fault(index.span(), "not-constant", "which element of a tuple has to be known", null);
        }
        if (of instanceof Expr.Aggregate a) return a.elements().get(n.value().intValue());
        return new Expr.Index(
                e.span(), ((Type.Tuple) of.type()).elements().get(n.value().intValue()), of, index);
    }

    private Expr slice(Expression.Slice e) {
        Expr of = sliced(check(e.of()));
        int high = types.number(e.high(), 0);
        int low = types.number(e.low(), 0);
        if (of.type() == Type.Basic.UNKNOWN || high < 0 || low < 0) return new Expr.Faulty(e.span());
        if (high < low) {
            String message = "bits " + high + " to " + low + " are none";
            return context.fault(e.span(), "out-of-bounds", message, "the higher bit stands first: [high:low]");
        }
        BigInteger end = BigInteger.valueOf(high);
        if (!inWidth(e.span(), of, end)) return new Expr.Faulty(e.span());
        Expr begin = new Expr.Numeral(e.low().span(), Type.Basic.INTEGER, BigInteger.valueOf(low));
        int width = high - low + 1;
        return Folding.slice(new Expr.Slice(e.span(), new Type.Bits(width, false), of, begin, width));
    }

    private Expr plusSlice(Expression.PlusSlice e) {
        Expr of = sliced(check(e.of()));
        Expr low = check(e.low());
        int width = types.number(e.width(), 1);
        if (of.type() == Type.Basic.UNKNOWN || low.type() == Type.Basic.UNKNOWN || width < 0)
            return new Expr.Faulty(e.span());
        if (low.type() != Type.Basic.INTEGER && !(low.type() instanceof Type.Bits b && !b.signed())) {
            return context.fault(
                    low.span(), "type-mismatch", "a slice begins at a number, this is " + low.type(), null);
        }
        if (low instanceof Expr.Numeral n) {
            if (n.value().signum() < 0 || !inWidth(e.span(), of, n.value().add(BigInteger.valueOf(width - 1L)))) {
                return n.value().signum() < 0
                        ? context.fault(low.span(), "out-of-bounds", "a slice cannot begin at " + n.value(), null)
                        : new Expr.Faulty(e.span());
            }
        }
        return Folding.slice(new Expr.Slice(e.span(), new Type.Bits(width, false), of, low, width));
    }

    private Expr sliced(Expr of) {
        Type type = of.type();
        if (type instanceof Type.Enumeration n && n.representation() != null) {
            return Folding.cast(new Expr.Cast(of.span(), n.representation(), of));
        }
        if (type instanceof Type.Bits || type == Type.Basic.UNKNOWN || type == Type.Basic.INTEGER) return of;
        String help = type instanceof Type.Distinct d ? "cast it to " + d.of() + " first" : null;
        return context.fault(of.span(), "not-sliced", "there are no bits to take from " + type, help);
    }

    private boolean inWidth(Span span, Expr of, BigInteger highest) {
        BigInteger width = of.type() instanceof Type.Bits b ? BigInteger.valueOf(b.width()) : WIDEST;
        if (highest.compareTo(width) < 0) return true;
        context.error(span, "out-of-bounds", "there is no bit " + highest + " in " + of.type(), null);
        return false;
    }

    private Expr values(Expression.Values e) {
        List<Expr> elements = new ArrayList<>();
        boolean defaults = !e.elements().isEmpty() && e.elements().getLast() instanceof Expression.Defaults;
        for (Expression element :
                defaults ? e.elements().subList(0, e.elements().size() - 1) : e.elements()) {
            elements.add(check(element));
        }
        List<Type> elementTypes = elements.stream().map(Expr::type).toList();
        return new Expr.Aggregate(e.span(), new Type.Values(elementTypes, defaults), elements);
    }

    private Expr fields(Expression.Fields e) {
        List<Expr> elements = new ArrayList<>();
        List<Type.Field> named = new ArrayList<>();
        for (Expression.Field field : e.fields()) {
            Expr value = check(field.value());
            if (named.stream().anyMatch(f -> f.name().equals(field.name().text()))) {
                context.error(
                        field.span(), "redeclared", "field '" + field.name().text() + "' stands here twice", null);
            } else {
                elements.add(value);
                named.add(new Type.Field(field.name().text(), value.type()));
            }
        }
        return new Expr.Aggregate(e.span(), new Type.NamedValues(named, e.defaults()), elements);
    }

    private Expr cast(Expression.Cast e) {
        Type target = types.read(e.type());
        Expr operand = check(e.operand());
        if (target == Type.Basic.UNKNOWN || operand.type() == Type.Basic.UNKNOWN) return new Expr.Faulty(e.span());
        return conversions.cast(e.span(), target, operand);
    }
}
