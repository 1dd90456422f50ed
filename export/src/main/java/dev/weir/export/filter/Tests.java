package dev.weir.export.filter;

import dev.weir.export.filter.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the tests of an expression: a column, and what it is compared with. Null where that makes no sense, which then was told. */
final class Tests {
    private final Parser parser;
    private final Faults faults;
    private final Literals literals;

    Tests(Parser parser, Faults faults) {
        this.parser = parser;
        this.faults = faults;
        this.literals = new Literals(faults);
    }

    /** The test that begins with the name. */
    @Nullable
    Expression read(Token name) {
        Field field = Field.byName(name.text());
        if (field == null) {
            faults.add(name, unknown(name));
            return null;
        }
        Token operator = parser.peek();
        if (operator.kind().isRelation()) {
            return compare(field, parser.next());
        }
        return switch (operator.kind()) {
            case IN -> in(field, parser.next());
            case NOT -> notIn(field, parser.next());
            case HAS -> has(field, parser.next());
            default -> alone(field, name, operator);
        };
    }

    private static String unknown(Token name) {
        String text = Literals.shown(name);
        for (Field field : List.of(Field.PROTOCOL_OF_FLOW, Field.TCP_STATE, Field.END_REASON)) {
            if (field.type.number(name.text()) != null) {
                String column = field.aliases.isEmpty() ? field.label : field.aliases.getFirst();
                return text + " is no column but a value; write " + column + " == " + name.text();
            }
        }
        String near = Field.nearest(name.text());
        return text + " is no column; "
                + (near == null ? "the columns are in docs/filters.md" : "did you mean " + near + "?");
    }

    /** The field without an operator. */
    private @Nullable Expression alone(Field field, Token name, Token after) {
        if (field.type == Type.BOOLEAN) {
            return Expression.compare(field, Relation.EQUAL, Value.of(1));
        }
        if (after.is(Kind.OTHER)) {
            faults.add(
                    after,
                    Literals.shown(after) + " is no operator; compare " + field.label + " itself, as in "
                            + field.example);
        } else if (after.kind().isOperand()) {
            faults.add(
                    after,
                    "an operator is missing before " + Literals.shown(after) + "; write " + name.text()
                            + (after.is(Kind.PREFIX) ? " in " : " == ") + after.text());
        } else {
            faults.add(name, name.text() + " alone is no test; compare it, as in " + field.example);
        }
        return null;
    }

    private @Nullable Expression compare(Field field, Token operator) {
        Relation relation = relation(operator.kind());
        Token operand = parser.peek();
        if (operand.is(Kind.OPEN_SET) || operand.is(Kind.OPEN)) {
            return oneValue(field, operator, "{..}");
        }
        if (operand.is(Kind.PREFIX) && field.type == Type.ADDRESS) {
            return oneValue(field, operator, operand.text());
        }
        if (relation.isOrder() && !field.type.ordered) {
            faults.add(operator, field.label + " has no order; " + orderless(field));
            return null;
        }
        Value value = operand(field, operator);
        if (value != null && parser.peek().is(Kind.RANGE)) {
            Token range = parser.next();
            return oneValue(
                    field,
                    operator,
                    operand.text() + range.text() + parser.peek().text());
        }
        return value == null ? null : Expression.compare(field, relation, value);
    }

    private @Nullable Expression oneValue(Field field, Token operator, String set) {
        faults.add(
                operator,
                Literals.shown(operator) + " compares with one value; write " + field.label
                        + (operator.is(Kind.NOT_EQUAL) ? " not in " : " in ") + set);
        return null;
    }

    private static Relation relation(Kind operator) {
        return switch (operator) {
            case EQUAL -> Relation.EQUAL;
            case NOT_EQUAL -> Relation.NOT_EQUAL;
            case LESS -> Relation.LESS;
            case AT_MOST -> Relation.AT_MOST;
            case GREATER -> Relation.GREATER;
            default -> Relation.AT_LEAST;
        };
    }

