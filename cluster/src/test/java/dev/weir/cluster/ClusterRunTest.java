package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.RunningJob.Ended;
import dev.weir.cluster.job.BusyCapture;
import dev.weir.cluster.job.JobRunner;
import dev.weir.cluster.job.JobRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code weir cluster run}: from the file of a job to its records, on an engine in this process and on running ones. */
class ClusterRunTest {
    @RegisterExtension
    private static final SharedEngine ENGINE = new SharedEngine(3);

    @TempDir
    Path scratch;

    private Path job(String text) throws IOException {
        return Files.writeString(scratch.resolve("job.yaml"), text.replace("SCRATCH", scratch.toString()));
    }

    @Test
    void run_embedded_writesRecordsOnceAndCounts() throws Exception {
        Path capture = scratch.resolve("busy.pcap");
        BusyCapture.write(capture, 20_000, 7);
        Path job = job("""
                parallelism: 2
                captures:
                  files: [SCRATCH/busy.pcap]
                  part-size: 100k
                flows:
                  idle-timeout: 2s
                checkpoints:
                  folder: SCRATCH/checkpoints
                  interval: 100ms
                records:
                  folder: SCRATCH/records
                """);
        Ended ended = RunningJob.command("run", "--stats", job.toString());
        assertThat(ended.status()).as(ended.err()).isZero();
        Outcome expected = JobRunner.track(List.of(capture.toString()), JobRunner.OPTIONS.withLifetime(2000));
        assertThat(JobRunner.lines(scratch.resolve("records"))).isEqualTo(expected.records());
        assertThat(ended.err())
                .contains(expected.counters().get("CREATED") + " flows of 20000 packets")
                .containsPattern("(?m)^late +" + expected.counters().get("late") + "$");
        Ended again = RunningJob.command("run", job.toString());
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.err()).contains("has records of an earlier run");
    }

    @Test
    void run_besideWhatAKilledJobLeft_isRefused() throws Exception {
        BusyCapture.write(scratch.resolve("busy.pcap"), 100, 7);
        Path left = Files.createDirectory(scratch.resolve("records")).resolve(".part-0badcafe-0-00000000-0.csv");
        Files.writeString(left, "flow_id");
        Path job = job("""
                captures: {files: [SCRATCH/busy.pcap]}
                records: {folder: SCRATCH/records}
                """);
        Ended ended = RunningJob.command("run", job.toString());
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .contains(
                        "has hidden files (.part-*) of a run that was killed, or still goes on; go on from its checkpoint"
                                + " (--from), remove them, or give another folder");
        assertThat(left).exists();
    }

    @Test
    void run_whoseWorkerIsKilled_goesOnFromItsCheckpointWithNoneLostAndNoneTwice() throws Exception {
        Path capture = scratch.resolve("busy.pcap");
        int packets = 120_000;
        BusyCapture.write(capture, packets, 8);
        Path job = job("""
                name: killed
                parallelism: 2
                captures:
                  files: [SCRATCH/busy.pcap]
                  part-size: 300k
                  rate: 8000
                flows:
                  idle-timeout: 3s
                checkpoints:
                  folder: SCRATCH/checkpoints
                  interval: 300ms
                records:
                  folder: SCRATCH/records
                """);
        EngineProcesses engine = ENGINE.get();
        RunningJob running = RunningJob.begin(engine, "killed", job);
        running.await("some records came to light", () -> completeFiles() > 2);
        engine.killBusyWorker();
        Ended ended = running.endRestored().expectDone();
        Outcome expected = JobRunner.track(List.of(capture.toString()), JobRunner.OPTIONS.withLifetime(3000));
        assertThat(JobRunner.lines(scratch.resolve("records"))).isEqualTo(expected.records());
        assertThat(ended.err())
                .contains(expected.counters().get("CREATED") + " flows of " + packets + " packets")
                .contains(expected.counters().get("late") + " late");
    }

    private long completeFiles() throws IOException {
        Path records = scratch.resolve("records");
        if (!Files.isDirectory(records)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(records)) {
            return files.filter(f -> f.getFileName().toString().startsWith("part-"))
                    .count();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            parallelism: 0                                                     | job.yaml:1:1: has no 'records'
            'records: {folder: r}'                                             | job.yaml:1:1: has none of 'captures', 'digests' and 'sightings'
            'captures: {files: [a], part-size: 3}'                             | job.yaml:1:35: captures.part-size: '3' is out of range
            'captures: {files: []}'                                            | job.yaml:1:19: captures.files: has 0 entries
            'captures: {files: [a]}#records: {folder: r}#flows: {late: never}' | job.yaml:3:15: flows.late: 'never' is none of the words
            'captures: {files: [a]}#records: {folder: r}#colour: red'          | job.yaml:3:1: colour: there is no such option
            'digests: {brokers: [a], topic: t}#records: {folder: r}'           | job.yaml:1:21: digests.brokers[0]: 'a' is no broker; give HOST:PORT
            'digests: {brokers: ["a:1"], topic: t}#captures: {files: [a]}#records: {folder: r}' | digests: is a second source of the job; leave one of them out
            'sightings: {brokers: ["a:1"], topic: t}#flows: {late: drop}#records: {folder: r}' | flows: says how flows are made of packets, and sightings are records
            'captures: {files: [/no/such]}#records: {folder: r}'               | /no/such: no such file
            """)
    void run_ofAFaultyJob_saysWhereAndStartsNothing(String text, String said) throws IOException {
        Path job = job(text.replace('#', '\n') + "\n");
        Ended ended = RunningJob.command("run", job.toString());
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains(said);
        assertThat(scratch.resolve("r")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "run,,2,Missing required parameter",
        "walk job.yaml,,2,there is run",
        "run --at nowhere job.yaml,,2,write HOST:PORT",
        "run no.yaml,,1,no such file",
        "run --check ../examples/cluster/captures.yaml,captures.yaml: valid,0,''",
        "run --check ../examples/cluster/digests.yaml,digests.yaml: valid,0,''",
        "run --check ../examples/cluster/sightings.yaml,sightings.yaml: valid,0,''",
        "--help,Flows of captures as a job,0,''"
    })
    void command_withArguments_answersInALine(String words, String out, int status, String err) {
        Ended ended = RunningJob.command(words.split(" "));
        assertThat(ended.status()).isEqualTo(status);
        assertThat(ended.err()).contains(err == null ? "" : err);
        assertThat(ended.out()).contains(out == null ? "" : out);
    }
}
