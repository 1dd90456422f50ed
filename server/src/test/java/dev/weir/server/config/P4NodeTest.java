package dev.weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.Rules;
import dev.weir.server.config.ConfigurationFile.Invalid;
import dev.weir.server.config.ConfigurationFile.Valid;
import dev.weir.server.programs.ProgramNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A program in P4 as a node of the configuration. */
class P4NodeTest {
    private static final Path EXAMPLES = Path.of("..", "examples", "p4").toAbsolutePath();

    @TempDir
    private Path folder = Path.of("");

    private static ConfigurationFile read(String options) {
        String file = """
                ports:
                  left: {interface: eth0}
                  right: {interface: eth1}
                nodes:
                  program: {type: p4, %s}
                """.formatted(options);
        return ConfigurationFile.read(file.getBytes(StandardCharsets.UTF_8));
    }

    private static ProgramNode node(String options) {
        ConfigurationFile read = read(options);
        assertThat(read).as("%s", read).isInstanceOf(Valid.class);
        return (ProgramNode)
                ((Valid) read).configuration().graph().nodes().getFirst().config();
    }

    private static ProgramImage image(ProgramNode node) {
        return Objects.requireNonNull(node.image());
    }

    private static String faults(String options) {
        ConfigurationFile read = read(options);
        assertThat(read).isInstanceOf(Invalid.class);
        return ((Invalid) read).faults().stream().map(Fault::toString).collect(Collectors.joining("\n"));
    }

    private static String example(String name) {
        return "program: \"" + EXAMPLES.resolve(name).resolve(name + ".p4") + "\"";
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void program_hasItsRulesSizesAndSessions() {
        ProgramNode tracker = node(
                example("flow-tracker") + ", define: [FLOWS=1000], mirror-sessions: {3: {port: right, truncate: 96}}");
        assertThat(image(tracker).pipeline().tables().getFirst().size()).isEqualTo(1000);
        assertThat(image(tracker).rules()).isEqualTo(Rules.P4TC);
        assertThat(tracker.sessions())
                .containsEntry(3, new MirrorSession("right", new MirrorCopy(Contents.PRE_MODIFY, 96, 1)));
        assertThat(image(node(example("flow-tracker") + ", rules: pna")).rules())
                .isEqualTo(Rules.PNA);
    }

    @Test
    void nodeWithoutAProgram_hasNone_andNothingElseOfOne() {
        assertThat(node("mirror-sessions: {3: {port: right}}"))
                .isEqualTo(new ProgramNode(null, Map.of(3, MirrorSession.to("right"))));
        assertThat(node("host-ports: [right]")).isEqualTo(new ProgramNode(null, Map.of(), List.of("right")));
        assertThat(faults("host-ports: [middle]")).contains("middle");
        assertThat(faults("rules: pna")).contains("there is no program that it could be about");
    }

    @Test
    void entries_areThoseThatItBeginsWith() throws IOException {
        String entries = file("sources.stf", "# known\nadd sources src:0x0a000001 send(port:1, dst:1, src:2)\n");
        ProgramNode redirect = node(example("l2-redirect") + ", entries: \"" + entries + "\"");
        assertThat(image(redirect).pipeline().tables().getFirst().entries()).hasSize(1);
    }

    @Test
    void program_thatHasNotChanged_isTheSameNode() throws IOException {
        String program = file("main.p4", Files.readString(EXAMPLES.resolve("calculator/calculator.p4")));
        ProgramNode first = node("program: \"" + program + "\"");
        file("main.p4", "// the same\n" + Files.readString(EXAMPLES.resolve("calculator/calculator.p4")));
        assertThat(node("program: \"" + program + "\"")).isEqualTo(first);
        file("main.p4", Files.readString(EXAMPLES.resolve("arp-responder/arp-responder.p4")));
        assertThat(node("program: \"" + program + "\"")).isNotEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "const bit<8> a = b;    | has 1 error, the first at main.p4:1:18: ",
                "const bit<8> a = 1;    | there is no 'main'",
            })
    void faultOfTheProgram_isToldInALine(String text, String message) throws IOException {
        String program = file("main.p4", text);
        assertThat(faults("program: \"" + program + "\"").replace(program, "main.p4"))
                .contains(message)
                .contains("see weir p4 check main.p4")
                .hasLineCount(1);
    }

    @Test
    void faultsOfWhatIsBesideIt_areTold() throws IOException {
        assertThat(faults("program: nothing.p4")).contains("cannot be read: no file: nothing.p4");
        String entries = file("wrong.stf", "add sources src:1 go()\nwait 3s\n");
        assertThat(faults(example("l2-redirect") + ", entries: \"" + entries + "\""))
                .contains("has 2 errors, the first at " + entries + ":1:")
                .contains("no action 'go'");
        assertThat(faults(example("l2-redirect") + ", mirror-sessions: {one: {port: left}}"))
                .contains("'one' is no number of a session");
        assertThat(faults(example("l2-redirect") + ", mirror-sessions: {1: {port: middle}}"))
                .contains("middle");
    }
}
