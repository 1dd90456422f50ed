package dev.weir.table;

import java.math.BigDecimal;

/** Lifetimes as a table stores them: unsigned 32-bit milliseconds of idleness, all ones for never. */
public final class Lifetime {
    /** The flow is never idle too long. */
    public static final int NEVER = -1;
    /** The longest lifetime that ends: 49 days. */
    public static final long MAX_MILLIS = 0xFFFF_FFFEL;

    private Lifetime() {}

    /** A lifetime of that many seconds; fails when it is negative or over {@link #MAX_MILLIS}. */
    public static int ofSeconds(long seconds) {
        return ofMillis(Math.multiplyExact(seconds, 1000L));
    }

    /** A lifetime of that many milliseconds; fails when it is negative or over {@link #MAX_MILLIS}. */
    public static int ofMillis(long millis) {
        if (millis < 0 || millis > MAX_MILLIS) {
            throw new IllegalArgumentException("lifetime out of range: millis=" + millis + ", limit=" + MAX_MILLIS);
        }
        return (int) millis;
    }

    /**
     * A lifetime as people write it: {@code 60}, {@code 1.5}, {@code 250ms}, {@code 90s}, {@code 5m}, {@code 1h},
     * {@code 2d}, {@code never}; fails with what is wrong and what to write.
     */
    public static int parse(String text) {
        if (text.equalsIgnoreCase("never")) {
            return NEVER;
        }
        int unit = text.length();
        while (unit > 0 && Character.isLetter(text.charAt(unit - 1))) {
            unit--;
        }
        BigDecimal millis = number(text, unit).multiply(BigDecimal.valueOf(millisOf(text, text.substring(unit))));
        if (millis.compareTo(BigDecimal.valueOf(MAX_MILLIS)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is more than 49 days; give 'never' for no limit");
        }
        try {
            return ofMillis(millis.longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is finer than a millisecond; round it to milliseconds", e);
        }
    }

    private static BigDecimal number(String text, int length) {
        boolean digit = false;
        int dots = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            digit |= c >= '0' && c <= '9';
            dots += c == '.' ? 1 : 0;
            if (c != '.' && (c < '0' || c > '9')) {
                throw notATime(text);
            }
        }
        if (!digit || dots > 1 || length > 40) {
            throw notATime(text);
        }
        return new BigDecimal(text.substring(0, length));
    }

    private static long millisOf(String text, String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "", "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> throw notATime(text);
        };
    }

    private static IllegalArgumentException notATime(String text) {
        return new IllegalArgumentException("'" + text + "' is no time: give seconds, or 250ms, 90s, 5m, 1h, or never");
    }

    /** In nanoseconds; {@link Long#MAX_VALUE} for {@link #NEVER}. */
    static long nanos(int lifetime) {
        return lifetime == NEVER ? Long.MAX_VALUE : (lifetime & 0xFFFF_FFFFL) * 1_000_000L;
    }
}
