package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.Sensors;
import dev.weir.cluster.job.JobRunner.Outcome;
import dev.weir.cluster.job.TopicOptions.Begin;
import dev.weir.cluster.job.TopicOptions.SensorTimes;
import dev.weir.testing.kafka.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets that sensors of asymmetric routes saw, through a real broker: the records are those of {@code weir track} over all of them. */
@Timeout(240)
class DigestJobTest {
    private static final int PACKETS = 20_000, DIGITS = 6;
    private static final FlowOptions OPTIONS = JobRunner.OPTIONS.withLifetime(2000);

    @TempDir
    private static Path folder = Path.of("");

    private static KafkaBroker broker;
    private static JobRunner runner;
    private static Path forward = Path.of(""), reverse = Path.of(""), early = Path.of("");

    @TempDir
    Path scratch;

    @BeforeAll
    static void start() throws Exception {
        broker = KafkaBroker.start(folder.resolve("broker"));
        runner = new JobRunner(4);
        Path all = folder.resolve("all.pcap");
        BusyCapture.write(all, PACKETS, 21);
        forward = Sensors.see(all, folder.resolve("forward.pcap"), (_, fromClient) -> fromClient);
        reverse = Sensors.see(all, folder.resolve("reverse.pcap"), (_, fromClient) -> !fromClient);
        early = Sensors.see(
                all, folder.resolve("early.pcap"), (number, fromClient) -> !fromClient && number < PACKETS - 200);
        broker.createTopic("packets", 3);
        sense(forward, "packets", "east");
        sense(reverse, "packets", "west");
    }

    @AfterAll
    static void stop() throws Exception {
        runner.close();
        broker.close();
    }

    private static void sense(Path capture, String topic, String sensor) throws Exception {
        Sensors.track(capture, "kafka://" + broker.bootstrap() + "/" + topic + "?digests=true&sensor=" + sensor);
    }

    private static TopicOptions topic(String name, List<String> sensors) {
        return new TopicOptions(
                List.of(broker.bootstrap()),
                name,
                Map.of(),
                "test-" + name,
                Begin.EARLIEST,
                true,
                new SensorTimes(sensors, 0, TopicOptions.NEVER),
                TimeUnit.SECONDS.toNanos(2));
    }

    private Outcome job(TopicOptions topic, FlowOptions options, int lanes) throws Exception {
        Path records = Files.createDirectory(scratch.resolve("records-" + lanes));
        return runner.run(env -> DigestJob.flows(env, topic, options, lanes), lanes, DIGITS, records);
    }

    /** All columns but the flow's number, which has the sensor in it. */
    private static List<String> withoutIds(List<String> records) {
        return records.stream()
                .map(each -> each.substring(each.indexOf(',')))
                .sorted()
                .toList();
    }

    private static long counter(Outcome outcome, String name) {
        return outcome.counters().getOrDefault(FlowOperator.COUNTER + name, 0L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void sensorsOfEachDirection_onSlots_makeTheRecordsOfTrack(int lanes) throws Exception {
        Outcome found = job(topic("packets", List.of("east", "west")), OPTIONS, lanes);
        Outcome expected = JobRunner.track(List.of(forward.toString(), reverse.toString()), OPTIONS);
        assertThat(withoutIds(found.records())).isEqualTo(withoutIds(expected.records()));
        assertThat(counter(found, "packets")).isEqualTo(PACKETS);
        assertThat(counter(found, "CREATED")).isEqualTo(expected.counters().get("CREATED"));
        assertThat(counter(found, FlowOperator.AFTER_WATERMARK)).isZero();
        assertThat(counter(found, FlowOperator.LOST)).isZero();
    }

    /** The second sensor's packets come when the first one is through, and nobody said that there would be a second. */
    @ParameterizedTest
    @CsvSource({"false", "true"})
    void sensorThatNobodyWaitedFor_isLate_andCountedOrDropped(boolean drop) throws Exception {
        String topic = "late-" + drop;
        broker.createTopic(topic, 1);
        sense(forward, topic, "east");
        sense(early, topic, "west");
        FlowOptions options = drop ? OPTIONS.dropping() : OPTIONS;
        Outcome found = job(topic(topic, List.of()), options, 2);
        Outcome east = JobRunner.track(List.of(forward.toString()), OPTIONS);
        long late = JobRunner.track(List.of(early.toString()), OPTIONS).packets();
        assertThat(counter(found, FlowOperator.AFTER_WATERMARK)).isEqualTo(late);
        if (drop) {
            assertThat(withoutIds(found.records())).isEqualTo(withoutIds(east.records()));
        } else {
            assertThat(packets(found.records())).isEqualTo(late + east.packets());
        }
    }

    private static long packets(List<String> records) {
        return records.stream()
                .map(each -> each.split(",", -1))
                .mapToLong(each -> Long.parseLong(each[11]) + Long.parseLong(each[14]))
                .sum();
    }

    @Test
    void messagesThatAreMissing_doubled_orNone_areCounted() throws Exception {
        broker.createTopic("faulty", 1);
        var messages = broker.messages("packets").stream()
                .filter(each -> new String(each.key(), StandardCharsets.US_ASCII).equals("east"))
                .map(each -> each.value())
                .toList();
        assertThat(messages).hasSizeGreaterThan(6);
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < messages.size(); i++) {
                for (int copies = i == 2 ? 0 : i == 4 ? 2 : 1; copies > 0; copies--) {
                    producer.send(new ProducerRecord<>("faulty", messages.get(i)))
                            .get();
                }
            }
            producer.send(new ProducerRecord<>("faulty", new byte[] {'W', 'D', 9}))
                    .get();
        }
        Outcome found = job(topic("faulty", List.of("east")), OPTIONS, 2);
        assertThat(counter(found, "messages")).isEqualTo(messages.size() - 1);
        assertThat(counter(found, FlowOperator.LOST + ":east")).isEqualTo(1);
        assertThat(counter(found, "packets-lost")).isEqualTo(1024);
        assertThat(counter(found, "messages-doubled")).isEqualTo(1);
        assertThat(counter(found, DigestReading.REFUSED)).isEqualTo(1);
        long east = JobRunner.track(List.of(forward.toString()), OPTIONS).packets();
        assertThat(packets(found.records())).isEqualTo(east - 1024);
    }
}
