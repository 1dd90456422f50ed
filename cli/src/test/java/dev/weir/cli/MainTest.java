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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a script meets it: words in, exit status, standard output and standard error out. */
class MainTest {
    private static final int PACKETS = 5_000;

    @TempDir
    private Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String capture = "";

    @BeforeEach
    void writeCapture() throws IOException {
        Path file = folder.resolve("traffic.pcap");
        Files.write(file, CaptureBytes.of(PACKETS));
        capture = file.toString();
    }

    @Test
    void track_writesCsvWhereStandardOutputIsNoTerminal() {
        assertThat(weir("track", capture)).isZero();
        assertThat(out()).first().asString().startsWith("flow_id,start_time,");
        assertThat(sum("fwd_packets") + sum("rev_packets")).isEqualTo(PACKETS);
        assertThat(err()).isEmpty();
    }

    /** An interface is no file that could be overwritten. */
    @Test
    void track_ofAnInterface_overwritesWhatThereWas() throws IOException {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root to capture");
        Path file = Files.writeString(folder.resolve("flows.csv"), "before");
        assertThat(weir("track", "lo", "--duration", "100ms", "-w", file.toString()))
                .isZero();
        assertThat(Files.readString(file)).startsWith("flow_id,");
    }

    @Test
    void track_onATerminal_writesTheTableAndASummary() {
        assertThat(weir(new Terminal(true, true), "track", capture)).isZero();
        assertThat(out()).first().asString().contains("SOURCE", "DESTINATION");
        assertThat(err())
                .last()
                .asString()
                .startsWith("5000 packets (640 kB), ")
                .contains(" flows in ");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void track_withAnyNumberOfWorkers_writesTheSameBytes(int workers) {
        weir("track", "--workers", "1", capture);
        String one = out.toString(StandardCharsets.UTF_8);
        weir("track", "--workers", String.valueOf(workers), capture);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(one);
    }

    @ParameterizedTest
    @CsvSource({
        "flows.csv,   flow_id",
        "flows.jsonl, '{\"flow_id\":'",
        "flows.JSON,  '{\"flow_id\":'",
        "flows.txt,   flow_id",
        "flows,       flow_id",
    })
    void output_formatFollowsTheSuffix(String name, String begin) throws IOException {
        Path file = folder.resolve(name);
        assertThat(weir("track", capture, "-w", file.toString())).isZero();
        assertThat(Files.readString(file)).startsWith(begin);
        assertThat(out()).isEmpty();
    }

    @Test
    void format_none_writesNothing() {
        assertThat(weir("track", "--format", "none", capture)).isZero();
        assertThat(out()).isEmpty();
    }

    @Test
    void count_stopsAfterThatManyPackets() {
        assertThat(weir("track", "--count", "100", capture)).isZero();
        assertThat(sum("fwd_packets") + sum("rev_packets")).isEqualTo(100);
    }

    @Test
    void filter_keepsWhatMatches() {
        assertThat(weir("track", "--filter", "tcp and not ip6", capture)).isZero();
        assertThat(out()).hasSizeGreaterThan(1);
        assertThat(out().stream().skip(1)).allMatch(line -> line.contains(",tcp,6,10."));
    }

    @Test
    void top_keepsTheLargest() {
        assertThat(weir("track", "--top", "3", "--by", "packets", capture)).isZero();
        assertThat(out()).hasSize(4);
        List<Long> packets = out().stream()
                .skip(1)
                .map(line -> field(line, "fwd_packets") + field(line, "rev_packets"))
                .toList();
        assertThat(packets).isSortedAccordingTo((a, b) -> Long.compare(b, a));
    }

    @Test
    void events_tellHowEveryFlowBeganAndEnded() {
        assertThat(weir("track", "--events", "--format", "table", "--count", "50", capture))
                .isZero();
        assertThat(out().stream().filter(line -> line.contains(" created ")))
                .hasSameSizeAs(
                        out().stream().filter(line -> line.contains(" ended ")).toList());
    }

    @Test
    void idleTimeoutZero_makesEveryPacketAFlow() {
        assertThat(weir("track", "--idle-timeout", "0", "--no-tcp-close", "--count", "200", capture))
                .isZero();
        assertThat(out()).hasSize(201);
    }

    @Test
    void stats_areOnStandardError() {
        assertThat(weir("track", "--stats", "--format", "none", capture)).isZero();
        assertThat(err()).anyMatch(line -> line.matches("THRU +5000"));
        assertThat(err().stream().map(line -> line.split(" ", 2)[0]).limit(7))
                .containsExactly("HIT", "THRU", "CREATED", "UNHANDLED", "TIMER_EXPIRE", "COLLISION", "RECYCLE");
        assertThat(err()).last().asString().startsWith("5000 packets");
    }

    @Test
    void damagedCapture_givesTheFlowsBeforeIt_saysWhere_andFails() throws IOException {
        byte[] whole = Files.readAllBytes(Path.of(capture));
        int cut = CaptureBytes.FILE_HEADER + 300 * CaptureBytes.PACKET + 20;
        Path damaged = folder.resolve("cut.pcap");
        Files.write(damaged, Arrays.copyOf(whole, cut));
        assertThat(weir("track", damaged.toString())).isEqualTo(1);
        assertThat(sum("fwd_packets") + sum("rev_packets")).isEqualTo(300);
        assertThat(err())
                .singleElement()
                .asString()
                .startsWith("weir: " + damaged)
                .contains("byte", "packet 300");
    }

    @Test
    void interrupted_writesWhatIsKnown() {
        Interruption interruption = new Interruption();
        interruption.request();
        int status = Main.run(
                List.of("track", capture),
                new Streams(out, new PrintStream(err, true, StandardCharsets.UTF_8), Terminal.NONE, interruption));
        assertThat(status).isEqualTo(130);
        assertThat(out()).first().asString().startsWith("flow_id,");
        assertThat(err()).singleElement().asString().startsWith("weir: interrupted: after ");
    }

    @Test
    void interrupted_whileItWaitsForAPipe_writesWhatIsKnown() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Interruption interruption = new Interruption();
        Streams streams =
                new Streams(out, new PrintStream(err, true, StandardCharsets.UTF_8), Terminal.NONE, interruption);
        FutureTask<Integer> run =
                new FutureTask<>(() -> Main.run(List.of("track", "--workers", "2", pipe.toString()), streams));
        Thread.ofPlatform().daemon().start(run);
        try (OutputStream writer = Files.newOutputStream(pipe)) {
            writer.write(Files.readAllBytes(Path.of(capture)));
            writer.flush();
            Thread.sleep(500);
            assertThat(run.isDone()).isFalse();
            interruption.request();
            assertThat(run.get(10, TimeUnit.SECONDS)).isEqualTo(130);
        }
        assertThat(err()).containsExactly("weir: interrupted: after 5000 packets; the flows up to there are written");
        assertThat(sum("fwd_packets") + sum("rev_packets")).isEqualTo(PACKETS);
    }

