package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Parquet and DuckDB files, one of them left by a writer that was killed, in DuckDB's own shell, the one for browsers: SQL is typed at its prompt in a browser
 * ({@code testing/readers/shell}), and what it prints is what {@code weir query} says of the CSV. Skipped where there is no browser or the readers' packages were not
 * installed.
 */
@Timeout(300)
class ShellReaderTest {
    private static final Path READERS = Path.of("../testing/readers"), SAMPLES = Path.of("../samples");
    private static final int FLOWS = 150_000;
    /** The writer is killed when its file has so many octets: a group of records, or more. */
    private static final long BEGUN = 131_072;

    private static final String COUNT = "SELECT count(*) AS records FROM TABLE";
    private static final List<String> OF_FLOWS = List.of(
            COUNT,
            "SELECT sum(fwd_packets + rev_packets)::BIGINT AS packets, sum(fwd_bytes + rev_bytes)::BIGINT AS octets FROM TABLE",
            "SELECT protocol, count(*) AS flows, sum(fwd_bytes)::BIGINT AS sent, sum(rev_frame_bytes)::BIGINT AS back,"
                    + " max(duration)::VARCHAR AS longest FROM TABLE GROUP BY protocol ORDER BY protocol",
            "SELECT flow_id, src_addr, src_port, dst_addr, dst_port, tcp_state, end_reason"
                    + " FROM TABLE ORDER BY flow_id LIMIT 40");
    /** Of times in whole microseconds: versions of DuckDB round others in different ways. */
    private static final String TIMES =
            "SELECT flow_id, epoch_us(start_time::TIMESTAMP) AS begun, epoch_us(end_time::TIMESTAMP) AS last FROM TABLE"
                    + " ORDER BY flow_id LIMIT 40";

    private static final List<String> OF_FLOWS_WITH_TIMES =
            Stream.concat(OF_FLOWS.stream(), Stream.of(TIMES)).toList();
    private static final List<String> OF_EVENTS = List.of(
            COUNT,
            "SELECT event, author, count(*) AS events, sum(fwd_bytes)::BIGINT AS sent FROM TABLE GROUP BY event, author ORDER BY event, author",
            "SELECT epoch_us(time::TIMESTAMP) AS at, event, flow_id FROM TABLE ORDER BY flow_id, event LIMIT 40");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void files_inDuckDbsShell_answerAsTheCsvDoes() throws Exception {
        assumeTrue(
                Files.isDirectory(READERS.resolve("node_modules/@duckdb/duckdb-wasm-shell")),
                "the shell is not there: run npm install in testing/readers, as ./check does");
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":", -1))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, "chromium"))),
                "there is no Chromium: install chromium, as ./check does");
        Map<String, List<String>> questions = new LinkedHashMap<>();
        for (String suffix : List.of("csv", "parquet", "duckdb")) {
            track("web.pcap", "flows-web." + suffix);
            track("tunnel.pcap", "flows-tunnel." + suffix);
            track("web.pcap", "events-web." + suffix, "--events");
            if (!suffix.equals("csv")) {
                questions.put("flows-web." + suffix, OF_FLOWS_WITH_TIMES);
                questions.put("flows-tunnel." + suffix, OF_FLOWS);
                questions.put("events-web." + suffix, OF_EVENTS);
            }
        }
        trackUntilKilled();
        questions.put("killed.parquet", OF_FLOWS_WITH_TIMES);
        for (Map.Entry<String, List<String>> each : questions.entrySet()) {
            ask(each.getKey(), each.getValue());
        }
        type();
        takeAsManyAsTheKilledWriterHad();
        for (Map.Entry<String, List<String>> each : questions.entrySet()) {
            String name = each.getKey(), csv = name.substring(0, name.lastIndexOf('.')) + ".csv";
            assertThat(Files.readString(folder.resolve(name + ".shell")))
                    .as(name)
                    .isEqualTo(answers(csv, each.getValue()));
        }
    }

    private static String weir(String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        PrintStream told = new PrintStream(err, true, StandardCharsets.UTF_8);
        int status = Main.run(List.of(words), new Streams(out, told, Terminal.NONE, new Interruption()));
        assertThat(status).as(err.toString(StandardCharsets.UTF_8)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private void track(String capture, String name, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "track",
                SAMPLES.resolve(capture).toString(),
                "-w",
                folder.resolve(name).toString()));
        words.addAll(List.of(more));
        weir(words.toArray(String[]::new));
    }

    /** Writes {@code killed.parquet} from a pipe that does not end, and is killed when a group is there; {@code all.csv} has the records of the whole. */
    private void trackUntilKilled() throws Exception {
        Path capture = folder.resolve("many.pcap"), file = folder.resolve("killed.parquet");
        CaptureBytes.writeManyFlows(capture, FLOWS);
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "track",
                        "-",
                        "--idle-timeout",
                        "1s",
                        "-w",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("killed.log").toFile())
                .start();
        try (OutputStream in = writer.getOutputStream()) {
            Files.copy(capture, in);
            in.flush();
            while (!Files.exists(file) || Files.size(file) < BEGUN) {
                assertThat(writer.isAlive())
                        .as(Files.readString(folder.resolve("killed.log")))
                        .isTrue();
                Thread.sleep(20);
            }
            writer.destroyForcibly().waitFor();
        }
        weir(
                "track",
                capture.toString(),
                "--idle-timeout",
                "1s",
                "-w",
                folder.resolve("all.csv").toString());
    }

    /** Makes {@code killed.csv}: as many of all records as the shell has counted in the file of the killed writer. */
    private void takeAsManyAsTheKilledWriterHad() throws IOException {
        long count = Files.readString(folder.resolve("killed.parquet.shell"))
                .lines()
                .skip(1)
                .findFirst()
                .map(Long::parseLong)
                .orElseThrow();
        assertThat(count).isBetween(1L, FLOWS - 1L);
        try (Stream<String> lines = Files.lines(folder.resolve("all.csv"))) {
            Files.write(folder.resolve("killed.csv"), lines.limit(1 + count).toList());
        }
    }

    private static String sql(String question, String table) {
        return question.replace("TABLE", table);
    }

    /** What is to be typed about a file. */
    private void ask(String name, List<String> questions) throws IOException {
        String table = name.endsWith(".parquet") ? "'" + name + "'" : name.startsWith("events") ? "events" : "flows";
        Files.write(
                folder.resolve(name + ".sql"),
                questions.stream().map(each -> sql(each, table) + ";").toList());
    }

    private String answers(String csv, List<String> questions) {
        var all = new StringBuilder();
        for (String each : questions) {
            all.append(weir("query", sql(each, "flows"), folder.resolve(csv).toString()))
                    .append('\n');
        }
        return all.toString();
    }

    private void type() throws IOException, InterruptedException {
        Path log = folder.resolve("shell.log");
        Process node = new ProcessBuilder(
                        "node", "shell/shell.mjs", folder.toAbsolutePath().toString())
                .directory(READERS.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(node.waitFor()).as(Files.readString(log)).isZero();
        } finally {
            node.destroy();
        }
    }
}
