package dev.weir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code weir p4} as a person meets it, on the programs of examples/ above all. */
class P4CommandTest {
    private static final Path EXAMPLES = Path.of("..", "examples", "p4");
    private static final String TRACKER =
            EXAMPLES.resolve("flow-tracker/flow-tracker.p4").toString();

    @TempDir
    private Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int weir(String... words) {
        Streams streams = new Streams(out, new PrintStream(err, true, UTF_8), Terminal.NONE, new Interruption());
        return Main.run(List.of(words), streams);
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static Stream<Path> examples() throws IOException {
        try (Stream<Path> folders = Files.list(EXAMPLES)) {
            return folders
                    .filter(each -> Files.isDirectory(each) && !each.endsWith("include"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void example_isValid_andPassesItsTest_compiledAndInterpreted(Path example) {
        String name = example.getFileName().toString();
        String program = example.resolve(name + ".p4").toString();
        String test = example.resolve(name + ".stf").toString();
        assertThat(weir("p4", "check", program)).as(err.toString(UTF_8)).isZero();
        assertThat(weir("p4", "test", program, test)).as(err.toString(UTF_8)).isZero();
        assertThat(weir("p4", "test", "--interpret", program, test))
                .as(err.toString(UTF_8))
                .isZero();
        assertThat(err).hasToString("");
        assertThat(out.toString(UTF_8)).contains(program + ": valid\n").contains(test + ": passed: ");
        assertThat(example.resolve("README.md")).exists();
    }

    @Test
    void check_tellsAllFaults_withTheirPlaces() throws IOException {
        String program = file("faulty.p4", "const bit<8> a = b;\nconst bit<8> c = true;\n");
        assertThat(weir("p4", "check", program, TRACKER)).isEqualTo(1);
        assertThat(err.toString(UTF_8))
                .contains(program + ":1:18: error[")
                .contains(program + ":2:18: error[")
                .endsWith("weir: " + program + ": has 2 errors; correct them\n");
        assertThat(out).hasToString(TRACKER + ": valid\n");
    }

    @Test
    void includesAndDefines_areThoseOfTheOptions() throws IOException {
        Files.createDirectories(folder.resolve("lib"));
        file("lib/sizes.p4", "const bit<8> SIZE = WIDTH;\n");
        String program = file("main.p4", "#include <sizes.p4>\n#ifdef MORE\nconst bit<8> more = SIZE;\n#endif\n");
        String lib = folder.resolve("lib").toString();
        assertThat(weir("p4", "check", "-I", lib, "-D", "WIDTH=3", "-D", "MORE", program))
                .as(err.toString(UTF_8))
                .isZero();
        assertThat(weir("p4", "check", "-DWIDTH=3", program)).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("sizes.p4");
    }

    @Test
    void compile_printsTheForms() {
        assertThat(weir("p4", "compile", TRACKER)).isZero();
        assertThat(out.toString(UTF_8)).startsWith("program flow_tracker\n").contains("add_entry Track.seen()");
        assertThat(weir("p4", "compile", "--format", "introspection", TRACKER)).isZero();
        assertThat(out.toString(UTF_8)).contains("\"pipeline_name\": \"flow_tracker\"");
        assertThat(weir("p4", "compile", "--format", "template", TRACKER)).isZero();
        assertThat(out.toString(UTF_8)).contains("p4template create pipeline/flow_tracker numtables 1");
        assertThat(weir("p4", "compile", "--format", "purge", TRACKER)).isZero();
        assertThat(out.toString(UTF_8)).contains("p4template del pipeline/flow_tracker");
    }

    @Test
    void compile_ofALibrary_isRefused() {
        assertThat(weir("p4", "compile", EXAMPLES.resolve("include/ipv4.p4").toString()))
                .isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("there is no 'main'");
    }

    @Test
    void test_thatFails_showsWhere() throws IOException {
        String test = file("one.stf", "expect 3 00\n");
        assertThat(weir("p4", "test", TRACKER, test)).isEqualTo(1);
        assertThat(err.toString(UTF_8))
                .contains(test + ":1:1: error[stf-failed]: no such packet left by port 3")
                .endsWith("weir: " + test + ": failed: 1 difference\n");
    }

    /** What packets add stays only where the rules are PNA's and nothing but the table says when it ends. */
    @Test
    void rules_areThoseOfTheOption() throws IOException {
        String frame =
                "020000000002020000000001080045000028000000004006000" + "00a0000010a0000029c4000500000000000000000";
        String test = file(
                "two.stf",
                "packet 1 " + frame + "\nwait 20s\npacket 1 " + frame + "\nwait 20s\ncheck_size flows == 1\n");
        assertThat(weir("p4", "test", TRACKER, test)).as(err.toString(UTF_8)).isZero();
        assertThat(weir("p4", "test", "--rules", "pna", TRACKER, test)).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("it is 0, not == 1");
    }

    @Test
    void wrongUsage_isOneLine() throws IOException {
        assertThat(weir("p4", "test", TRACKER)).isEqualTo(2);
        assertThat(weir("p4", "nonsense")).isEqualTo(2);
        assertThat(weir("p4", "check", "nothing.p4")).isEqualTo(1);
        assertThat(err.toString(UTF_8).lines())
                .allMatch(line -> line.startsWith("weir: "))
                .hasSize(3);
    }
}
