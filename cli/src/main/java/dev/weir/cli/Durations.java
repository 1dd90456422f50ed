package dev.weir.cli;

import dev.weir.table.Lifetime;
import dev.weir.table.TcpLifetimes;
import dev.weir.table.TcpState;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Times as options spell them: {@code 60}, {@code 1.5}, {@code 250ms}, {@code 90s}, {@code 5m}, {@code 1h}, {@code never}. */
final class Durations {
    private Durations() {}

    /** @return as {@link Lifetime} stores it */
    static int lifetime(String text) {
        try {
            return Lifetime.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
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
