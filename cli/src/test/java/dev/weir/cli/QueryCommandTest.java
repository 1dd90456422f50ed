package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code weir query} answers over each kind of source, and what it refuses. */
@Timeout(120)
class QueryCommandTest {
    private static final Path SAMPLES = Path.of("../samples");
    private static final String WEB = SAMPLES.resolve("web.pcap").toString();

    @TempDir
    private Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();

    private int run(String... args) {
        out.reset();
        err.reset();
        PrintStream told = new PrintStream(err, true, StandardCharsets.UTF_8);
        return Main.run(List.of(args), new Streams(out, told, Terminal.NONE, new Interruption()));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void query_overEachKindOfSource_givesTheSame() throws IOException {
        String sql = "FROM flows ORDER BY flow_id";
        assertThat(run("query", sql, WEB)).as(err()).isZero();
        String expected = out();
        assertThat(expected.lines().count()).isGreaterThan(10);
        for (String suffix : List.of("csv", "jsonl", "parquet", "duckdb")) {
            String written = file("web." + suffix);
            assertThat(run("track", WEB, "-w", written)).as(err()).isZero();
            assertThat(run("query", sql, written)).as(suffix + err()).isZero();
            assertThat(out()).as(suffix).isEqualTo(expected);
        }
        assertThat(run("query", "SELECT count(*) AS n, count(DISTINCT flow_id) AS ids FROM flows", folder.toString()))
                .isZero();
        long flows = expected.lines().count() - 1;
        assertThat(out()).as("the four files of the folder").isEqualTo("n,ids\n" + 4 * flows + "," + flows + "\n");
        assertThat(run("query", "SELECT count(*) FROM flows", file("web.csv"), WEB))
                .isZero();
        assertThat(out()).endsWith("\n" + 2 * flows + "\n");
    }

    @Test
    void query_ofEvents_hasTheirColumns() {
        for (String suffix : List.of("csv", "jsonl", "parquet")) {
            assertThat(run("track", WEB, "--events", "-w", file("web." + suffix)))
                    .isZero();
            assertThat(run(
                            "query",
                            "SELECT event, count(*) AS n, min(time) = min(start_time) AS first FROM flows GROUP BY ALL ORDER BY ALL",
                            file("web." + suffix)))
                    .as(suffix + err())
                    .isZero();
            assertThat(out()).as(suffix).matches("event,n,first\ncreated,(\\d+),true\nended,\\1,false\n");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        SELEC 1                          | weir: line 1, column 1: syntax error at or near "SELEC"
        SELECT 1 FROM flows WHERE x = 1  | weir: line 1, column 27: Referenced column "x" not found
        SELECT * FROM other              | weir: line 1, column 15: Table with name other does not exist!
        SELECT src_addr::INT FROM flows  | weir: line 1, column 16: Could not convert string
        DELETE FROM flows                | weir: only statements that read are run
        COPY flows TO 'x.csv'            | weir: only statements that read are run
        ATTACH 'x.duckdb'                | weir: only statements that read are run
        SET memory_limit = '9GB'         | weir: only statements that read are run
        SELECT 1; SELECT 2               | weir: more than one statement; give one
        ''                               | weir: the statement is empty
        FROM read_text('/etc/passwd')    | weir: line 1, column 6: Cannot access file "/etc/passwd"
        FROM 'https://example.org/x.csv' | weir:
        FROM glob('/*')                  | weir:
        """)
    void query_thatIsWrong_isToldInOneLine(String sql, String line) {
        assertThat(run("query", sql, WEB)).as(err()).isEqualTo(1);
        assertThat(err()).startsWith(line).hasLineCount(1);
        assertThat(out()).isEmpty();
    }

    @Test
    void query_withoutFlowsOrWithWrongOptions_isWrongUsage() {
        List<List<String>> cases = List.of(
                List.of("query", "SELECT 1"),
                List.of("query"),
                List.of("query", "SELECT 1", WEB, "--server", "unix:/nowhere"),
                List.of("query", "SELECT 1", WEB, "--for", "1s"),
                List.of("query", "FROM ended", "--server", "unix:/nowhere"),
                List.of("query", "SELECT 1", WEB, "--format", "parquet"));
        for (List<String> words : cases) {
            assertThat(run(words.toArray(new String[0]))).as(words + err()).isEqualTo(2);
            assertThat(err()).startsWith("weir: ").hasLineCount(1);
        }
    }

    @Test
    void query_ofWhatHoldsNoRecords_namesTheFile() throws IOException {
        Files.writeString(folder.resolve("notes.csv"), "a,b\n1,2\n");
        Files.writeString(folder.resolve("notes.parquet"), "not parquet at all");
        Files.writeString(
                folder.resolve("notes.duckdb"),
                "not a database at all, but long enough for a header of one, which has some kilobytes");
        List<String> names = List.of("notes.csv", "notes.parquet", "notes.duckdb", "missing.parquet", "missing.pcap");
        for (String name : names) {
            assertThat(run("query", "SELECT 1 FROM flows", file(name))).as(name).isEqualTo(1);
            assertThat(err()).contains(name).hasLineCount(1);
        }
    }

    @Test
    void query_ofADamagedCapture_answersAndSaysWhere() throws IOException {
        byte[] whole = Files.readAllBytes(Path.of(WEB));
        Path cut = Files.write(folder.resolve("cut.pcap"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThat(run("query", "SELECT count(*) > 0 AS some FROM flows", cut.toString()))
                .isEqualTo(1);
        assertThat(out()).isEqualTo("some\ntrue\n");
        assertThat(err())
                .contains("cut.pcap")
                .contains("the flows up to there are queried")
                .hasLineCount(1);
    }

    @Test
    void answers_inEachFormat_keepTypesAndQuoteWhatMustBe() {
        String sql =
                "SELECT 1 AS n, 'a,\"b' AS t, NULL AS none, true AS yes, 1.5::DECIMAL(3,2) AS d, TIMESTAMP_NS '2026-11-21 08:00:00.000000001' AS at, [1, 2] AS l, 'NaN'::DOUBLE AS x";
        assertThat(run("query", sql, WEB, "--format", "csv")).as(err()).isZero();
        assertThat(out())
                .isEqualTo(
                        "n,t,none,yes,d,at,l,x\n1,\"a,\"\"b\",,true,1.50,2026-11-21T08:00:00.000000001Z,\"[1, 2]\",\n");
        assertThat(run("query", sql, WEB, "--format", "json")).isZero();
        assertThat(out())
                .isEqualTo(
                        "{\"n\":1,\"t\":\"a,\\\"b\",\"none\":null,\"yes\":true,\"d\":1.50,\"at\":\"2026-11-21T08:00:00.000000001Z\",\"l\":\"[1, 2]\",\"x\":null}\n");
        assertThat(run(
                        "query",
                        "SELECT 'ab' AS text, 1 AS number UNION ALL SELECT NULL, 200",
                        WEB,
                        "--format",
                        "table"))
                .isZero();
        assertThat(out()).isEqualTo("text  number\nab         1\nNULL     200\n");
    }

    @Test
    void query_ofARunningDaemon_hasItsTables() throws Exception {
        try (DaemonRig rig = new DaemonRig(folder, "left", "right")) {
            List<String> said = new ArrayList<>();
            for (String sql : List.of(
                    "SELECT count(*) > 10 AS n, count(lifetime) > 10 AS lifetimes, count(DISTINCT infos) AS infos FROM flows",
                    "SELECT count(*) > 5 AS some, count(*) FILTER (name = 'CREATED') AS created FROM counters",
                    "SELECT count(*) AS n FROM ended, events, flows")) {
                assertThat(run("query", sql, "--server", rig.place(), "--for", "300ms"))
                        .as(sql + err())
                        .isZero();
                said.add(out());
            }
            assertThat(said).containsExactly("n,lifetimes,infos\ntrue,true,1\n", "some,created\ntrue,1\n", "n\n0\n");
        }
    }

    @Test
    void query_whileFlowsEnd_hasEachOnce_fromTheDaemonsFirstAnswerOn() throws Exception {
        String sql = "SELECT (SELECT count(*) FROM ended WHERE end_reason = 'deleted') AS ended,"
                + " (SELECT count(DISTINCT flow_id) FROM events WHERE event = 'ended' AND author = 'control') AS events";
        try (DaemonRig rig = new DaemonRig(folder)) {
            CompletableFuture<Integer> query =
                    CompletableFuture.supplyAsync(() -> run("query", sql, "--server", rig.place(), "--for", "4s"));
            while (!err().contains("weir: collecting what happens for 4.0 s") && !query.isDone()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            assertThat(query).as(err()).isNotDone();
            assertThat(CtlResult.of(new Interruption(), rig.place(), "purge", "--all")
                            .out())
                    .startsWith("17 flows ended");
            assertThat(query.get()).as(err()).isZero();
        }
        assertThat(out()).isEqualTo("ended,events\n17,17\n");
    }
}
