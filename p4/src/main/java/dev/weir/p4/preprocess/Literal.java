package dev.weir.p4.preprocess;

import java.math.BigInteger;
import java.util.Locale;

/**
 * A number as written: {@code 8w0x0F} is 15 in base 16, unsigned, 8 bits wide.
 *
 * @param width in bits, or {@link #ANY_WIDTH}
 * @param signed whether {@code s} was written before the digits; false without a width
 */
public record Literal(BigInteger value, int base, int width, boolean signed) {
    /** Of a number without a width, which is as wide as need be. */
    public static final int ANY_WIDTH = -1;

    /** @param text of a token of the kind {@link TokenKind#INTEGER} */
    public static Literal parse(String text) {
        int mark = 0;
        while (mark < text.length() && Character.isDigit(text.charAt(mark))) {
            mark++;
        }
        boolean sized = mark < text.length() && (text.charAt(mark) == 'w' || text.charAt(mark) == 's');
        int width = sized ? Integer.parseInt(text.substring(0, mark)) : ANY_WIDTH;
        String digits =
                (sized ? text.substring(mark + 1) : text).replace("_", "").toLowerCase(Locale.ROOT);
        int base = base(digits);
        String bare = base == 10 && !digits.startsWith("0d") ? digits : digits.substring(2);
        return new Literal(new BigInteger(bare, base), base, width, sized && text.charAt(mark) == 's');
    }

    private static int base(String digits) {
        return digits.startsWith("0x") ? 16 : digits.startsWith("0o") ? 8 : digits.startsWith("0b") ? 2 : 10;
    }

    /** In the form it is written in, without underscores. */
    @Override
    public String toString() {
        String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
        return (width == ANY_WIDTH ? "" : width + (signed ? "s" : "w")) + prefix + value.toString(base);
    }
}
