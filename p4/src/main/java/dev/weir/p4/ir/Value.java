package dev.weir.p4.ir;

import java.math.BigInteger;

/**
 * What can be computed without changing anything: a number of {@link #width} bits, never negative. Operators that take their operands as signed
 * say so. Nothing fails and nothing is undefined.
 */
public sealed interface Value {
    /** The widest there is, but for what is hashed. */
    int MOST_BITS = 4096;

    int width();

    static Constant constant(long number, int width) {
        return new Constant(BigInteger.valueOf(number).and(mask(width)), width);
    }

    /** All ones. */
    static BigInteger mask(int width) {
        return BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE);
    }

    /** One bit. */
    static Constant bit(boolean set) {
        return constant(set ? 1 : 0, 1);
    }

    record Constant(BigInteger number, int width) implements Value {}

    /** What is assigned to; as a value, what it holds. {@link Pipeline} says which there are. */
    record Place(String name, int width) implements Value {}

    /** A parameter of the action that it is in. */
    record Argument(String name, int width) implements Value {}

    enum UnaryOperator {
        /** Every bit inverted. */
        NOT("~"),
        /** Two's complement. */
        NEGATE("-");

        public final String symbol;

        UnaryOperator(String symbol) {
            this.symbol = symbol;
        }
    }

    record Unary(UnaryOperator operator, Value operand) implements Value {
        @Override
        public int width() {
            return operand.width();
        }
    }

    /**
     * Operands have the same width, but for shifts, whose right one has any. Arithmetic wraps. A shift by the width or more gives zero, or all
     * copies of the sign for {@link #SHIFT_RIGHT_SIGNED}.
     */
    enum BinaryOperator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        /** By zero it gives zero. */
        DIVIDE("/"),
        /** By zero it gives zero. */
        REMAINDER("%"),
        AND("&"),
        OR("|"),
        XOR("^"),
        ADD_SATURATING("|+|"),
        SUBTRACT_SATURATING("|-|"),
        ADD_SATURATING_SIGNED("s|+|"),
        SUBTRACT_SATURATING_SIGNED("s|-|"),
        SHIFT_LEFT("<<"),
        SHIFT_RIGHT(">>"),
        SHIFT_RIGHT_SIGNED("s>>"),
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_EQUAL("<="),
        LESS_SIGNED("s<"),
        LESS_EQUAL_SIGNED("s<=");

        public final String symbol;

        BinaryOperator(String symbol) {
            this.symbol = symbol;
        }

        /** Whether it gives one bit whatever the operands' width. */
        public boolean compares() {
            return compareTo(EQUAL) >= 0;
        }

        /** Whether each bit of what it gives is of the same bits of the operands alone. */
        public boolean isBitwise() {
            return this == AND || this == OR || this == XOR;
        }

        public boolean shifts() {
            return this == SHIFT_LEFT || this == SHIFT_RIGHT || this == SHIFT_RIGHT_SIGNED;
        }
    }

    record Binary(BinaryOperator operator, Value left, Value right) implements Value {
        @Override
        public int width() {
            return operator.compares() ? 1 : left.width();
        }
    }

    /** {@code high ++ low}. */
    record Concat(Value high, Value low) implements Value {
        @Override
        public int width() {
            return high.width() + low.width();
        }
    }

    /** Bits {@code high} to {@code low}, both included, 0 the least. */
    record Slice(Value of, int high, int low) implements Value {
        @Override
        public int width() {
            return high - low + 1;
        }
    }

    /** The same number in more bits: zeros, or copies of the sign, before it. */
    record Extend(Value of, int width, boolean signed) implements Value {}

    /** {@code condition ? then : otherwise}. */
    record Choose(Value condition, Value then, Value otherwise) implements Value {
        @Override
        public int width() {
            return then.width();
        }
    }

    /** What {@link Hash} computes over whole bytes in network order. */
    enum HashAlgorithm {
        /** CRC-32 as in Ethernet: reflected, polynomial 0x04C11DB7, begun and ended with all ones. */
        CRC32(32),
        /** CRC-16/ARC: reflected, polynomial 0x8005, begun and ended with zeros. */
        CRC16(16),
        /** The ones' complement sum of 16-bit words, not complemented (RFC 1071); data is filled up with zeros at its end. */
        SUM16(16);

        public final int width;

        HashAlgorithm(int width) {
            this.width = width;
        }
    }

    /**
     * A hash that goes on where another ended: {@code from} is what the hash of the data before it was, zero when there was none.
     *
     * @param data whole bytes; for SUM16 to go on they are whole words
     */
    record Hash(HashAlgorithm algorithm, Value from, Value data) implements Value {
        @Override
        public int width() {
            return algorithm.width;
        }
    }
}
