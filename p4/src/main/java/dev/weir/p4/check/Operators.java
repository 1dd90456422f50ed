package dev.weir.p4.check;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Expression.BinaryOperator;
import dev.weir.p4.syntax.Expression.UnaryOperator;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import org.jspecify.annotations.Nullable;

/** What operators take and give (specification, sections 8.5 to 8.10). */
final class Operators {
    private final Context context;
    private final Conversions conversions;

    Operators(Context context, Conversions conversions) {
        this.context = context;
        this.conversions = conversions;
    }

    Expr unary(Span span, UnaryOperator operator, Expr operand) {
        Expr e = number(operand);
        Type type = e.type();
        if (type == Type.Basic.UNKNOWN) return new Expr.Faulty(span);
        boolean holds = switch (operator) {
            case NOT -> type == Type.Basic.BOOL;
            case COMPLEMENT -> type instanceof Type.Bits;
            case MINUS, PLUS -> type instanceof Type.Bits || type == Type.Basic.INTEGER;
        };
        if (!holds) return wrongOperand(span, operator.spelling(), e);
        return Folding.unary(new Expr.Unary(span, type, operator, e));
    }

    Expr binary(Span span, BinaryOperator operator, Expr left, Expr right) {
        if (left.type() == Type.Basic.UNKNOWN || right.type() == Type.Basic.UNKNOWN) return new Expr.Faulty(span);
        return switch (operator) {
            case AND, OR -> logic(span, operator, left, right);
            case EQUAL, NOT_EQUAL -> equality(span, operator, left, right);
            case LESS, GREATER, AT_MOST, AT_LEAST -> order(span, operator, left, right);
            case SHIFT_LEFT, SHIFT_RIGHT -> shift(span, operator, number(left), number(right));
            case CONCAT -> concat(span, number(left), number(right));
            default -> arithmetic(span, operator, number(left), number(right));
        };
    }

    /** An enumeration over bits calculates as its number. */
    private static Expr number(Expr e) {
        return e.type() instanceof Type.Enumeration n && n.representation() != null
                ? Folding.cast(new Expr.Cast(e.span(), n.representation(), e))
                : e;
    }

    private static boolean isNumbered(Expr e) {
        return e.type() instanceof Type.Enumeration n && n.representation() != null;
    }

    private Expr logic(Span span, BinaryOperator operator, Expr left, Expr right) {
        if (left instanceof Expr.Default) return wrongOperand(span, operator.spelling(), left);
        if (right instanceof Expr.Default) return wrongOperand(span, operator.spelling(), right);
        Expr a = conversions.convert(left, Type.Basic.BOOL);
        Expr b = conversions.convert(right, Type.Basic.BOOL);
        return folded(new Expr.Binary(span, Type.Basic.BOOL, operator, a, b));
    }

    private Expr equality(Span span, BinaryOperator operator, Expr left, Expr right) {
        Expr a = left;
        Expr b = right;
        Expr converted = conversions.tryConvert(b, a.type());
        if (converted != null) {
            b = converted;
        } else {
            converted = conversions.tryConvert(a, b.type());
            if (converted == null && (isNumbered(a) || isNumbered(b)))
                return equality(span, operator, number(a), number(b));
            if (converted == null) return different(span, operator.spelling(), left, right);
            a = converted;
        }
        if (!isComparable(a.type())) return wrongOperand(span, operator.spelling(), a);
        return folded(new Expr.Binary(span, Type.Basic.BOOL, operator, a, b));
    }

    private static boolean isComparable(Type type) {
        return switch (type) {
            case Type.Basic b ->
                switch (b) {
                    case BOOL, INTEGER, ERROR, UNKNOWN -> true;
                    default -> false;
                };
            case Type.Bits _, Type.Varbit _, Type.Enumeration _ -> true;
            case Type.Distinct d -> isComparable(d.of());
            case Type.Struct s -> s.fields().stream().allMatch(f -> isComparable(f.type()));
            case Type.Stack s -> isComparable(s.element());
            case Type.Tuple t -> t.elements().stream().allMatch(Operators::isComparable);
            default -> false;
        };
    }

