package dev.weir.p4.check;

import dev.weir.p4.source.Span;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Inference;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converts expressions to the types that are asked for (specification, section 8.11): without being told, where nothing is lost (a number
 * takes a width, a list of values becomes a struct, an enumeration its number), and where a cast says so.
 */
final class Conversions {
    private final Context context;

    Conversions(Context context) {
        this.context = context;
    }

    /** The expression as one of the type, with a fault where it is none. */
    Expr convert(Expr e, Type target) {
        Expr converted = tryConvert(e, target);
        return converted != null ? converted : mismatch(e, target);
    }

    private Expr mismatch(Expr e, Type target) {
        if (!(e instanceof Expr.Aggregate a) || !tellElements(a, target)) {
            String message = "expected " + target + ", found " + e.type();
            context.error(e.span(), "type-mismatch", message, castHelp(e, target));
        }
        return new Expr.Faulty(e.span());
    }

    private @Nullable String castHelp(Expr e, Type target) {
        if (e.type() instanceof Type.Table t && t.view() == Type.Table.View.RESULT) {
            return "its fields say what was found: .hit, .miss, .action_run";
        }
        if (e instanceof Expr.Text && target instanceof Type.Bits) return "write it as a number: 0x001122334455";
        return !(e instanceof Expr.Aggregate) && canCast(e, e.type(), target)
                ? "a cast says that it is meant: (" + target + ")"
                : null;
    }

    /** Of a list that does not fit, tells which of its values does not, when there are as many as there should be. */
    private boolean tellElements(Expr.Aggregate a, Type target) {
        List<Type> types = elementTypes(target, a.elements().size());
        if (types == null || types.size() != a.elements().size() || !(a.type() instanceof Type.Values)) return false;
        boolean told = false;
        for (int i = 0; i < types.size(); i++) {
            if (tryConvert(a.elements().get(i), types.get(i)) == null) {
                mismatch(a.elements().get(i), types.get(i));
                told = true;
            }
        }
        return told;
    }

    /** The expression as one of the type, or null where it cannot be one without a cast. */
    @Nullable
    Expr tryConvert(Expr e, Type target) {
        Type source = e.type();
        if (source.equals(target) || source == Type.Basic.UNKNOWN) return e;
        if (target == Type.Basic.UNKNOWN) return new Expr.Faulty(e.span());
        if (e instanceof Expr.Default d) return begin(d, target);
        if (e instanceof Expr.Aggregate a) return aggregate(a, target);
        if (e instanceof Expr.Conditional c && takesTypeLater(source)) {
            Expr yes = tryConvert(c.whenTrue(), target);
            Expr no = tryConvert(c.whenFalse(), target);
            return yes == null || no == null ? null : new Expr.Conditional(c.span(), target, c.condition(), yes, no);
        }
        return switch (source) {
            case Type.Basic b when b == Type.Basic.INTEGER -> number(e, target);
            case Type.Basic b
            when b == Type.Basic.INVALID -> isHeader(target) ? new Expr.Invalid(e.span(), target) : null;
            case Type.Enumeration n
            when target.equals(n.representation()) -> Folding.cast(new Expr.Cast(e.span(), target, e));
            case Type.Bits _ -> target == Type.Basic.INTEGER ? known(e) : null;
            case Type.Block _, Type.Extern _ -> fits(target, source) ? e : null;
            default -> null;
        };
    }

    /** Whether branches take their types from where the whole is used. */
    private static boolean takesTypeLater(Type type) {
        return type instanceof Type.Values
                || type instanceof Type.NamedValues
                || type == Type.Basic.INVALID
                || type == Type.Basic.INTEGER;
    }

    private static @Nullable Expr begin(Expr.Default d, Type target) {
        if (target == Type.Basic.INTEGER) return new Expr.Numeral(d.span(), target, BigInteger.ZERO);
        return Statements.isVariable(target) ? new Expr.Default(d.span(), target) : null;
    }

    /** A number without a width becomes one of a distinct type over bits, too. */
    private @Nullable Expr number(Expr e, Type target) {
        return switch (target) {
            case Type.Bits bits -> sized(e, bits);
            case Type.Distinct d
            when d.of() instanceof Type.Bits bits && e instanceof Expr.Numeral n -> {
                warnUnlessFits(n, bits);
                yield new Expr.Numeral(n.span(), target, Folding.wrap(n.value(), bits));
            }
            default -> null;
        };
    }

    /** A number that is known can be one of any width. */
    private static @Nullable Expr known(Expr e) {
        return e instanceof Expr.Numeral ? Folding.cast(new Expr.Cast(e.span(), Type.Basic.INTEGER, e)) : null;
    }

    private static boolean fits(Type target, Type source) {
        return target.getClass() == source.getClass() && new Inference().fit(target, source);
    }

    private static boolean isHeader(Type type) {
        return type instanceof Type.Struct s && s.kind() != dev.weir.p4.types.Shape.Kind.STRUCT;
    }

    /** A number of any width as one of this width. Bits that do not fit are lost, with a warning. */
    private Expr sized(Expr e, Type.Bits bits) {
        if (!(e instanceof Expr.Numeral n)) return new Expr.Cast(e.span(), bits, e);
        warnUnlessFits(n, bits);
        return new Expr.Numeral(e.span(), bits, Folding.wrap(n.value(), bits));
    }

