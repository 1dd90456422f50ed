package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code --features} as a script meets it, and every value of every capture against a program in Python, written from the
 * documentation, with a reader of captures of its own.
 */
class FeaturesTest {
    private static final Path SAMPLES = Path.of("../samples"), CAPTURES = Path.of("../../shared/captures");
    private static final Path PROGRAM = Path.of("src/test/resources/features/features.py");
    private static final String NEVER = "never";

    private static @Nullable Process program;

    @TempDir
    private Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();

    static Stream<Arguments> captures() throws IOException {
        var all = new ArrayList<Path>();
        for (Path place : List.of(SAMPLES, CAPTURES)) {
            if (Files.isDirectory(place)) {
                try (Stream<Path> files = Files.list(place)) {
                    files.filter(f -> f.toString().matches(".*\\.(pcap|pcapng|cap)"))
                            .sorted()
                            .forEach(all::add);
                }
            }
        }
        return all.stream().map(file -> Arguments.of(file.getFileName().toString(), file));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void features_ofACapture_areWhatAnotherProgramMakesOfIt(String name, Path capture) throws Exception {
        agree(capture, NEVER, NEVER, 10);
        agree(capture, "1.5", "0.25", 255);
    }

    /** The check can fail: pieces are not the flows that the program makes without a timeout. */
    @Test
    void features_ofOtherFlows_areNoticed() throws Exception {
        track(SAMPLES.resolve("web.pcap"), NEVER, "0.25", 10);
        assertThat(compare(SAMPLES.resolve("web.pcap"), NEVER, NEVER, 10))
                .contains("no such flow")
                .doesNotContain(" 0 differ");
    }

    private void agree(Path capture, String idle, String active, int first) throws Exception {
        track(capture, idle, active, first);
        assertThat(compare(capture, idle, active, first))
                .endsWith(" 0 differ\n")
                .contains(" 101 columns, ");
    }

    private void track(Path capture, String idle, String active, int first) {
        weir(
                "track",
                "--no-tcp-close",
                "--idle-timeout",
                seconds(idle),
                "--active-timeout",
                seconds(active),
                "--features",
                "all,first-packets:" + first,
                capture.toString(),
                "-w",
                csv());
    }

    private String csv() {
        return folder.resolve("features.csv").toString();
    }

    /** What the program says of the records that were written. One process answers for all, since a start takes longer than most captures. */
    private String compare(Path capture, String idle, String active, int first) throws Exception {
        var words = new ArrayList<>(List.of(capture.toString(), csv(), "--first-packets", String.valueOf(first)));
        if (!idle.equals(NEVER)) {
            words.addAll(List.of("--idle", idle));
        }
        if (!active.equals(NEVER)) {
            words.addAll(List.of("--active", active));
        }
        Process process = Objects.requireNonNull(program);
        process.outputWriter().write(String.join("\t", words) + "\n");
        process.outputWriter().flush();
        var said = new StringBuilder();
        for (String line = process.inputReader().readLine();
                line != null && !line.isEmpty();
                line = process.inputReader().readLine()) {
            said.append(line).append('\n');
        }
        return said.toString();
    }

    @BeforeAll
    static void startProgram() throws IOException {
        program = new ProcessBuilder("python3", PROGRAM.toString(), "--each")
                .redirectErrorStream(true)
                .start();
    }

    @AfterAll
    static void stopProgram() throws Exception {
        Process process = Objects.requireNonNull(program);
        process.outputWriter().close();
        assertThat(process.waitFor()).isZero();
    }

    /** Of the command line: {@code 1.5} is {@code 1500ms}. */
    private static String seconds(String number) {
        return number.equals(NEVER) ? NEVER : (long) (1000 * Double.parseDouble(number)) + "ms";
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            windows                | fwd_init_win_bytes,bwd_init_win_bytes
            headers,windows        | fwd_header_length,bwd_header_length,fwd_seg_size_min,fwd_init_win_bytes,bwd_init_win_bytes
            windows,headers        | fwd_header_length,bwd_header_length,fwd_seg_size_min,fwd_init_win_bytes,bwd_init_win_bytes
            first-packets:3        | splt_direction,splt_ps,splt_piat_ms
            history                | history
            """)
    void features_ofNames_comeAfterTheColumnsOfRecords(String names, String columns) {
        assertThat(weir("track", "--features", names, sample())).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains(",offloaded,ctx_id," + columns + "\n");
    }

    @Test
    void features_asJson_areNumbersListsAndText() {
        assertThat(weir("track", "--features", "windows,first-packets:2,history", "--format", "json", sample()))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .allMatch(line -> line.matches(".*\"ctx_id\":0,\"fwd_init_win_bytes\":\\d+,\"bwd_init_win_bytes\":\\d+,"
                        + "\"splt_direction\":\\[[01](,[01])?],\"splt_ps\":\\[\\d+(,\\d+)?],"
                        + "\"splt_piat_ms\":\\[[\\d.]+(,[\\d.]+)?],\"history\":\"[\\^A-Za-z]*\"}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            csv  | --top 5 --features all
            csv  | --events --features all
            json | --where proto==tcp --features all,first-packets:200
            json | --events --features sizes
            zeek | --top 7 --by packets
            zeek | --where proto==tcp
            """)
    void features_anyNumberOfWorkers_areTheSame(String format, String more) {
        String one = "";
        for (String workers : List.of("1", "2", "3")) {
            var words = new ArrayList<>(List.of("track", "--workers", workers, "--format", format, sample()));
            words.addAll(List.of(more.split(" ", -1)));
            assertThat(weir(words.toArray(String[]::new))).isZero();
            String text = text();
            one = one.isEmpty() ? text : one;
            assertThat(text).as("%s workers", workers).isNotEmpty().isEqualTo(one);
        }
    }

    private String text() {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            --features;size                     | no features of that name: size; there are: all, sizes,
            --features;first-packets:300        | first-packets: out of range: 300; give 1 to 255
            --features;sizes;--format;table     | --format table has no columns for them; use csv, json, parquet or duckdb
            --features;sizes;--format;zeek      | --format zeek has no columns for them; use csv, json, parquet or duckdb
            --format;zeek;--events              | --events: --format zeek has only flows that ended; use csv or json
            """)
    void features_thatCannotBe_areRefusedWithAReason(String words, String why) {
        var all = new ArrayList<>(List.of("track", sample()));
        all.addAll(List.of(words.split(";", -1)));
        assertThat(weir(all.toArray(String[]::new))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(why);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void features_ofAnInterface_areMeasuredAsPacketsCome() throws Exception {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root to capture");
        var done = new AtomicBoolean();
        try (var receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                var sender = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var packet = new DatagramPacket(new byte[100], 100, receiver.getLocalSocketAddress());
            Thread sending = Thread.ofPlatform().start(() -> {
                while (!done.get()) {
                    try {
                        sender.send(packet);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    LockSupport.parkNanos(10_000_000);
                }
            });
            String port = "udp port " + receiver.getLocalPort();
            assertThat(weir("track", "lo", "-f", port, "--duration", "1s", "--features", "sizes,first-packets:2"))
                    .isZero();
            done.set(true);
            sending.join();
        }
        List<String> lines = text().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getLast())
                .contains(
                        ",128,128.000000,0.000000,128,128,128.000000,0.000000,128,0,0.000000,0.000000,0,0;0,128;128,0.000000;");
    }

    @Test
    void zeek_ofASample_isAConnLog() throws IOException {
        Path log = folder.resolve("conn.log");
        assertThat(weir("track", sample(), "-w", log.toString())).isZero();
        List<String> lines = Files.readAllLines(log);
        assertThat(lines.getFirst()).isEqualTo("#separator \\x09");
        List<String> fields = List.of(lines.get(6).split("\t", -1));
        assertThat(fields).startsWith("#fields", "ts", "uid").hasSize(23);
        assertThat(lines.get(7).split("\t", -1)).hasSize(23).startsWith("#types", "time", "string", "addr", "port");
        assertThat(lines.getLast()).startsWith("#close\t2026-");
        List<String> records = lines.subList(8, lines.size() - 1);
        assertThat(records).isNotEmpty().allMatch(line -> line.split("\t", -1).length == 22);
        assertThat(records).anyMatch(line -> line.contains("\ttcp\t") && line.contains("\tSF\t"));
        assertThat(records.stream().map(line -> line.split("\t", -1)[1]).distinct())
                .hasSameSizeAs(records);
    }

    private static String sample() {
        return SAMPLES.resolve("web.pcap").toString();
    }

    private int weir(String... words) {
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        return Main.run(List.of(words), new Streams(out, errors, Terminal.NONE, new Interruption()));
    }
}
