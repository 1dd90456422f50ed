package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of messages: files through {@code weir track}, the network through {@code --export} and {@code weir collect}. */
@Timeout(60)
class CollectTest {
    private static final Path SAMPLES = Path.of("..", "samples");
    private static final Pattern LISTENING = Pattern.compile("weir: listening on (\\S+)");

    @TempDir
    private Path folder = Path.of("");

    /** One command: what it said, and its end. */
    private static final class Run {
        final ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();
        final Interruption interruption = new Interruption();
        private final CompletableFuture<Integer> status;

        Run(String... args) {
            PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
            status = CompletableFuture.supplyAsync(
                    () -> Main.run(List.of(args), new Streams(out, errors, Terminal.NONE, interruption)),
                    task -> Thread.ofPlatform().daemon().start(task));
        }

        int status() throws Exception {
            return status.get(50, TimeUnit.SECONDS);
        }

        String err() {
            return err.toString(StandardCharsets.UTF_8);
        }

        List<String> lines() {
            return out.toString(StandardCharsets.UTF_8).lines().toList();
        }

        /** The places where it listens, when there are so many. */
        List<String> places(int count) throws InterruptedException {
            while (true) {
                List<String> places = new ArrayList<>();
                Matcher said = LISTENING.matcher(err());
                while (said.find()) {
                    places.add(said.group(1));
                }
                if (places.size() == count || status.isDone()) {
                    assertThat(places).as(err()).hasSize(count);
                    return places;
                }
                Thread.sleep(10);
            }
        }
    }

