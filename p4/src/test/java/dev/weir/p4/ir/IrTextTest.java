package dev.weir.p4.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IrTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"flowtracker", "everything"})
    void sample_readAndPrinted_isTheSameText(String name) {
        String text = Samples.text(name);
        Pipeline pipeline = IrReader.read(text);
        assertThat(IrPrinter.print(pipeline)).isEqualTo(text);
        assertThat(IrReader.read(IrPrinter.print(pipeline))).isEqualTo(pipeline);
        assertThat(IrVerifier.verify(pipeline)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            program p control { x = 8w1 }              | line 1: nothing is called x; declare it before its use
            program p variables { x 8 } control { x = 8w1 + } | line 1: expected a place, not }
            program p control { jump x }               | line 1: there is no instruction jump
            program p headers { h t }                  | line 1: no header type is called t; declare it before its use
            program p variables { x 5000 }             | line 1: the most is 4096, not 5000
            program p variables { x 8 = colour }       | line 1: expected one of port, time, length, recirculated, parser_error, class_of_service, protocol, not colour
            program p counter c packets                | line 1: say how many cells c has: c[1024]
            program p table t { }                      | line 1: table t does not say its default action
            program p variables { x 8 } control { x <- fetch } | line 1: nothing gives a result and is called fetch
            program p control { # }                    | line 1: no token begins with '#'
            program p control {                        | line 1: expected an instruction, not end of text
            """)
    void text_wrong_isToldWithItsLine(String text, String message) {
        assertThatThrownBy(() -> IrReader.read(text))
                .isInstanceOf(IrSyntaxException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "~", "if 1w1 {", "x = (", "switch "})
    void text_deeplyNested_isToldWithoutOverflow(String part) {
        String text = "program p variables { x 8 } control { x = " + part.repeat(100_000);
        assertThatThrownBy(() -> IrReader.read(text)).isInstanceOf(IrSyntaxException.class);
        String nested = "program p control { " + part.repeat(100_000);
        assertThatThrownBy(() -> IrReader.read(nested)).isInstanceOf(IrSyntaxException.class);
    }
}
