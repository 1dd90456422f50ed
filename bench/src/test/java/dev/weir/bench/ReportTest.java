package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bench.Figure.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Machine MACHINE = new Machine("A \"fast\" one", 2, 2.5, "Linux", "JDK", 1024, "abc");

    @Test
    void figure_median_isTheMiddleOfTheRounds() {
        assertThat(Figure.median(new double[] {9, 1, 5})).isEqualTo(5);
        assertThat(Figure.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    }

    @Test
    void figure_row_namesTargetRatioAndSpread() {
        assertThat(Figure.of("hit", "clocks", new double[] {80, 77, 90}, Target.atMost(70))
                        .row())
                .isEqualTo(List.of("hit", "80 clocks", "at most 70", "1.14 missed", "77 to 90"));
        assertThat(Figure.of("rate", "M", new double[] {12, 11.5, 12.5}, Target.atLeast(8))
                        .row())
                .isEqualTo(List.of("rate", "12 M", "at least 8", "1.50 met", "11.5 to 12.5"));
        assertThat(Figure.of("allocated", "B", 0, Target.atMost(0)).row())
                .isEqualTo(List.of("allocated", "0 B", "at most 0", "met", ""));
    }

    @Test
    void json_ofFigures_hasMachineConditionsAndRounds(@TempDir Path folder) throws IOException {
        var report = new Report("table", MACHINE);
        report.condition("traffic", "line\nbreak");
        report.add(Figure.of("hit", "ns", new double[] {2, 1, 3}, Target.atMost(1)));
        Path file = folder.resolve("results/one.json");
        report.write(file);
        assertThat(Files.readString(file))
                .contains(
                        "\"bench\": \"table\"", "\"cpu\": \"A \\\"fast\\\" one\"", "\"traffic\": \"line\\u000abreak\"")
                .contains(
                        "\"rounds\": [2.0, 1.0, 3.0]", "\"median\": 2.0", "\"target_at_most\": 1.0", "\"met\": false");
    }

    @Test
    void json_ofWhatHasNoNumber_isNull() {
        assertThat(Json.text(Map.of("tsc_ghz", Double.NaN))).isEqualTo("{\n  \"tsc_ghz\": null\n}\n");
        assertThat(Json.text(List.of())).isEqualTo("[]\n");
    }

    @Test
    void table_printed_alignsItsColumns() {
        var report = new Report("table", MACHINE);
        report.add(Figure.of("short", "ns", 1, null));
        report.add(Figure.of("rather long", "clocks", 1234, null));
        var octets = new ByteArrayOutputStream();
        report.print(new PrintStream(octets, true, StandardCharsets.UTF_8));
        List<String> lines = octets.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(2)).isEqualTo("short                1 ns");
        assertThat(lines.get(3)).isEqualTo("rather long  1,234 clocks");
    }
}