    private static String sample(String name) {
        return SAMPLES.resolve(name).toString();
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    /** Records without the digits of times that every file of messages has, and a capture may not have. */
    private static List<String> normal(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceAll("(\\.[0-9]{6})000Z", "$1Z"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"web.pcap", "mixed.pcapng", "tunnel.pcap"})
    void ipfixFile_trackedAgain_givesTheRecordsOfTheCapture(String sample) throws Exception {
        Run captured = new Run("track", sample(sample));
        assertThat(captured.status()).isZero();
        assertThat(new Run("track", sample(sample), "-w", file("flows.ipfix")).status())
                .isZero();
        Run again = new Run("track", file("flows.ipfix"));
        assertThat(again.status()).as(again.err()).isZero();
        assertThat(normal(again.lines())).isEqualTo(normal(captured.lines())).hasSizeGreaterThan(1);
    }

    @Test
    void ipfixFile_compressed_isRecognised_andFiltered() throws Exception {
        assertThat(new Run("track", sample("web.pcap"), "-w", file("flows.ipfix")).status())
                .isZero();
        try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("flows.gz")))) {
            Files.copy(folder.resolve("flows.ipfix"), out);
        }
        Run top = new Run("track", file("flows.gz"), "--where", "proto == tcp", "--top", "2", "--stats");
        Run captured = new Run("track", sample("web.pcap"), "--where", "proto == tcp", "--top", "2");
        assertThat(top.status()).as(top.err()).isZero();
        assertThat(captured.status()).isZero();
        assertThat(normal(top.lines())).isEqualTo(normal(captured.lines())).hasSize(3);
        assertThat(top.err()).containsPattern("messages +1\n").containsPattern("left out by --where +[1-9]");
        Run one = new Run("track", file("flows.gz"), "--count", "1");
        assertThat(one.status()).isZero();
        assertThat(one.lines()).hasSize(2);
    }

    @Test
    void ipfixFile_cutShort_givesStatus1AndSaysWhere() throws Exception {
        assertThat(new Run("track", sample("web.pcap"), "-w", file("flows.ipfix")).status())
                .isZero();
        byte[] octets = Files.readAllBytes(folder.resolve("flows.ipfix"));
        Files.write(folder.resolve("twice"), octets);
        Files.write(
                folder.resolve("twice"),
                java.util.Arrays.copyOf(octets, octets.length - 5),
                java.nio.file.StandardOpenOption.APPEND);
        Run cut = new Run("track", file("twice"));
        assertThat(cut.status()).isEqualTo(1);
        assertThat(cut.err())
                .contains("twice: the file ends inside a message, " + (octets.length - 5) + " of " + octets.length
                        + " octets are there (at byte " + octets.length
                        + ", after message 1); the records up to there are reported");
        assertThat(cut.lines()).hasSizeGreaterThan(1);
    }

    @Test
    void filesOfMessages_refuseWhatIsForPackets() throws Exception {
        assertThat(new Run("track", sample("web.pcap"), "-w", file("flows.ipfix")).status())
                .isZero();
        for (String[] options : new String[][] {{"-f", "tcp"}, {"--events"}, {sample("web.pcap")}}) {
            List<String> args = new ArrayList<>(List.of("track", file("flows.ipfix")));
            args.addAll(List.of(options));
            Run run = new Run(args.toArray(new String[0]));
            assertThat(run.status()).as(run.err()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"udp,''", "udp,?biflow=true&message-size=512", "tcp,''"})
    void export_toCollect_arrives(String transport, String options) throws Exception {
        Run captured = new Run("track", sample("mixed.pcapng"));
        assertThat(captured.status()).isZero();
        int records = captured.lines().size() - 1;
        Run collect = new Run("collect", transport + "://127.0.0.1:0", "--count", Integer.toString(records));
        String place = collect.places(1).getFirst();
        Run track = new Run("track", sample("mixed.pcapng"), "--export", place + options, "--stats");
        assertThat(track.status()).as(track.err()).isZero();
        assertThat(track.lines()).as("written beside").isEmpty();
        assertThat(track.err()).containsPattern(Pattern.quote(place) + " records +" + records + "\n");
        assertThat(collect.status()).as(collect.err()).isZero();
        assertThat(normal(collect.lines())).isEqualTo(normal(captured.lines()));
    }

    @Test
    void collect_whenInterrupted_hasWrittenWhatItKnew() throws Exception {
        Run collect = new Run("collect", "127.0.0.1:0", "--format", "json", "--stats");
        String place = collect.places(2).getFirst();
        assertThat(new Run("track", sample("web.pcap"), "--export", place).status())
                .isZero();
        while (collect.lines().isEmpty()) {
            Thread.sleep(10);
        }
        collect.interruption.request();
        assertThat(collect.status()).isEqualTo(130);
        assertThat(collect.lines()).isNotEmpty().allMatch(line -> line.startsWith("{\"flow_id\":"));
        assertThat(collect.err()).containsPattern("missed-by-sequence +0\n").contains("interrupted: after ");
    }

    @Test
    void collect_forAWhile_ends() throws Exception {
        Run collect = new Run("collect", "udp://[::1]:0", "--duration", "200ms");
        assertThat(collect.status()).as(collect.err()).isZero();
        assertThat(collect.lines()).hasSize(1);
    }

    @Test
    void export_whereNobodyListens_failsAndSaysHowMany() throws Exception {
        int port;
        try (var socket = new java.net.DatagramSocket(0, java.net.InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Run track = new Run("track", sample("web.pcap"), "--export", "udp://127.0.0.1:" + port);
        assertThat(track.status()).isEqualTo(1);
        assertThat(track.err())
                .containsPattern("weir: export: udp://127.0.0.1:" + port
                        + ": [1-9][0-9]* records did not arrive \\(refused [1-9][0-9]*\\)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            track --export udp://nowhere.invalid web.pcap | 1 | no such host
            track --export 127.0.0.1 web.pcap             | 2 | no collector; write udp://HOST:PORT
            collect here:there                            | 2 | no place to listen
            collect http://127.0.0.1:1                    | 2 | no place to listen
            collect udp://192.0.2.1:4739                  | 1 | cannot listen there
            collect --count 0                             | 2 | out of range
            """)
    void wrongUsage_isTold(String command, int status, String why) throws Exception {
        Run run = new Run(command.replace("web.pcap", sample("web.pcap")).split(" "));
        assertThat(run.status()).as(run.err()).isEqualTo(status);
        assertThat(run.err()).contains(why);
    }

    @Test
    void run_thatIsReloaded_exportsToThoseThatStayAndThoseThatCome() throws Exception {
        List<Run> collects = new ArrayList<>();
        List<String> places = new ArrayList<>();
        for (String transport : new String[] {"udp", "tcp", "udp"}) {
            Run collect = new Run("collect", transport + "://127.0.0.1:0", "--stats");
            places.add(collect.places(1).getFirst());
            collects.add(collect);
        }
        configure("stays: {collector: '" + places.get(0) + "'}", "goes: {collector: '" + places.get(1) + "'}");
        RunProcess weir = RunProcess.start(folder);
        try {
            configure("stays: {collector: '" + places.get(0) + "'}", "comes: {collector: '" + places.get(2) + "'}");
            weir.signal("HUP");
            weir.await("weir: reloaded: ");
            weir.signal("TERM");
            assertThat(weir.exitStatus()).as(weir.said()).isZero();
        } finally {
            weir.end();
        }
        assertThat(weir.said())
                .containsPattern("export.stays: [1-9][0-9]* records sent")
                .contains("export.goes: 0 records sent");
        for (Run collect : collects) {
            Thread.sleep(300);
            collect.interruption.request();
            collect.status();
            assertThat(collect.err()).containsPattern("missed-by-sequence +0\n");
        }
        assertThat(collects.get(0).lines())
                .hasSizeGreaterThan(1)
                .isEqualTo(collects.get(2).lines());
        assertThat(collects.get(1).lines()).hasSize(1);
    }

    private void configure(String... collectors) throws Exception {
        Files.writeString(folder.resolve("weir.yaml"), """
                ports:
                  in: {read: "%1$s/packets"}
                  out: {write: "%1$s/forwarded.pcap"}
                nodes:
                  wires: {type: cross-connect, pairs: [[in, out]]}
                export:
                  %2$s
                """.formatted(folder, String.join("\n  ", collectors)));
    }

    @Test
    void output_ofSeveralRuns_isTheSameOctets() throws Exception {
        for (String name : new String[] {"a.ipfix", "b.ipfix"}) {
            assertThat(new Run("track", sample("mixed.pcapng"), "-w", file(name)).status())
                    .isZero();
        }
        assertThat(Files.mismatch(folder.resolve("a.ipfix"), folder.resolve("b.ipfix")))
                .isEqualTo(-1);
    }
}
