package dev.weir.p4.ir;

import java.math.BigInteger;

/** What a key is compared with, in a select or an entry. Numbers have the key's width and are not negative. */
public sealed interface Match {
    record Exactly(BigInteger number) implements Match {}

    /** {@code (key & mask) == (number & mask)}. A prefix is a mask of leading ones. */
    record Masked(BigInteger number, BigInteger mask) implements Match {}

    /** Both ends included; matches nothing when {@code low > high}. */
    record Range(BigInteger low, BigInteger high) implements Match {}

    record Any() implements Match {}

    default boolean matches(BigInteger key) {
        return switch (this) {
            case Exactly m -> key.equals(m.number);
            case Masked m -> key.xor(m.number).and(m.mask).signum() == 0;
            case Range m -> key.compareTo(m.low) >= 0 && key.compareTo(m.high) <= 0;
            case Any _ -> true;
        };
    }
}