    /** Whatever is an {@code n}-bit pattern is taken, with or without a sign; what has more bits is told. */
    void warnUnlessFits(Expr.Numeral n, Type.Bits bits) {
        if (bits.width() == 0 && n.value().signum() == 0) return;
        boolean fits = bits.width() > 0
                && n.value().compareTo(Folding.least(bits)) >= 0
                && n.value().compareTo(Folding.most(bits)) <= 0;
        if (!fits) {
            String message = n.value() + " does not fit into " + bits + ", it becomes " + Folding.wrap(n.value(), bits);
            context.warning(n.span(), "overflow", message, null);
        }
    }

    private @Nullable Expr aggregate(Expr.Aggregate a, Type target) {
        if (a.type() instanceof Type.NamedValues named) return fields(a, named, target);
        List<Type> types = elementTypes(target, a.elements().size());
        if (types == null) return null;
        boolean defaults = a.type() instanceof Type.Values v && v.defaults();
        int given = a.elements().size();
        if (given > types.size() || (given < types.size() && !defaults)) return null;
        List<Expr> elements = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            Expr element = i < given
                    ? tryConvert(a.elements().get(i), types.get(i))
                    : new Expr.Default(a.span(), types.get(i));
            if (element == null) return null;
            elements.add(element);
        }
        return new Expr.Aggregate(a.span(), target, elements);
    }

    private @Nullable Expr fields(Expr.Aggregate a, Type.NamedValues named, Type target) {
        if (!(target instanceof Type.Struct s)) return null;
        List<String> names = named.fields().stream().map(Type.Field::name).toList();
        List<Expr> elements = new ArrayList<>();
        int used = 0;
        for (Type.Field field : s.fields()) {
            int at = names.indexOf(field.name());
            if (at < 0 && !named.defaults()) return null;
            Expr element = at < 0
                    ? new Expr.Default(a.span(), field.type())
                    : tryConvert(a.elements().get(at), field.type());
            if (element == null) return null;
            if (at >= 0) used++;
            elements.add(element);
        }
        return used == names.size() ? new Expr.Aggregate(a.span(), target, elements) : null;
    }

    /** The types of what a list of values for this type has in it; null where no list is one. */
    private static @Nullable List<Type> elementTypes(Type target, int given) {
        return switch (target) {
            case Type.Struct s ->
                s.kind() == dev.weir.p4.types.Shape.Kind.UNION
                        ? null
                        : s.fields().stream().map(Type.Field::type).toList();
            case Type.Tuple t -> t.elements();
            case Type.Stack s -> java.util.Collections.nCopies(s.size(), s.element());
            case Type.ListOf l -> java.util.Collections.nCopies(given, l.element());
            default -> null;
        };
    }

    /** What a program asks for with a cast. */
    Expr cast(Span span, Type target, Expr e) {
        if (e instanceof Expr.Numeral n && n.type() == Type.Basic.INTEGER && target instanceof Type.Bits bits) {
            return new Expr.Numeral(span, target, Folding.wrap(n.value(), bits));
        }
        Expr converted = tryConvert(e, target);
        if (converted != null) return converted;
        if (e instanceof Expr.Aggregate) return mismatch(e, target);
        if (!canCast(e, e.type(), target)) {
            String message = "there is no cast from " + e.type() + " to " + target;
            return context.fault(span, "bad-cast", message, stepHelp(e.type(), target));
        }
        return Folding.cast(new Expr.Cast(span, target, e));
    }

    private static @Nullable String stepHelp(Type source, Type target) {
        return source instanceof Type.Bits a && target instanceof Type.Bits b && a.signed() != b.signed()
                ? "a cast changes the width or the sign: cast to " + new Type.Bits(a.width(), b.signed())
                        + " first, say"
                : null;
    }

    private static boolean canCast(Expr e, Type source, Type target) {
        if (source.equals(target)) return true;
        if (source instanceof Type.Bits a && target instanceof Type.Bits b) {
            return a.signed() == b.signed() || a.width() == b.width();
        }
        if (source == Type.Basic.BOOL) return target instanceof Type.Bits b && b.width() == 1 && !b.signed();
        if (source instanceof Type.Bits a && target == Type.Basic.BOOL) return a.width() == 1 && !a.signed();
        if (source == Type.Basic.INTEGER && target == Type.Basic.BOOL) {
            return e instanceof Expr.Numeral n
                    && n.value().signum() >= 0
                    && n.value().bitLength() <= 1;
        }
        if (source == Type.Basic.INTEGER && target instanceof Type.Bits) return true;
        if (source instanceof Type.Bits && target == Type.Basic.INTEGER) return Known.is(e);
        if (source instanceof Type.Distinct d && target.equals(d.of())) return true;
        if (target instanceof Type.Distinct d) {
            return source.equals(d.of()) || (source == Type.Basic.INTEGER && canCast(e, source, d.of()));
        }
        if (source instanceof Type.Distinct) return false;
        if (source instanceof Type.Enumeration n && n.representation() != null) {
            return canCast(e, n.representation(), target);
        }
        return target instanceof Type.Enumeration n
                && n.representation() != null
                && canCast(e, source, n.representation());
    }
}