    private Expr order(Span span, BinaryOperator operator, Expr left, Expr right) {
        Expr whole = sameNumbers(span, operator, number(left), number(right), Type.Basic.BOOL);
        return whole instanceof Expr.Binary b ? folded(b) : whole;
    }

    private Expr arithmetic(Span span, BinaryOperator operator, Expr left, Expr right) {
        if (operator == BinaryOperator.DIVIDE || operator == BinaryOperator.MODULO) {
            for (Expr operand : new Expr[] {left, right}) {
                if (operand instanceof Expr.Numeral n && n.value().signum() < 0) {
                    String message = "'" + operator.spelling() + "' is not for negative numbers";
                    return context.fault(operand.span(), "bad-operand", message, null);
                }
            }
        }
        Expr whole = sameNumbers(span, operator, left, right, null);
        if (!(whole instanceof Expr.Binary b)) return whole;
        boolean sized = b.type() instanceof Type.Bits;
        switch (operator) {
            case DIVIDE, MODULO -> {
                Expr fault = division(b);
                if (fault != null) return fault;
            }
            case ADD_SATURATING, SUBTRACT_SATURATING -> {
                if (!sized) return wrongOperand(span, operator.spelling(), b.left());
            }
            default -> {}
        }
        return folded(b);
    }

    /** The result, unless it is a number or a text without an end. */
    private Expr folded(Expr.Binary whole) {
        Expr result = Folding.binary(whole);
        boolean large = switch (result) {
            case Expr.Numeral n -> n.value().bitLength() > Folding.MAX_SHIFT;
            case Expr.Text t -> t.value().length() > Folding.MAX_SHIFT;
            default -> false;
        };
        if (!large) return result;
        return context.fault(
                whole.span(), "too-large", "this has more than " + Folding.MAX_SHIFT + " bits or letters", null);
    }

    /** Numbers with a sign are not divided, and nothing by zero. */
    private @Nullable Expr division(Expr.Binary b) {
        String operator = b.operator().spelling();
        if (b.type() instanceof Type.Bits bits && bits.signed()) {
            return context.fault(b.span(), "bad-operand", "'" + operator + "' is not for numbers with a sign", null);
        }
        if (b.right() instanceof Expr.Numeral n && n.value().signum() == 0) {
            return context.fault(b.right().span(), "division-by-zero", "division by zero", null);
        }
        return null;
    }

    /** Both as numbers of one type; {@code result} is that type where it is null. */
    private Expr sameNumbers(Span span, BinaryOperator operator, Expr left, Expr right, @Nullable Type result) {
        if (left.type() == Type.Basic.UNKNOWN || right.type() == Type.Basic.UNKNOWN) return new Expr.Faulty(span);
        if (!isNumber(left.type())) return wrongOperand(span, operator.spelling(), left);
        if (!isNumber(right.type())) return wrongOperand(span, operator.spelling(), right);
        // a number without a width takes the other's, even where the other is known too
        boolean takes = left.type() == Type.Basic.INTEGER && right.type() instanceof Type.Bits;
        Expr b = takes ? null : conversions.tryConvert(right, left.type());
        Expr a = b == null ? conversions.tryConvert(left, right.type()) : left;
        if (a == null) return different(span, operator.spelling(), left, right);
        return new Expr.Binary(span, result == null ? a.type() : result, operator, a, b == null ? right : b);
    }

    private static boolean isNumber(Type type) {
        return type instanceof Type.Bits || type == Type.Basic.INTEGER;
    }