    @Test
    void readerGone_endsQuietly() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Streams streams = new Streams(
                gone, new PrintStream(err, true, StandardCharsets.UTF_8), Terminal.NONE, new Interruption());
        assertThat(Main.run(List.of("track", capture), streams)).isZero();
        assertThat(err()).isEmpty();
    }

    @Test
    void diskFull_isOneLine() {
        assertThat(weir("track", capture, "-w", "/dev/full")).isEqualTo(1);
        assertThat(err())
                .singleElement()
                .asString()
                .isEqualTo("weir: /dev/full: No space left on device; what was written before is not complete");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            trak CAPTURE                          | weir: trak: no such command; did you mean track?
            --nonsense                            | weir: --nonsense: no such option; see weir --help
            track                                 | weir: missing required parameter: 'SOURCE'; see weir track --help
            track --idle-timeot 5 CAPTURE         | weir: --idle-timeot: no such option; did you mean --idle-timeout?
            track --idle-timeout 5x CAPTURE       | weir: invalid value for option '--idle-timeout': '5x' is no time: give seconds, or 250ms, 90s, 5m, 1h, or never; see weir track --help
            track --active-timeout 0 CAPTURE      | weir: active timeout out of range: 0; give a positive time, or never; see weir track --help
            track --max-flows 0 CAPTURE           | weir: max-flows out of range: max-flows=0, limit=268435454; see weir track --help
            track -f tcp(( CAPTURE                | weir: filter 'tcp((': can't parse filter expression: syntax error; expressions are those of pcap-filter(7)
            track --workers 0 CAPTURE             | weir: --workers: out of range: 0; give 1 to 256
            track --top 0 CAPTURE                 | weir: --top: out of range: 0; give 1 to 1000000
            track --count -1 CAPTURE              | weir: --count: out of range: -1; give 1 to 9223372036854775807
            track --by bytes CAPTURE              | weir: --by: says how --top orders, but there is no --top; add --top N
            track --events --top 5 CAPTURE        | weir: --events: tells flows as they happen, --top at the end; give one of them
            track --duration 5 CAPTURE            | weir: --duration: is for live capture; use --count for captures
            track --format duckdb CAPTURE         | weir: --format duckdb: a database is a file; name it with -w FILE.duckdb
            track lo CAPTURE                      | weir: lo: is an interface, which cannot be read beside others; give it alone
            track lo --duration 0                 | weir: --duration: out of range: 0; give 1 to 4294967294
            track -w CAPTURE CAPTURE              | weir: -w CAPTURE: is one of the sources; give another name
            """)
    void wrongUsage_isOneLineAndStatus2(String words, String line) {
        String[] args = words.replace("CAPTURE", capture).split(" +");
        assertThat(weir(args)).isEqualTo(2);
        assertThat(err()).containsExactly(line.replace("CAPTURE", capture));
        assertThat(out()).isEmpty();
    }

    @Test
    void sourceThatIsMissing_isOneLineAndStatus1_andLeavesTheOutputAlone() throws IOException {
        Path kept = Files.writeString(folder.resolve("kept.csv"), "kept");
        assertThat(weir("track", folder.resolve("none.pcap").toString(), "-w", kept.toString()))
                .isEqualTo(1);
        assertThat(err()).singleElement().asString().startsWith("weir: ").contains("none.pcap");
        assertThat(kept).hasContent("kept");
    }

    @Test
    void sourceThatIsNeitherFileNorInterface_namesTheInterfaces() {
        assertThat(weir("track", "eth9")).isEqualTo(1);
        assertThat(err())
                .singleElement()
                .asString()
                .startsWith("weir: eth9: no such file or interface; the interfaces are: ")
                .contains("lo");
    }

    @Test
    void outputThatCannotBeWritten_isOneLineAndStatus1() {
        assertThat(weir(
                        "track",
                        capture,
                        "-w",
                        folder.resolve("no/such/folder.csv").toString()))
                .isEqualTo(1);
        assertThat(err())
                .singleElement()
                .asString()
                .contains("cannot be written: No such file or directory; give another place");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "help", "-h", ""})
    void help_listsTheCommands(String word) {
        assertThat(word.isEmpty() ? weir() : weir(word)).isZero();
        assertThat(out())
                .anyMatch(line -> line.matches(" +track +Prints the flows of captures, or of an interface\\."));
        assertThat(err()).isEmpty();
    }

    @Test
    void trackHelp_hasAnExample_andEveryOption() {
        assertThat(weir("track", "--help")).isZero();
        String help = String.join("\n", out());
        assertThat(help)
                .contains("weir track capture.pcap")
                .contains(List.of(
                        "--filter",
                        "--output",
                        "--format",
                        "--idle-timeout",
                        "--active-timeout",
                        "--tcp-timeouts",
                        "--no-tcp-close",
                        "--max-flows",
                        "--workers",
                        "--tunnels",
                        "--tenant",
                        "--events",
                        "--top",
                        "--by",
                        "--stats",
                        "--count",
                        "--duration"))
                .doesNotContain("\033[");
    }

    @Test
    void help_withColor_isColored() {
        assertThat(weir("track", "--help", "--color")).isZero();
        assertThat(String.join("\n", out())).contains("\033[");
    }

    @Test
    void version_isOneLine() {
        assertThat(weir("--version")).isZero();
        assertThat(out()).singleElement().asString().startsWith("weir ").contains("Java ");
    }

    private int weir(String... args) {
        return weir(Terminal.NONE, args);
    }

    private int weir(Terminal terminal, String... args) {
        out.reset();
        err.reset();
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        return Main.run(List.of(args), new Streams(out, errors, terminal, new Interruption()));
    }

    private List<String> out() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private List<String> err() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private long sum(String column) {
        return out().stream().skip(1).mapToLong(line -> field(line, column)).sum();
    }

    private long field(String line, String column) {
        int index = Arrays.asList(out().getFirst().split(",", -1)).indexOf(column);
        return Long.parseLong(line.split(",", -1)[index]);
    }
}
