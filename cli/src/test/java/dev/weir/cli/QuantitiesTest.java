package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "9999, 9999",
        "10000, 10.0 k",
        "99949, 99.9 k",
        "999499, 999 k",
        "999500, 1.0 M",
        "9223372036854775807, 9.2 E",
    })
    void count_hasThreeDigitsAndAPrefix(long number, String expected) {
        assertThat(Quantities.count(number)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0.04, 0.0 s",
        "59.94, 59.9 s",
        "60, 1 min 0 s",
        "3599, 59 min 59 s",
        "3600, 1 h 0 min",
        "90061, 25 h 1 min"
    })
    void time_isInTheUnitsOneWouldSay(double seconds, String expected) {
        assertThat(Quantities.time(seconds)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1000000000 | 25  | 100 | 3000000 | [######------------------]  25 %  3.0 M packets, 3.0 Mpackets/s, 3.0 s left
            2000000000 | 100 | 100 | 4       | [########################] 100 %  4 packets, 2 packets/s, 0.0 s left
            1000000000 | 0   | 100 | 0       | [------------------------]   0 %  0 packets, 0 packets/s
            1000000000 | 25  | -1  | 12000   | 12.0 k packets, 12.0 kpackets/s
            """)
    void progressLine_showsShareRateAndTimeLeft(long nanos, long read, long total, long packets, String expected) {
        assertThat(Progress.line(nanos, read, total, packets)).isEqualTo(expected);
    }
}
