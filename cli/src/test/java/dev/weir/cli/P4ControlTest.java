package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Verbs of {@code weir p4} that ask a daemon. */
@Timeout(60)
class P4ControlTest {
    private static final String TRACKER = "../examples/p4/flow-tracker/flow-tracker.p4";
    private static final String TABLE = "flow_tracker/table/Track/flows";
    private static final List<String> KEY = List.of(
            "port", "in", "src", "10.0.0.1", "dst", "10.0.0.2", "protocol", "6", "src_port", "4000", "dst_port", "80");

    @TempDir
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private DaemonRig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new DaemonRig(folder);
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    private CtlResult p4(String verb, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of("p4", verb, "--server", rig.place()));
        all.addAll(Arrays.asList(words));
        Streams streams =
                new Streams(out, new PrintStream(err, true, StandardCharsets.UTF_8), Terminal.NONE, new Interruption());
        int status = Main.run(all, streams);
        return new CtlResult(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private CtlResult entry(String verb, String... options) {
        List<String> words = new ArrayList<>(List.of(TABLE));
        words.addAll(KEY);
        words.addAll(Arrays.asList(options));
        return p4(verb, words.toArray(new String[0]));
    }

    @Test
    void program_isLoaded_listed_replaced_unloaded() {
        assertThat(p4("load", TRACKER))
                .isEqualTo(new CtlResult(0, "loaded flow_tracker(id 1): node flow_tracker\n", ""));
        assertThat(p4("load", "-D", "FLOWS=10", TRACKER).out())
                .isEqualTo("replaced flow_tracker(id 1): node flow_tracker\n");
        assertThat(p4("list").lines()).element(1).asString().contains("flow_tracker", "loaded", "Track/flows");
        assertThat(p4("list", "-j").out()).contains("\"program\":\"flow_tracker\"", "\"loaded\":true");
        assertThat(p4("unload", "flow_tracker").out()).isEqualTo("unloaded flow_tracker\n");
        assertThat(p4("unload", "flow_tracker").err())
                .isEqualTo("weir: there is no program 'flow_tracker'; load one\n");
    }

    @Test
    void faultsOfAProgram_areShown_asByCheck() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong.p4"), "const bit<8> a = b;\n");
        CtlResult loaded = p4("load", wrong.toString());
        assertThat(loaded.status()).isOne();
        assertThat(loaded.err())
                .contains("wrong.p4:1:18: error[", "const bit<8> a = b;\n                 ^\n")
                .endsWith("weir: " + wrong + ": has 1 error; correct it\n");
    }

    @Test
    void entry_isCreated_shown_changed_deleted() {
        p4("load", TRACKER);
        assertThat(entry("create", "action", "seen")).isEqualTo(new CtlResult(0, "", ""));
        assertThat(entry("get").lines())
                .contains("pipeline:  flow_tracker(id 1)", "    created by: tc (id 2)", "    dynamic false")
                .anyMatch(line -> line.strip().equals("dst_port id:6 size:16b type:be16 exact fieldval  80/0xffff"));
        assertThat(p4("get", "-j", TABLE).out())
                .startsWith("[{\"pname\":\"flow_tracker\",\"pipeid\":1},{\"entries\":[{")
                .contains("\"fieldval\":\"10.0.0.1/32\"", "\"dynamic\":\"false\"");
        assertThat(p4("get", TABLE, "filter", "key.dst_port = 81").lines()).hasSize(1);
        assertThat(p4("get", TABLE, "filter", "key.dst_port = 80").lines()).hasSizeGreaterThan(5);
        assertThat(entry("update", "dynamic", "profile_id", "2").status()).isZero();
        assertThat(entry("get").lines()).contains("    table aging 90000");
        assertThat(entry("delete").status()).isZero();
        assertThat(entry("get").status()).isOne();
        assertThat(entry("delete").err()).startsWith("weir: ").contains("is not there");
    }

    @Test
    void table_isChanged() {
        p4("load", TRACKER);
        assertThat(p4("update", TABLE, "tbl_attrs", "timer_profile", "id", "1", "aging", "2000")
                        .status())
                .isZero();
        entry("create", "dynamic", "aging", "2000", "action", "seen");
        assertThat(entry("get").lines()).contains("    table aging 2000");
        assertThat(p4("update", TABLE, "tbl_attrs", "tbl_permissions", "0x3da4").status())
                .isOne();
        assertThat(p4("delete", TABLE).status()).isZero();
        assertThat(p4("update", TABLE, "tbl_attrs", "tbl_permissions", "0x3da4").status())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            get flow_tracker/table/Track/routes     | 2 | routes
            get flow_tracker/table/Track/flows up 1 | 2 | up
            get other/table/Track/flows             | 1 | there is no program 'other'; there are flow_tracker
            mon nothing                             | 2 | there is no such monitor; give events or digest
            mon events flow_tracker/table/x         | 2 | x
            """)
    void wordThatIsWrong_isShown(String words, int status, String message) {
        p4("load", TRACKER);
        String[] split = words.split(" ", -1);
        CtlResult result = p4(split[0], Arrays.copyOfRange(split, 1, split.length));
        assertThat(result.err()).startsWith("weir: ").contains(message);
        assertThat(result.status()).isEqualTo(status);
    }

    @Test
    void path_tellsWhatCanBeWritten() {
        p4("load", TRACKER);
        assertThat(p4("get", TABLE, "help").out()).contains("src_port", "be16");
    }

    @Test
    void templates_sayWhatAProgramBeginsWith() throws IOException {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        Streams streams = new Streams(
                script,
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                Terminal.NONE,
                new Interruption());
        assertThat(Main.run(List.of("p4", "compile", "--format", "template", TRACKER), streams))
                .isZero();
        String text = script.toString(StandardCharsets.UTF_8).replace("tentries 65536", "tentries 77");
        Path file = Files.writeString(folder.resolve("flow_tracker.template"), text);
        assertThat(p4("template", "-f", file.toString())).isEqualTo(new CtlResult(0, "", ""));
        assertThat(p4("template", "get").out()).contains("flow_tracker");
        p4("load", TRACKER);
        assertThat(p4("get", TABLE, "help").status()).isZero();
        assertThat(p4("template", "create", "pipeline/flow_tracker", "numtables", "1")
                        .status())
                .isEqualTo(2);
        assertThat(p4("template", "del", "pipeline/flow_tracker").status()).isZero();
        assertThat(p4("template", "get", "pipeline/flow_tracker").status()).isEqualTo(2);
    }
}
