package dev.weir.p4.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.Samples;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.Verdict;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterpreterTest {
    private static final long SECOND = 1_000_000_000;
    private static final String TCP = "0000000000020000000000010800" + "4500002800010000400600000a0000010a000002"
            + "04d20050" + "00000000000000005002000000000000";

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Test
    void flow_missedOnce_isAddedAndHitUntilItIsIdle() {
        Interpreter interpreter = new Interpreter(Samples.pipeline("flowtracker"), Rules.P4TC, 1);
        ModelTable flows = interpreter.table("Main.flows");
        Outcome outcome = interpreter.process(bytes(TCP), 3, SECOND, false);
        assertThat(outcome.verdict()).isEqualTo(Verdict.PASS);
        assertThat(outcome.packet()).isEqualTo(TCP);
        assertThat(flows.size()).isEqualTo(1);
        interpreter.process(bytes(TCP), 3, 20 * SECOND, false);
        interpreter.process(bytes(TCP), 4, 49 * SECOND, false);
        assertThat(flows.size()).as("another port is another flow").isEqualTo(2);
        interpreter.process(bytes("00"), 4, 50 * SECOND, false);
        assertThat(flows.size()).as("30 s after its last hit").isEqualTo(2);
        interpreter.process(bytes("00"), 4, 80 * SECOND, false);
        assertThat(flows.size()).as("a packet without addresses is a flow").isEqualTo(1);
    }

    @Test
    void packet_ofAnotherType_isDropped() {
        Interpreter interpreter = new Interpreter(Samples.pipeline("flowtracker"), Rules.P4TC, 1);
        Outcome outcome = interpreter.process(bytes(TCP.replace("0800" + "45", "0806" + "45")), 3, SECOND, false);
        assertThat(outcome.verdict()).isEqualTo(Verdict.DROP);
        assertThat(interpreter.table("Main.flows").size()).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            without options    | 45 000000000000000000000000000000000000000001                  | 45 000000000000000000000000000000000000000001
            with options twice | 46 00000000000000000000000000000000000000 a1a2a3a4 01          | 46 00000000000000000000000000000000000000 a1a2a3a4 a1a2a3a4 01
            options cut short  | 46 00000000000000000000000000000000000000 a1a2                 | 01 46 00000000000000000000000000000000000000 a1a2
            header cut short   | 45 00                                                          | 01 45 00
            length too small   | 44 00000000000000000000000000000000000000                      | 04 44 00000000000000000000000000000000000000
            """)
    void varbit_ofAnyLength_isTakenAndEmitted(String title, String in, String out) {
        Interpreter interpreter = new Interpreter(Samples.pipeline("options"), Rules.PNA, 1);
        assertThat(interpreter.process(bytes(in), 0, 0, false).packet())
                .as(title)
                .isEqualTo(out.replace(" ", ""));
    }
}
