package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.RunningJob.Ended;
import dev.weir.cluster.job.BusyCapture;
import dev.weir.export.message.FlowMessage;
import dev.weir.export.message.MessageFormat;
import dev.weir.table.feature.FeatureSet;
import dev.weir.testing.kafka.BrokerKeys;
import dev.weir.testing.kafka.KafkaBroker;
import dev.weir.testing.kafka.SharedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Jobs whose records go to a topic of a real broker: its committed messages are those of {@code weir track}, each once, also when a worker and
 * the broker are killed, and when the job is given up and begun again.
 */
@Timeout(240)
class MessageRunTest {
    private static final Pattern WHO =
            Pattern.compile("^\\{\"sensor\":\"[^\"]+\",\"run\":\"[^\"]+\",\"sequence\":[0-9]+,");

    private static final String TRUSTED = "keys.p12";

    @RegisterExtension
    private static final SharedBroker BROKER = new SharedBroker(folder -> {
        Map<String, String> settings =
                new HashMap<>(BrokerKeys.in(folder.resolve(TRUSTED)).ofBroker());
        settings.put("auto.create.topics.enable", "false");
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
        return settings;
    });

    @RegisterExtension
    private static final SharedEngine ENGINE = new SharedEngine(3);

    @TempDir
    Path scratch;

    private static KafkaBroker broker() {
        return BROKER.get();
    }

    private Path job(String text) throws IOException {
        return Files.writeString(
                scratch.resolve("job.yaml"),
                text.replace("SCRATCH", scratch.toString())
                        .replace("TLS", broker().tlsBootstrap())
                        .replace("BROKER", broker().bootstrap()));
    }

    /** Settings of clients that trust who has those keys. */
    private Path trust(String keys, String properties) throws Exception {
        return BrokerKeys.in(BROKER.folder().resolve(keys)).trustedIn(scratch.resolve(properties));
    }

    /** The messages of a topic, each with its key, without who sent it. */
    private static List<String> messages(String topic, MessageFormat format) {
        var encoder = MessageFormat.JSON.encoder("any", "any", FeatureSet.NONE);
        return broker().messages(topic).stream()
                .map(each -> {
                    String json = new String(
                            format == MessageFormat.JSON
                                    ? each.value()
                                    : encoder.encode(
                                            1, decoded(format, each.value()).flow()),
                            StandardCharsets.UTF_8);
                    return new String(each.key(), StandardCharsets.UTF_8) + " "
                            + WHO.matcher(json).replaceFirst("{");
                })
                .sorted()
                .toList();
    }