    private Expr shift(Span span, BinaryOperator operator, Expr left, Expr right) {
        if (!isNumber(left.type())) return wrongOperand(span, operator.spelling(), left);
        if (!isNumber(right.type())) return wrongOperand(span, operator.spelling(), right);
        if (right.type() instanceof Type.Bits bits && bits.signed() && !(right instanceof Expr.Numeral)) {
            String help = "shift by a number without a sign";
            return context.fault(right.span(), "bad-operand", "a shift by " + bits + " could be negative", help);
        }
        if (right instanceof Expr.Numeral n && n.value().signum() < 0) {
            return context.fault(right.span(), "bad-operand", "a shift by a negative number", null);
        }
        if (left.type() == Type.Basic.INTEGER && !Known.is(right)) {
            String help = "give it one: 8w1 << n";
            return context.fault(left.span(), "no-width", "what is shifted has no width", help);
        }
        boolean far = right instanceof Expr.Numeral n
                && (n.value().bitLength() > 31 || n.value().intValue() > Folding.MAX_SHIFT);
        if (far && left.type() == Type.Basic.INTEGER && operator == BinaryOperator.SHIFT_LEFT) {
            return context.fault(right.span(), "bad-operand", "a shift by more than " + Folding.MAX_SHIFT, null);
        }
        return folded(new Expr.Binary(span, left.type(), operator, left, right));
    }

    private Expr concat(Span span, Expr left, Expr right) {
        if (left.type() == Type.Basic.STRING && right.type() == Type.Basic.STRING) {
            return folded(new Expr.Binary(span, Type.Basic.STRING, BinaryOperator.CONCAT, left, right));
        }
        for (Expr operand : new Expr[] {left, right}) {
            if (operand.type() == Type.Basic.INTEGER) {
                return context.fault(
                        operand.span(), "no-width", "'++' needs to know how wide this is", "give it a width: 8w1");
            }
        }
        if (!(left.type() instanceof Type.Bits a)) return wrongOperand(span, "++", left);
        if (!(right.type() instanceof Type.Bits b)) return wrongOperand(span, "++", right);
        if (a.width() + b.width() > TypeReader.MAX_WIDTH) {
            return context.fault(span, "bad-width", "more than " + TypeReader.MAX_WIDTH + " bits", null);
        }
        Type type = new Type.Bits(a.width() + b.width(), a.signed());
        return folded(new Expr.Binary(span, type, BinaryOperator.CONCAT, left, right));
    }

    Expr conditional(Span span, Expr condition, Expr whenTrue, Expr whenFalse) {
        Expr holds = conversions.convert(condition, Type.Basic.BOOL);
        Expr no = conversions.tryConvert(whenFalse, whenTrue.type());
        Expr yes = no == null ? conversions.tryConvert(whenTrue, whenFalse.type()) : whenTrue;
        if (yes == null) return different(span, "?:", whenTrue, whenFalse);
        Type type = yes.type();
        return Folding.conditional(new Expr.Conditional(span, type, holds, yes, no == null ? whenFalse : no));
    }

    /** Whether two expressions can be told apart from headers: shown for messages that name both types. */
    private Expr different(Span span, String operator, Expr left, Expr right) {
        String message =
                "'" + operator + "' takes two of the same type, here are " + left.type() + " and " + right.type();
        boolean bits = left.type() instanceof Type.Bits && right.type() instanceof Type.Bits;
        return context.fault(span, "type-mismatch", message, bits ? "cast one of them" : null);
    }

    private Expr wrongOperand(Span span, String operator, Expr operand) {
        if (operand.type() == Type.Basic.UNKNOWN) return new Expr.Faulty(span);
        String help = operand.type() instanceof Type.Distinct d && !operator.equals("!")
                ? "cast it to " + d.of() + " first"
                : operand.type() instanceof Type.Struct s && s.kind() == Shape.Kind.HEADER
                        ? "is one of its fields meant?"
                        : null;
        return context.fault(operand.span(), "bad-operand", "'" + operator + "' is not for " + operand.type(), help);
    }
}
