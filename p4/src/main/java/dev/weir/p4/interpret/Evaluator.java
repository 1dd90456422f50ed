package dev.weir.p4.interpret;

import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.Value.Binary;
import java.math.BigInteger;
import java.util.Map;

/** What values are, by the definitions of {@link Value}, in numbers of any size. */
public final class Evaluator {
    private final Map<String, BigInteger> places;
    private final Map<String, BigInteger> arguments;

    /**
     * @param places what each place holds; zero where there is none
     * @param arguments of the action
     */
    public Evaluator(Map<String, BigInteger> places, Map<String, BigInteger> arguments) {
        this.places = places;
        this.arguments = arguments;
    }

    public BigInteger value(Value value) {
        return switch (value) {
            case Value.Constant v -> v.number();
            case Value.Place v -> places.getOrDefault(v.name(), BigInteger.ZERO);
            case Value.Argument v -> arguments.getOrDefault(v.name(), BigInteger.ZERO);
            case Value.Unary v -> {
                BigInteger operand = value(v.operand());
                yield wrap(
                        switch (v.operator()) {
                            case NOT -> operand.not();
                            case NEGATE -> operand.negate();
                        },
                        v.width());
            }
            case Binary v -> binary(v, value(v.left()), value(v.right()));
            case Value.Concat v -> value(v.high()).shiftLeft(v.low().width()).or(value(v.low()));
            case Value.Slice v -> wrap(value(v.of()).shiftRight(v.low()), v.width());
            case Value.Extend v -> {
                BigInteger of = value(v.of());
                yield wrap(v.signed() ? signed(of, v.of().width()) : of, v.width());
            }
            case Value.Choose v -> value(v.condition()).signum() != 0 ? value(v.then()) : value(v.otherwise());
            case Value.Hash v ->
                hash(v.algorithm(), value(v.from()), value(v.data()), v.data().width() / 8);
        };
    }

    private static BigInteger wrap(BigInteger number, int width) {
        return number.and(Value.mask(width));
    }

    private static BigInteger signed(BigInteger number, int width) {
        return number.testBit(width - 1) ? number.subtract(BigInteger.ONE.shiftLeft(width)) : number;
    }

    private static BigInteger binary(Binary v, BigInteger left, BigInteger right) {
        int width = v.left().width();
        BigInteger most = Value.mask(width);
        return switch (v.operator()) {
            case ADD -> wrap(left.add(right), width);
            case SUBTRACT -> wrap(left.subtract(right), width);
            case MULTIPLY -> wrap(left.multiply(right), width);
            case DIVIDE -> right.signum() == 0 ? BigInteger.ZERO : left.divide(right);
            case REMAINDER -> right.signum() == 0 ? BigInteger.ZERO : left.mod(right);
            case AND -> left.and(right);
            case OR -> left.or(right);
            case XOR -> left.xor(right);
            case ADD_SATURATING -> left.add(right).min(most);
            case SUBTRACT_SATURATING -> left.subtract(right).max(BigInteger.ZERO);
            case ADD_SATURATING_SIGNED -> saturated(signed(left, width).add(signed(right, width)), width);
            case SUBTRACT_SATURATING_SIGNED -> saturated(signed(left, width).subtract(signed(right, width)), width);
            case SHIFT_LEFT -> wrap(left.shiftLeft(distance(right, width)), width);
            case SHIFT_RIGHT -> left.shiftRight(distance(right, width));
            case SHIFT_RIGHT_SIGNED -> wrap(signed(left, width).shiftRight(distance(right, width)), width);
            case EQUAL -> bit(left.equals(right));
            case NOT_EQUAL -> bit(!left.equals(right));
            case LESS -> bit(left.compareTo(right) < 0);
            case LESS_EQUAL -> bit(left.compareTo(right) <= 0);
            case LESS_SIGNED -> bit(signed(left, width).compareTo(signed(right, width)) < 0);
            case LESS_EQUAL_SIGNED -> bit(signed(left, width).compareTo(signed(right, width)) <= 0);
        };
    }

    private static BigInteger bit(boolean set) {
        return set ? BigInteger.ONE : BigInteger.ZERO;
    }

    private static BigInteger saturated(BigInteger number, int width) {
        BigInteger half = BigInteger.ONE.shiftLeft(width - 1);
        return wrap(number.max(half.negate()).min(half.subtract(BigInteger.ONE)), width);
    }

    /** Beyond the width all distances do the same. */
    private static int distance(BigInteger by, int width) {
        return by.min(BigInteger.valueOf(width)).intValue();
    }

    private static BigInteger hash(Value.HashAlgorithm algorithm, BigInteger from, BigInteger data, int bytes) {
        return switch (algorithm) {
            case CRC32 ->
                crc(from.not().and(Value.mask(32)), data, bytes, 0xEDB88320L)
                        .not()
                        .and(Value.mask(32));
            case CRC16 -> crc(from, data, bytes, 0xA001);
            case SUM16 -> {
                BigInteger sum = from;
                BigInteger words = bytes % 2 == 0 ? data : data.shiftLeft(8);
                for (; words.signum() != 0; words = words.shiftRight(16)) sum = sum.add(wrap(words, 16));
                while (sum.bitLength() > 16) sum = sum.shiftRight(16).add(wrap(sum, 16));
                yield sum;
            }
        };
    }

    /** Bit by bit, reflected. */
    private static BigInteger crc(BigInteger from, BigInteger data, int bytes, long polynomial) {
        long crc = from.longValue();
        for (int i = bytes - 1; i >= 0; i--) {
            crc ^= data.shiftRight(8 * i).intValue() & 0xFF;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ polynomial;
        }
        return BigInteger.valueOf(crc);
    }
}
