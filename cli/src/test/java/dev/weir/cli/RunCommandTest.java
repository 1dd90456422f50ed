package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code weir run} with capture files as ports, as a script meets it. */
class RunCommandTest {
    private static final Path SAMPLES = Path.of("..", "samples");
    /** Columns: start, end, duration. */
    private static final int TIMES = 3;

    @TempDir
    private Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void files_areForwarded_andTheRecordsAreThoseOfTrack() throws IOException {
        forward(1, 0);
    }

    /** A worker has a clock of its own, so a packet that another hands it can count later than it came. */
    @Test
    void files_areForwardedByTwoWorkers_andTheRecordsAreThoseOfTrackButForTimes() throws IOException {
        forward(2, TIMES);
    }

    private void forward(int workers, int without) throws IOException {
        String sample = SAMPLES.resolve("web.pcap").toString();
        Path forwarded = folder.resolve("forwarded.pcap"), records = folder.resolve("flows.csv");
        String config = configuration("""
                workers: %d
                ports:
                  in: {read: "%s"}
                  out: {write: "%s"}
                nodes:
                  seen: {type: count}
                  wires: {type: cross-connect, pairs: [[in, out]]}
                records: {output: "%s"}
                """.formatted(workers, sample, forwarded, records));

        assertThat(weir("run", config)).isZero();

        List<String> tracked = flows(track(sample), without);
        assertThat(flows(Files.readAllLines(records), without)).containsExactlyInAnyOrderElementsOf(tracked);
        assertThat(flows(track(forwarded.toString()), without)).containsExactlyInAnyOrderElementsOf(tracked);
        assertThat(err())
                .first()
                .asString()
                .startsWith("weir: running " + config + ": 2 ports (in, out), 2 nodes (seen, wires), " + workers);
        assertThat(err()).anyMatch(line -> line.matches("port out: .*, out 215 packets \\d+ octets"));
        assertThat(err()).anyMatch(line -> line.startsWith("node seen: 215 packets in "));
        assertThat(err()).anyMatch(line -> line.matches("flow table: HIT=\\d+ THRU=213 CREATED=17 UNHANDLED=2.*"));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void check_tellsThatAFileIsValid_andStartsNothing() throws IOException {
        Path forwarded = folder.resolve("forwarded.pcap");
        String config = configuration("ports: {out: {write: \"%s\"}}".formatted(forwarded));
        assertThat(weir("run", "--check", config)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(config + ": valid\n");
        assertThat(forwarded).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "--check"})
    void invalidFile_hasEveryFaultTold_andNothingStarted(String how) throws IOException {
        Path forwarded = folder.resolve("forwarded.pcap");
        String config = configuration("ports: {out: {write: \"%s\", nest: x}}\nworkers: none\n".formatted(forwarded));
        assertThat(how.equals("run") ? weir("run", config) : weir("run", how, config))
                .isOne();
        assertThat(err()).hasSize(3);
        assertThat(err().get(0)).startsWith(config + ":1:").endsWith("there is no such option; did you mean 'next'?");
        assertThat(err().get(1)).startsWith(config + ":2:10: workers: 'none' is no whole number");
        assertThat(err().get(2)).isEqualTo("weir: " + config + ": has 2 faults, nothing was started; correct them");
        assertThat(forwarded).doesNotExist();
    }

    @Test
    void missingFile_isOneLine_andStatusOne() {
        assertThat(weir("run", "none.yaml")).isOne();
        assertThat(err()).singleElement().asString().startsWith("weir: none.yaml: cannot be read: no such file; ");
    }

    @Test
    void noFile_isWrongUsage() {
        assertThat(weir("run")).isEqualTo(2);
        assertThat(err()).singleElement().asString().endsWith("see weir run --help");
    }

    @Test
    void missingCapture_namesThePort() throws IOException {
        assertThat(weir("run", configuration("ports: {in: {read: none.pcap}}"))).isOne();
        assertThat(err()).singleElement().asString().contains("in: none.pcap: no such file");
    }

    @Test
    void recordsThatCannotBeWritten_areRefusedBeforeAnythingRuns() throws IOException {
        String sample = SAMPLES.resolve("web.pcap").toString();
        assertThat(weir(
                        "run",
                        configuration(
                                "ports: {in: {read: \"%s\"}}\nrecords: {output: \"%s\"}\n".formatted(sample, folder))))
                .isOne();
        assertThat(err()).singleElement().asString().startsWith("weir: records.output: cannot be written: ");
    }

    private String configuration(String text) throws IOException {
        Path file = folder.resolve("weir.yaml");
        Files.writeString(file, text);
        return file.toString();
    }

    private List<String> track(String capture) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        Streams streams = new Streams(
                records,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new Terminal(false, false),
                new Interruption());
        assertThat(Main.run(List.of("track", "--format", "csv", capture), streams))
                .isZero();
        return records.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /**
     * Records without the flow's number, which each program gives in its own way, and so many columns after it; whatever digits times
     * have.
     */
    private static List<String> flows(List<String> csv, int without) {
        List<String> all = new ArrayList<>();
        for (String line : csv.subList(1, csv.size())) {
            String[] fields = line.split(",", -1);
            fields[1] = Instant.parse(fields[1]).toString();
            fields[2] = Instant.parse(fields[2]).toString();
            fields[3] = new BigDecimal(fields[3]).stripTrailingZeros().toPlainString();
            all.add(String.join(",", Arrays.asList(fields).subList(1 + without, fields.length)));
        }
        assertThat(all).isNotEmpty();
        return all;
    }

    private int weir(String... args) {
        Streams streams = new Streams(
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new Terminal(false, false),
                new Interruption());
        return Main.run(List.of(args), streams);
    }

    private List<String> err() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
