package dev.weir.export.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about text that is no filter. */
class FilterFaultTest {
    /** Blocks: an expression after {@code ? }, below it what is said. */
    private static final Path REPORTS = Path.of("src/test/resources/dev/weir/export/filter/faults.txt");

    static List<String> reports() throws IOException {
        return Arrays.asList(Files.readString(REPORTS).strip().split("\n\n"));
    }

    @ParameterizedTest
    @MethodSource("reports")
    void compile_ofNoFilter_tellsEveryFaultAtItsPlace(String report) {
        String expression = report.lines().findFirst().orElseThrow().substring("? ".length());
        assertThat("? " + expression + "\n" + fault(expression).report()).isEqualTo(report);
    }

    @Test
    void fault_inAnExpressionOfSeveralLines_showsItsLine() {
        assertThat(fault("proto == tcp &&\n\tprt == 80 &&\nbytes > 1").report()).isEqualTo("""
                line 2, column 2: 'prt' is no column; did you mean port?
                   prt == 80 &&
                   ^^^""");
    }

    @Test
    void fault_inALongLine_showsItsSurroundings() {
        String many = "offloaded && ".repeat(20);
        assertThat(fault(many + "prt == 80 && " + many + "true")
                        .report()
                        .lines()
                        .skip(1))
                .containsExactly(
                        "  ...aded && offloaded && offloaded && offloaded && offloaded && prt == 80 && offloaded && offloaded && offloaded && offloaded &...",
                        "                                                                 ^^^");
    }

    @Test
    void fault_ofTextThatIsNotAscii_keepsTheMarksInPlace() {
        assertThat(fault("port == \u201c80\u201d \u0007&& prt == \u6f22").report())
                .isEqualTo("""
                column 9: '?' means nothing here; leave it out
                  port == ?80? ?&& prt == ?
                          ^
                column 12: '?' means nothing here; leave it out
                  port == ?80? ?&& prt == ?
                             ^
                column 14: '?' means nothing here; leave it out
                  port == ?80? ?&& prt == ?
                               ^
                column 18: 'prt' is no column; did you mean port?
                  port == ?80? ?&& prt == ?
                                   ^^^
                column 25: '?' means nothing here; leave it out
                  port == ?80? ?&& prt == ?
                                          ^""");
    }

    @Test
    void message_isOneLine_andCountsTheOthers() {
        assertThat(fault("port = 80 & byts > 1"))
                .hasMessage("column 6: '=' is no operator; write == (and 2 more)")
                .satisfies(e -> assertThat(e.faults()).hasSize(3));
    }

    @Test
    void faults_areNotMoreThanSomebodyReads() {
        assertThat(fault("x && ".repeat(100) + "x").faults()).hasSize(16);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "!(", "(true && ", "not (false or "})
    void nesting_isLimited(String open) throws FilterException {
        int closes = (int) open.chars().filter(c -> c == '(').count();
        String deepest = open.repeat(FlowFilter.MAX_DEPTH) + "true" + ")".repeat(closes * FlowFilter.MAX_DEPTH);
        assertThat(FlowFilter.compile(deepest)).isNotNull();
        assertThat(fault("(" + deepest + ")").faults())
                .extracting(FilterFault::message)
                .containsExactly("more than 64 parentheses are open; write fewer");
        assertThat(fault(open.repeat(1_000)).faults()).hasSize(1);
    }

    @Test
    void length_isLimited() throws FilterException {
        String longest = "!".repeat(FlowFilter.MAX_LENGTH - 4) + "true";
        assertThat(FlowFilter.compile(longest)).hasToString("true");
        assertThat(fault("!" + longest))
                .hasMessage("column 16385: the expression has 16385 characters; write at most 16384");
    }

    @Test
    void literal_thatIsTooLong_isNotReadAtAll() {
        String digits = "1".repeat(5_000);
        assertThat(fault("port in {"
                                + List.of(digits, digits + "s", digits + ".1.1.1", digits + ":/" + digits).stream()
                                        .collect(Collectors.joining(", "))
                                + "}")
                        .faults())
                .allMatch(fault -> fault.message().length() < 300);
    }

    private static FilterException fault(String expression) {
        return catchThrowableOfType(FilterException.class, () -> FlowFilter.compile(expression));
    }
}
