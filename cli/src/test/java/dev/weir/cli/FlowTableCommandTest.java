package dev.weir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.check.Fault;
import dev.weir.offload.dataplane.StandardModel;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.loopback.LoopbackDriver;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Model;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code weir flow-table} as a person meets it. */
@Timeout(60)
class FlowTableCommandTest {
    @TempDir
    private static Path folder = Path.of("");

    private static DaemonRig daemon;

    private final Interruption interruption = new Interruption();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void startDaemon() throws IOException {
        daemon = new DaemonRig(folder);
    }

    @AfterAll
    static void closeDaemon() throws IOException {
        daemon.close();
    }

    private int weir(String... words) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of("flow-table"));
        all.addAll(List.of(words));
        Streams streams = new Streams(out, new PrintStream(err, true, UTF_8), Terminal.NONE, interruption);
        return Main.run(all, streams);
    }

    private int asked(String verb, String... words) {
        List<String> all = new ArrayList<>(List.of(verb, "--server", daemon.place()));
        all.addAll(List.of(words));
        return weir(all.toArray(String[]::new));
    }

    private static String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static String drops(long... uids) {
        List<String> flows = new ArrayList<>();
        for (long uid : uids) {
            flows.add("""
                    {"flow": {"table": 2, "uid": %d, "priority": 5, "matches": [{"field_ref": {"instance": 4, "header": 4,
                      "field": 1, "mask_type": 1, "type": 3, "value": [0, 0, 0, %d]}}], "actions": []}}
                    """.formatted(uid, uid));
        }
        return "{\"flows\": [" + String.join(", ", flows) + "]}";
    }

    @ParameterizedTest
    @CsvSource({
        "get-tables, tables",
        "get-headers, headers",
        "get-actions, actions",
        "get-header-graph, header_graph",
        "get-table-graph, table_graph"
    })
    void partsOfTheModel_arePrintedAsDocuments(String verb, String key) throws Exception {
        assertThat(asked(verb, "sim0")).as(err.toString(UTF_8)).isZero();
        assertThat(out.toString(UTF_8)).startsWith("{\n  \"" + key + "\": [");
        assertThat(JsonDocuments.read(out.toByteArray())).isNotInstanceOf(Document.Flows.class);
    }

    @Test
    void flows_areSetReadChangedAndDeleted() throws Exception {
        assertThat(asked("set-flows", "sim0", file("flows.json", drops(1, 2, 3))))
                .as(err.toString(UTF_8))
                .isZero();
        assertThat(out).hasToString("");
        assertThat(asked("get-flows", "sim0", "2", "5", "5")).isZero();
        String read = out.toString(UTF_8);
        assertThat(((Document.Flows) JsonDocuments.read(read)).items()).hasSize(3);
        assertThat(asked("get-flows", "sim0", "2", "6")).isZero();
        assertThat(((Document.Flows) JsonDocuments.read(out.toByteArray())).items())
                .isEmpty();
        assertThat(asked("mod-flows", "sim0", file("flow.json", drops(2)))).isZero();
        assertThat(asked("del-flows", "sim0", file("read.json", read)))
                .as("what get-flows prints, del-flows takes: %s", err.toString(UTF_8))
                .isZero();
        assertThat(asked("get-flows", "sim0")).isZero();
        assertThat(out).hasToString("{\n  \"flows\": []\n}\n");
    }

    @Test
    void refusedFlows_areToldWithWhy() throws Exception {
        String both = file("both.json", drops(7, 8));
        assertThat(asked("set-flows", "sim0", file("seven.json", drops(7)))).isZero();
        assertThat(asked("set-flows", "--errors", "continue-log", "sim0", both)).isEqualTo(1);
        assertThat(((Document.Flows) JsonDocuments.read(out.toByteArray())).items())
                .singleElement()
                .satisfies(flow -> assertThat(flow.refusal()).isNotNull());
        assertThat(err.toString(UTF_8))
                .startsWith("weir: " + both + ": a flow was refused: duplicate-uid: table 2 (forward), flow 7: ");
        assertThat(asked("set-flows", "--errors", "continue", "sim0", both)).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("2 flows were refused; --errors continue-log tells why");
        assertThat(asked("del-flows", "--select", "covered", "sim0", both)).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            get-tables                            | 2 | INTERFACE
            get-tables eth9                       | 1 | interface 'eth9': there is no such interface; give a driver, as one of [sim0]
            get-flows sim0 x                      | 2 | TABLE: 'x' is no number of 32 bits
            get-flows sim0 2 9 3                  | 2 | min_priority
            get-flows sim0 9                      | 1 | unknown-table: table 9
            set-flows sim0                        | 2 | WORDS
            set-flows sim0 /nowhere.json          | 1 | /nowhere.json: no such file
            set-flows --errors never sim0 f.json  | 2 | --errors: 'never' is none of its words; give one of [abort, continue
            """)
    void whatCannotBe_isToldInALine(String words, int status, String message) {
        List<String> all = List.of(words.split(" +", -1));
        assertThat(asked(all.getFirst(), all.subList(1, all.size()).toArray(String[]::new)))
                .isEqualTo(status);
        assertThat(err.toString(UTF_8)).contains(message);
    }

    @Test
    void aDocumentThatCannotBe_isToldWithItsPlace() throws Exception {
        String file = file("wrong.json", "{\"flows\": [{\"flow\": {\"table\": \"two\"}}]}");
        assertThat(asked("set-flows", "sim0", file)).isEqualTo(1);
        assertThat(err.toString(UTF_8)).startsWith("weir: " + file + ": $.flows[0].flow.table: ");
    }

    @Test
    void drivers_areListed() {
        assertThat(asked("drivers")).isZero();
        assertThat(out.toString(UTF_8)).contains("sim0", "memory", "yes");
    }

    private static void await(LoopbackDriver driver) throws InterruptedException {
        while (!driver.isReady()) Thread.sleep(5);
    }

    /** The backend of a loopback driver, with a model of files, in this process; it ends as on SIGTERM. */
    @Test
    void backend_carriesFlowsInMemoryUntilItIsAskedToEnd() throws Exception {
        Model model = StandardModel.model();
        String socket = folder.resolve("unft0").toString();
        List<String> words = new ArrayList<>(List.of("backend", "--socket", socket, "--interface", "3,4"));
        words.addAll(List.of("--tables", file("t.json", JsonDocuments.write(new Document.Tables(model.tables())))));
        words.addAll(List.of("--headers", file("h.json", JsonDocuments.write(new Document.Headers(model.headers())))));
        words.addAll(List.of("--actions", file("a.json", JsonDocuments.write(new Document.Actions(model.actions())))));
        words.addAll(List.of(
                "--header-graph", file("hg.json", JsonDocuments.write(new Document.HeaderGraph(model.headerGraph())))));
        words.addAll(List.of(
                "--table-graph", file("tg.json", JsonDocuments.write(new Document.TableGraph(model.tableGraph())))));
        try (LoopbackDriver driver = LoopbackDriver.open(Path.of(socket), Duration.ofSeconds(5))) {
            int[] status = {-1};
            Thread backend = Thread.ofPlatform().start(() -> status[0] = weir(words.toArray(String[]::new)));
            await(driver);
            assertThat(driver.interfaces()).containsExactlyInAnyOrder(3L, 4L);
            assertThat(driver.model(4).get()).isEqualTo(model);
            interruption.request();
            backend.join();
            assertThat(status[0]).as(err.toString(UTF_8)).isZero();
            assertThat(err.toString(UTF_8)).contains("running: memory, interfaces [3, 4]");
            while (driver.isReady()) Thread.sleep(5);
            assertThat(driver.model(4))
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining(Fault.BACKEND_GONE.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            backend                                          | 2 | --socket: is missing
            backend --socket s                               | 2 | --tables, --headers, --actions, --header-graph, --table-graph: missing
            backend --socket s --interface 0                 | 2 | --interface: '0' is no number; give 1 to 4294967295
            backend --socket s --workers 2                   | 2 | --workers: there are no packets without ports
            backend --socket s --ports a --interface 1,2     | 1 | --interface: a data plane is one interface
            backend --socket s --ports weir-none0            | 1 | weir-none0
            """)
    void backend_tellsWhatCannotBe(String words, int status, String message) {
        assertThat(weir(words.split(" +", -1))).isEqualTo(status);
        assertThat(err.toString(UTF_8)).contains(message);
    }
}
