package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.table.Lifetime;
import dev.weir.table.TcpLifetimes;
import dev.weir.table.TcpState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "0,     0",
        "60,    60000",
        "1.5,   1500",
        ".25,   250",
        "250ms, 250",
        "90s,   90000",
        "5m,    300000",
        "1h,    3600000",
        "0.5h,  1800000",
        "2d,    172800000",
        "4294967294ms, -2",
        "49d, -61367296",
    })
    void lifetime_isInMilliseconds(String text, int millis) {
        assertThat(Durations.lifetime(text)).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "NEVER", "Never"})
    void lifetime_neverEnds(String text) {
        assertThat(Durations.lifetime(text)).isEqualTo(Lifetime.NEVER);
    }

    @ParameterizedTest
    @CsvSource({
        "'',            is no time", "x,             is no time", "5x,            is no time",
                "-1,            is no time",
        "1.2.3,         is no time", "s,             is no time", ".,             is no time",
                "1e9,           is no time",
        "1 s,           is no time", "٣s,            is no time", "4294967295ms,  more than 49 days",
                "50d,           more than 49 days",
        "99999999999999999999999999d, more than 49 days", "0.0005,        finer than a millisecond",
                "1.5ms,         finer than a millisecond",
    })
    void lifetime_ofWhatIsNone_saysWhy(String text, String why) {
        assertThatThrownBy(() -> Durations.lifetime(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining(why);
    }

    @Test
    void tcpLifetimes_changeOnlyTheStatesThatAreNamed() {
        TcpLifetimes lifetimes = new Durations.TcpLifetimesConverter().convert("SYN=5,fin-ack=250ms,ESTABLISHED=never");
        assertThat(lifetimes)
                .isEqualTo(TcpLifetimes.DEFAULT
                        .with(TcpState.SYN, 5_000)
                        .with(TcpState.FIN_ACK, 250)
                        .with(TcpState.ESTABLISHED, Lifetime.NEVER));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            CLOSED=5 | 'CLOSED' is no TCP state
            SYN      | 'SYN' is no STATE=TIME
            SYN=5,   | '' is no STATE=TIME
            SYN=5x   | '5x' is no time
            """)
    void tcpLifetimes_ofWhatIsNone_sayWhy(String text, String why) {
        assertThatThrownBy(() -> new Durations.TcpLifetimesConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining(why.strip());
    }
}
