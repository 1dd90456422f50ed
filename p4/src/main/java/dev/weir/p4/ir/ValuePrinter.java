package dev.weir.p4.ir;

import java.math.BigInteger;
import java.util.List;

/** The text of values and matches. An operator's operands are in parentheses when they are operators themselves: there is no precedence to know. */
final class ValuePrinter {
    private final StringBuilder out;

    ValuePrinter(StringBuilder out) {
        this.out = out;
    }

    void value(Value value) {
        switch (value) {
            case Value.Constant v -> out.append(v.width()).append('w').append(number(v.number()));
            case Value.Place v -> out.append(v.name());
            case Value.Argument v -> out.append('$').append(v.name());
            case Value.Unary v -> {
                out.append(v.operator().symbol);
                operand(v.operand());
            }
            case Value.Binary v -> infix(v.left(), v.operator().symbol, v.right());
            case Value.Concat v -> infix(v.high(), "++", v.low());
            case Value.Slice v -> {
                operand(v.of());
                out.append('[').append(v.high()).append(':').append(v.low()).append(']');
            }
            case Value.Extend v -> call((v.signed() ? "sext" : "zext") + v.width(), List.of(v.of()));
            case Value.Choose v -> {
                infix(v.condition(), "?", v.then());
                out.append(" : ");
                operand(v.otherwise());
            }
            case Value.Hash v -> call(name(v.algorithm()), List.of(v.from(), v.data()));
        }
    }

    static String name(Value.HashAlgorithm algorithm) {
        return switch (algorithm) {
            case CRC32 -> "crc32";
            case CRC16 -> "crc16";
            case SUM16 -> "sum16";
        };
    }

    /** Small numbers are decimal. */
    static String number(BigInteger number) {
        return number.bitLength() <= 7 ? number.toString() : "0x" + number.toString(16);
    }

    void values(List<Value> values) {
        out.append('(');
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) out.append(", ");
            value(values.get(i));
        }
        out.append(')');
    }

    void matches(List<Match> matches) {
        out.append('(');
        for (int i = 0; i < matches.size(); i++) {
            if (i > 0) out.append(", ");
            match(matches.get(i));
        }
        out.append(')');
    }

    private void match(Match match) {
        switch (match) {
            case Match.Exactly m -> out.append(number(m.number()));
            case Match.Masked m ->
                out.append(number(m.number())).append(" &&& ").append(number(m.mask()));
            case Match.Range m -> out.append(number(m.low())).append(" .. ").append(number(m.high()));
            case Match.Any _ -> out.append('_');
        }
    }

    private void call(String name, List<Value> arguments) {
        out.append(name);
        values(arguments);
    }

    private void infix(Value left, String symbol, Value right) {
        operand(left);
        out.append(' ').append(symbol).append(' ');
        operand(right);
    }

    private void operand(Value value) {
        boolean compound = value instanceof Value.Binary
                || value instanceof Value.Concat
                || value instanceof Value.Choose
                || value instanceof Value.Unary;
        if (compound) out.append('(');
        value(value);
        if (compound) out.append(')');
    }
}
