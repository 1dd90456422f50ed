package dev.weir.p4.check;

import dev.weir.p4.syntax.Expression;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Checks what keys of tables and subjects of {@code select} are compared with. */
final class Keysets {
    private final Context context;
    private final Expressions expressions;

    Keysets(Context context, Expressions expressions) {
        this.context = context;
        this.expressions = expressions;
    }

    /** A subject of {@code select}. */
    Expr subject(Expr subject) {
        Expr e = subject.type() instanceof Type.Values v && !v.defaults()
                ? expressions.conversions().convert(subject, new Type.Tuple(v.elements()))
                : subject;
        boolean holds = switch (e.type()) {
            case Type.Bits _, Type.Enumeration _, Type.Distinct _, Type.Parameter _ -> true;
            case Type.Basic b ->
                switch (b) {
                    case BOOL, ERROR, UNKNOWN, INTEGER -> true;
                    default -> false;
                };
            case Type.Tuple _ -> true;
            default -> false;
        };
        return holds ? e : context.fault(e.span(), "type-mismatch", "'select' is not for " + e.type(), null);
    }

    /** One for each subject, or one set of values for all of them. */
    List<Expr> keys(Expression keys, List<Expr> subjects) {
        if (keys instanceof Expression.Default || keys instanceof Expression.Any) {
            return subjects.stream()
                    .map(s -> (Expr) new Expr.Anything(keys.span(), s.type()))
                    .toList();
        }
        List<Expression> several = switch (keys) {
            case Expression.Keys k -> k.elements();
            case Expression.Values v -> v.elements();
            default -> null;
        };
        boolean whole = subjects.size() == 1 && subjects.getFirst().type() instanceof Type.Tuple;
        if (several != null && !whole) {
            if (several.size() != subjects.size()) {
                String message = "here are " + several.size() + " keys for " + subjects.size();
                context.error(keys.span(), "type-mismatch", message, null);
                return faulty(keys, subjects.size());
            }
            List<Expr> checked = new ArrayList<>();
            for (int i = 0; i < subjects.size(); i++) {
                checked.add(key(several.get(i), subjects.get(i).type()));
            }
            return checked;
        }
        if (subjects.size() == 1) return List.of(key(keys, subjects.getFirst().type()));
        Expr all = expressions.check(keys);
        if (all.type() instanceof Type.SetOf set && holdsAll(set.element(), subjects)) return List.of(all);
        if (all.type() != Type.Basic.UNKNOWN) {
            String message = "here is one key for " + subjects.size();
            context.error(keys.span(), "type-mismatch", message, "keys for several stand in parentheses: (1, 2)");
        }
        return faulty(keys, subjects.size());
    }

    private static List<Expr> faulty(Expression keys, int count) {
        return Collections.nCopies(count, new Expr.Faulty(keys.span()));
    }

    /** Whether the numbers that an element is made of have the types of the subjects. */
    private static boolean holdsAll(Type element, List<Expr> subjects) {
        if (element == Type.Basic.UNKNOWN) return true;
        List<Type> types = new ArrayList<>();
        flatten(element, types);
        List<Type> wanted = new ArrayList<>();
        subjects.forEach(subject -> flatten(subject.type(), wanted));
        return types.equals(wanted);
    }

    private static void flatten(Type type, List<Type> out) {
        switch (type) {
            case Type.Tuple t -> t.elements().forEach(each -> flatten(each, out));
            case Type.Struct s -> s.fields().forEach(field -> flatten(field.type(), out));
            default -> out.add(type);
        }
    }

    /** What one key is compared with. */
    Expr key(Expression e, Type type) {
        return switch (e) {
            case Expression.Default d -> new Expr.Anything(d.span(), type);
            case Expression.Any a -> new Expr.Anything(a.span(), type);
            case Expression.Mask m -> {
                Type numbers = numbers(type);
                Expr value = known(expressions.check(m.value(), numbers));
                Expr mask = known(expressions.check(m.mask(), numbers));
                yield numbers instanceof Type.Bits || type == Type.Basic.UNKNOWN || numbers == Type.Basic.INTEGER
                        ? new Expr.Mask(m.span(), type, value, mask)
                        : context.fault(m.span(), "type-mismatch", "there is no mask for " + type, null);
            }
            case Expression.Range r -> {
                Type numbers = numbers(type);
                Expr low = known(expressions.check(r.low(), numbers));
                Expr high = known(expressions.check(r.high(), numbers));
                yield numbers instanceof Type.Bits || type == Type.Basic.UNKNOWN || numbers == Type.Basic.INTEGER
                        ? range(r, type, low, high)
                        : context.fault(r.span(), "type-mismatch", "there is no range of " + type, null);
            }
            default -> value(e, type);
        };
    }

    private Expr range(Expression.Range r, Type type, Expr low, Expr high) {
        if (low instanceof Expr.Numeral a
                && high instanceof Expr.Numeral b
                && a.value().compareTo(b.value()) > 0) {
            context.warning(r.span(), "empty-range", "nothing is from " + a.value() + " to " + b.value(), null);
        }
        return new Expr.Range(r.span(), type, low, high);
    }

    /** Masks and ranges are over bits, also those that a distinct type or an enumeration has. */
    private static Type numbers(Type type) {
        Type.Bits bits = Folding.bits(type);
        return bits == null ? type : type instanceof Type.Distinct ? type : bits;
    }

    private Expr value(Expression e, Type type) {
        Expr checked = expressions.check(e);
        if (checked.type() instanceof Type.SetOf set) {
            if (set.element().equals(type) || type == Type.Basic.UNKNOWN || set.element() == Type.Basic.UNKNOWN)
                return checked;
            if (set.element() instanceof Type.Struct s
                    && s.fields().size() == 1
                    && s.fields().getFirst().type().equals(type)) {
                return checked;
            }
            String message = "the set has values of " + set.element() + ", not " + type;
            return context.fault(e.span(), "type-mismatch", message, null);
        }
        return known(expressions.conversions().convert(checked, type));
    }

    private Expr known(Expr e) {
        if (Known.is(e)) return e;
        return context.fault(e.span(), "not-constant", "a key has to be known when the program is compiled", null);
    }
}