    private static FlowMessage decoded(MessageFormat format, byte[] message) {
        try {
            return format.decoder().decode(message);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Names of messages are unlike each other, and a run's numbers have no gap and no end but the last. */
    private static void expectWholeRuns(String topic, MessageFormat format, String sensor) {
        var runs = new TreeMap<String, List<Long>>();
        broker().messages(topic).forEach(each -> {
            FlowMessage message = decoded(format, each.value());
            assertThat(message.sensor()).isEqualTo(sensor);
            runs.computeIfAbsent(message.run(), _ -> new ArrayList<>()).add(message.sequence());
        });
        runs.forEach((run, numbers) -> assertThat(numbers.stream().sorted().toList())
                .as(run)
                .isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList()));
    }

    @ParameterizedTest
    @CsvSource({"JSON, 2, BROKER", "PROTOBUF, 1, TLS"})
    void captures_intoATopic_areTheMessagesOfTrack(MessageFormat format, int lanes, String by) throws Exception {
        Path capture = scratch.resolve("busy.pcap");
        BusyCapture.write(capture, 8_000, 51);
        String word = format.name().toLowerCase(Locale.ROOT), topic = "job-" + word, track = "track-" + word;
        broker().createTopic(topic, 3);
        broker().createTopic(track, 3);
        if (by.equals("TLS")) {
            trust(TRUSTED, "client.properties");
        } else {
            Files.createFile(scratch.resolve("client.properties"));
        }
        Sensors.track(capture, "kafka://" + broker().bootstrap() + "/" + track + "?sensor=one&format=" + word);
        Ended ended = RunningJob.command(
                "run",
                job("""
                name: the job
                parallelism: LANES
                captures: {files: [SCRATCH/busy.pcap], part-size: 100k}
                records: {topic: TOPIC, brokers: [BY], format: FORMAT, properties: SCRATCH/client.properties}
                """.replace("LANES", Integer.toString(lanes))
                                .replace("BY", by)
                                .replace("TOPIC", topic)
                                .replace("FORMAT", word))
                        .toString());
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(messages(topic, format)).isNotEmpty().isEqualTo(messages(track, format));
        expectWholeRuns(topic, format, "the-job");
    }

    /** A job that reads slowly, so that there is a middle. */
    private Path slowJob(String topic, String captures, String checkpoints) throws IOException {
        return job("""
                name: TOPIC
                parallelism: 2
                captures: {files: [SCRATCH/busy.pcap], part-size: 200kCAPTURES}
                flows: {idle-timeout: 3s, hash-seed: 57}
                checkpoints: {folder: SCRATCH/checkpoints, interval: 300msCHECKPOINTS}
                records: {topic: TOPIC, brokers: [BROKER], sensor: many, transaction-timeout: 60s}
                """.replace("TOPIC", topic).replace("CAPTURES", captures).replace("CHECKPOINTS", checkpoints));
    }

    /** Makes the capture and the topic of a slow job, and what has to be in it as messages of {@code weir track}. */
    private List<String> prepare(String topic, int packets, long seed) throws Exception {
        Path capture = scratch.resolve("busy.pcap");
        BusyCapture.write(capture, packets, seed);
        String expected = topic + "-expected";
        broker().createTopic(topic, 3);
        broker().createTopic(expected, 3);
        Sensors.track(
                capture, "kafka://" + broker().bootstrap() + "/" + expected + "?sensor=one", "--idle-timeout", "3s");
        return messages(expected, MessageFormat.JSON);
    }

    @Test
    void captures_whoseWorkerAndThenBrokerAreKilled_areInTheTopicOnce() throws Exception {
        List<String> expected = prepare("killed", 48_000, 52);
        EngineProcesses engine = ENGINE.get();
        RunningJob running = RunningJob.begin(engine, "killed", slowJob("killed", ", rate: 3000", ""));
        running.await(
                "messages came to light", () -> !broker().messages("killed").isEmpty());
        engine.killBusyWorker();
        running.awaitRestored();
        int there = broker().messages("killed").size();
        running.await("more came to light", () -> broker().messages("killed").size() > there);
        broker().kill();
        Thread.sleep(500);
        running.expectRuns();
        broker().restart();
        running.end().expectDone();
        assertThat(messages("killed", MessageFormat.JSON)).isEqualTo(expected);
        expectWholeRuns("killed", MessageFormat.JSON, "many");
    }

    @Test
    void captures_thatAreGivenUp_goOnFromTheCheckpointAndAreInTheTopicOnce() throws Exception {
        List<String> expected = prepare("given-up", 40_000, 56);
        EngineProcesses engine = ENGINE.get();
        RunningJob running = RunningJob.begin(engine, "given-up", slowJob("given-up", ", rate: 4000", ", restarts: 0"));
        running.await(
                "messages came to light", () -> !broker().messages("given-up").isEmpty());
        engine.killBusyWorker();
        assertThat(running.end().status()).isEqualTo(1);
        assertThat(broker().messages("given-up")).hasSizeBetween(1, expected.size() - 1);
        RunningJob.command(
                        "run",
                        "--from",
                        lastCheckpoint().toString(),
                        slowJob("given-up", "", "").toString())
                .expectDone();
        assertThat(messages("given-up", MessageFormat.JSON)).isEqualTo(expected);
        expectWholeRuns("given-up", MessageFormat.JSON, "many");
    }

    private Path lastCheckpoint() throws IOException {
        try (Stream<Path> all = Files.walk(scratch.resolve("checkpoints"))) {
            return all.filter(each -> each.endsWith("_metadata"))
                    .map(Path::getParent)
                    .max(Comparator.comparingInt(each ->
                            Integer.parseInt(each.getFileName().toString().substring("chk-".length()))))
                    .orElseThrow();
        }
    }

    @Test
    void sightings_intoATopic_areTheLinesOfFiles() throws Exception {
        broker().createTopic("sightings", 2);
        broker().createTopic("joined", 2);
        Path capture = scratch.resolve("busy.pcap");
        BusyCapture.write(capture, 1_500, 53);
        for (String sensor : List.of("east", "west")) {
            Sensors.track(capture, "kafka://" + broker().bootstrap() + "/sightings?format=protobuf&sensor=" + sensor);
        }
        String source = """
                parallelism: 2
                sightings: {brokers: [BROKER], topic: sightings, format: protobuf, from: earliest, until: latest, idle: never,
                  sensors: [east, west]}
                """;
        for (String records : List.of("{topic: joined, brokers: [BROKER]}", "{folder: SCRATCH/files, format: json}")) {
            Ended ended = RunningJob.command(
                    "run", job(source + "records: " + records + "\n").toString());
            assertThat(ended.status()).as(ended.err()).isZero();
        }
        var lines = new ArrayList<String>();
        try (Stream<Path> files = Files.list(scratch.resolve("files"))) {
            for (Path each : files.toList()) {
                lines.addAll(Files.readAllLines(each));
            }
        }
        assertThat(broker().messages("joined").stream()
                        .map(each -> new String(each.value(), StandardCharsets.UTF_8))
                        .sorted())
                .isNotEmpty()
                .isEqualTo(lines.stream().sorted().toList());
    }

    @Test
    void transactionThatBrokersGaveUp_failsTheJobAndLeavesNothing() throws Exception {
        BusyCapture.write(scratch.resolve("busy.pcap"), 12_000, 54);
        broker().createTopic("slow", 1);
        Ended ended = RunningJob.command("run", job("""
                parallelism: 1
                captures: {files: [SCRATCH/busy.pcap], rate: 4000}
                flows: {idle-timeout: 1s}
                records: {topic: slow, brokers: [BROKER], transaction-timeout: 1s}
                """).toString());
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .contains("gave up a transaction into slow before it was over: give a longer 'transaction-timeout'");
        assertThat(broker().messages("slow")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {topic: none, brokers: [BROKER]}                           | /none: no such topic; make it, or give another
            {topic: here, brokers: [BROKER], transaction-timeout: 16m} | /here: brokers allow no 'transaction-timeout' of 960000ms
            {topic: here, brokers: ["127.0.0.1:1"]}                    | 127.0.0.1:1/here:
            {topic: here, brokers: [BROKER], properties: /no/such}     | /no/such: no such file
            {topic: here, brokers: [TLS], properties: SCRATCH/other}   | /here: unable to find valid certification path to requested target; see to brokers and properties
            """)
    void run_ofATopicThatCannotBeWritten_saysSo(String records, String said) throws Exception {
        if (!broker().admin().listTopics().names().get().contains("here")) {
            broker().createTopic("here", 1);
        }
        trust("other.p12", "other");
        BusyCapture.write(scratch.resolve("busy.pcap"), 100, 55);
        Ended ended = RunningJob.command(
                "run",
                job("captures: {files: [SCRATCH/busy.pcap]}\nrecords: " + records + "\n")
                        .toString());
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err().lines()).hasSize(1);
        assertThat(ended.err()).contains(said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {format: json}                                           | 2:10: records: has neither 'folder' nor 'topic'
            {folder: r, topic: t, brokers: ["a:1"]}                  | records.topic: is a second place of the records
            {folder: r, sensor: s}                                   | 2:30: records.sensor: is of a topic; leave it out
            {folder: r, format: protobuf}                            | 2:30: records.format: files are not written as protobuf
            {topic: t}                                               | 2:10: records: has no 'brokers' for 'topic'
            {topic: t, brokers: ["a:1"], format: csv}                | 2:47: records.format: messages are not written so
            {topic: t, brokers: ["a:1"], time-digits: 3}             | records.time-digits: is of files
            {topic: t, brokers: ["a:1"], transaction-timeout: 10ms}  | records.transaction-timeout: is out of range; give 1s
            {topic: "a b", brokers: ["a:1"]}                         | records.topic: 'a b' is no topic
            """)
    void check_ofAFaultyPlace_saysWhere(String records, String said) throws Exception {
        Ended ended = RunningJob.command(
                "run",
                "--check",
                job("captures: {files: [a]}\nrecords: " + records + "\n").toString());
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains(said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sightings: {brokers: ["a:1"], topic: s, until: latest}| format: protobuf        | records.format: joined flows have no message in protobuf; give json
            sightings: {brokers: ["a:1"], topic: s, until: latest}| sensor: s               | records.sensor: joined flows are no sensor's
            sightings: {brokers: ["a:1"], topic: s}               | format: json            | records.topic: messages come to light with checkpoints
            checkpoints: {folder: c, interval: 5m}#captures: {files: [a]}| transaction-timeout: 9m | is less than two intervals of checkpoints; give 600000ms
            """)
    void check_ofAPlaceThatDoesNotFitTheJob_saysWhere(String source, String option, String said) throws Exception {
        Ended ended = RunningJob.command(
                "run",
                "--check",
                job(source.replace('#', '\n') + "\nrecords: {topic: t, brokers: [\"a:1\"], " + option + "}\n")
                        .toString());
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains(said);
    }
}