    private static String orderless(Field field) {
        return switch (field.type) {
            case ADDRESS -> "write a prefix or a range, as in " + field.label + " in 10.0.0.0/8";
            case PROTOCOL -> "compare protocol_number, or write == or in";
            case FLAGS -> "write has, == or in, as in " + field.example;
            case BOOLEAN -> "write it alone, or with ! before it";
            default -> "write ==, != or in, as in " + field.example;
        };
    }

    /** The value behind an operator. */
    private @Nullable Value operand(Field field, Token before) {
        Token token = parser.peek();
        if (!token.kind().isOperand()) {
            faults.add(
                    before, "nothing is compared here; write " + field.compared() + " after " + Literals.shown(before));
            return null;
        }
        return literals.read(field, parser.next());
    }

    private @Nullable Expression notIn(Field field, Token not) {
        Token in = parser.take(Kind.IN);
        if (in == null) {
            faults.add(
                    not,
                    Literals.shown(not) + " stands before a test, or before in; write " + field.label
                            + " not in, or the operator !=");
            return null;
        }
        Expression expression = in(field, in);
        return expression == null ? null : Expression.not(expression);
    }

    private @Nullable Expression in(Field field, Token in) {
        List<Span> spans = new ArrayList<>();
        if (parser.peek().is(Kind.OPEN)) {
            faults.add(parser.peek(), "a set is in braces; write " + field.label + " in {..}");
            return null;
        }
        Token open = parser.take(Kind.OPEN_SET);
        boolean good = item(field, open == null ? in : open, spans);
        if (open == null) {
            return good ? Expression.among(field, spans) : null;
        }
        while (good || isAtItem()) {
            Token comma = parser.take(Kind.COMMA);
            if (comma == null) {
                break;
            }
            good &= item(field, comma, spans);
        }
        if (parser.take(Kind.CLOSE_SET) == null) {
            if (good) {
                Token stop = parser.peek();
                faults.add(
                        stop.is(Kind.END) ? open : stop,
                        stop.is(Kind.END)
                                ? "'{' is not closed; write '}' where the set ends"
                                : Literals.shown(stop)
                                        + " is in a set; write ',' between its values, and '}' at its end");
            }
            return null;
        }
        return good ? Expression.among(field, spans) : null;
    }

    private boolean isAtItem() {
        return parser.peek().is(Kind.COMMA);
    }

    /** Adds what one item of a set means. */
    private boolean item(Field field, Token before, List<Span> spans) {
        Token first = parser.peek();
        if (first.is(Kind.PREFIX) && field.type == Type.ADDRESS) {
            Span prefix = literals.prefix(parser.next());
            if (parser.peek().is(Kind.RANGE)) {
                faults.add(
                        parser.next(), "a range goes from one address to another; write addresses, or prefixes alone");
                parser.next();
                return false;
            }
            return prefix != null && spans.add(prefix);
        }
        Value lo = operand(field, before);
        Token range = parser.take(Kind.RANGE);
        if (range == null) {
            return lo != null && spans.add(Span.of(lo));
        }
        Value hi = operand(field, range);
        if (lo == null || hi == null) {
            return false;
        }
        if (!field.type.ordered && field.type != Type.ADDRESS) {
            faults.add(range, field.label + " has no order, so no ranges; write each value");
            return false;
        }
        if (lo.kind() != hi.kind()) {
            faults.add(range, "a range is of one family; write both addresses of IPv4, or both of IPv6");
            return false;
        }
        if (lo.compareTo(hi) > 0) {
            faults.add(range, "the range is empty; write the smaller value first");
            return false;
        }
        return spans.add(new Span(lo, hi));
    }

    private @Nullable Expression has(Field field, Token has) {
        if (field.type != Type.FLAGS) {
            faults.add(has, "has is for TCP flags; compare " + field.label + " otherwise, as in " + field.example);
            return null;
        }
        Value flags = operand(field, has);
        if (flags != null && flags.low() == 0) {
            faults.add(has, "none is no flag that could be there; write " + field.label + " == none");
            return null;
        }
        return flags == null ? null : new Expression.Has(field, (int) flags.low());
    }
}
