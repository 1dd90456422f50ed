package dev.weir.p4.stf;

import java.math.BigInteger;

/**
 * A number as a test writes it, and which of its bits it says: all, or not those of digits that are {@code *}.
 *
 * @param said one where the text has a digit, zero where it has {@code *}; -1, all ones however wide, for a number without {@code *}
 */
record StfNumber(BigInteger value, BigInteger said) {
    static final BigInteger ALL = BigInteger.ONE.negate();

    static StfNumber of(BigInteger value) {
        return new StfNumber(value, ALL);
    }

    boolean isWhole() {
        return said.equals(ALL);
    }
}
