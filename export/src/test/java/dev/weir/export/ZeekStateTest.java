package dev.weir.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.table.feature.TcpHistory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** States of connections by their history, as {@code docs/formats.md} has them. */
class ZeekStateTest {
    private static final String LETTERS = "SHADFRIQ";

    private static int bits(String history) {
        int bits = 0;
        for (int i = 0; i < history.length(); i++) {
            char letter = history.charAt(i);
            if (letter == '^') {
                bits |= TcpHistory.TURNED;
                continue;
            }
            int bit = 1 << LETTERS.indexOf(Character.toUpperCase(letter));
            bits |= Character.isUpperCase(letter) ? bit : bit << TcpHistory.REVERSE_SHIFT;
        }
        return bits;
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(delimiter = '|', textBlock = """
            6  | S          |   0 | S0
            6  | Sh         |   0 | S1
            6  | ShA        |   0 | S1
            6  | ShADadFf   | 900 | SF
            6  | ShADadfF   | 900 | SF
            6  | ShADadF    | 900 | S2
            6  | ShADadf    | 900 | S3
            6  | Sr         |   0 | REJ
            6  | SrR        |   0 | REJ
            6  | SrRD       |   9 | RSTR
            6  | ShADr      |   9 | RSTR
            6  | ShADFr     |   9 | RSTR
            6  | ShAR       |   0 | RSTO
            6  | SR         |   0 | RSTOS0
            6  | SAR        |   0 | OTH
            6  | R          |   0 | OTH
            6  | DaR        |   9 | OTH
            6  | ^hr        |   0 | RSTRH
            6  | Dr         |   9 | RSTRH
            6  | SF         |   0 | SH
            6  | F          |   0 | SH
            6  | ^hf        |   0 | SHR
            6  | DadA       |   9 | OTH
            6  | Sa         |   0 | OTH
            6  | FfA        |   0 | SF
            17 | D          |   9 | S0
            17 | Dd         |   9 | SF
            17 | ^d         |   9 | SHR
            1  | Dd         |   9 | OTH
            132 | D         |   9 | OTH
            """)
    void of_history_isTheStateThatZeekNames(int protocol, String history, long payload, String expected) {
        boolean forward = history.chars().anyMatch(Character::isUpperCase);
        boolean reverse = history.chars().anyMatch(Character::isLowerCase);
        assertThat(ZeekState.of(protocol, bits(history), forward, reverse, payload))
                .isEqualTo(expected);
    }
}
