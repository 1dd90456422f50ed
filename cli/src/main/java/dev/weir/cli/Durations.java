package dev.weir.cli;

import dev.weir.table.Lifetime;
import dev.weir.table.TcpLifetimes;
import dev.weir.table.TcpState;
import java.math.BigDecimal;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Times as options spell them: {@code 60}, {@code 1.5}, {@code 250ms}, {@code 90s}, {@code 5m}, {@code 1h}, {@code never}. */
final class Durations {
    private Durations() {}

    /** @return as {@link Lifetime} stores it */
    static int lifetime(String text) {
        if (text.equalsIgnoreCase("never")) {
            return Lifetime.NEVER;
        }
        int unit = text.length();
        while (unit > 0 && Character.isLetter(text.charAt(unit - 1))) {
            unit--;
        }
        BigDecimal millis = number(text, unit).multiply(BigDecimal.valueOf(millisOf(text, text.substring(unit))));
        if (millis.compareTo(BigDecimal.valueOf(Lifetime.MAX_MILLIS)) > 0) {
            throw new TypeConversionException("'" + text + "' is more than 49 days; give 'never' for no limit");
        }
        try {
            return Lifetime.ofMillis(millis.longValueExact());
        } catch (ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is finer than a millisecond");
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
        if (!digit || dots > 1) {
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

    private static TypeConversionException notATime(String text) {
        return new TypeConversionException("'" + text + "' is no time: give seconds, or 250ms, 90s, 5m, 1h, or never");
    }

    /** For options that hold one time. */
    static final class LifetimeConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return lifetime(text);
        }
    }

    /** For {@code STATE=T,...}: the defaults, but for the states that are named. */
    static final class TcpLifetimesConverter implements ITypeConverter<TcpLifetimes> {
        @Override
        public TcpLifetimes convert(String text) {
            TcpLifetimes lifetimes = TcpLifetimes.DEFAULT;
            for (String part : text.split(",", -1)) {
                int equals = part.indexOf('=');
                if (equals < 0) {
                    throw new TypeConversionException("'" + part + "' is no STATE=TIME");
                }
                lifetimes = lifetimes.with(state(part.substring(0, equals)), lifetime(part.substring(equals + 1)));
            }
            return lifetimes;
        }

        private static int state(String name) {
            int state = TcpState.byName(name.toUpperCase(Locale.ROOT).replace('_', '-'));
            if (state < 0) {
                throw new TypeConversionException("'" + name
                        + "' is no TCP state: there are START, SYN, SYN-ACK, ESTABLISHED, FIN, FIN-ACK and RST");
            }
            return state;
        }
    }
}
