package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.job.JobRunner.Outcome;
import dev.weir.cluster.job.JoinedByHand.Row;
import dev.weir.cluster.job.TopicOptions.Begin;
import dev.weir.cluster.job.TopicOptions.SensorTimes;
import dev.weir.export.message.MessageFormat;
import dev.weir.testing.kafka.KafkaBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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

/**
 * Records of three sensors through a real broker, one of which misses packets and one sees one direction alone: joined they are what a plain computation over
 * the rows that {@code weir track} writes makes of them.
 */
@Timeout(240)
class SightingJobTest {
    @TempDir
    private static Path folder = Path.of("");

    private static KafkaBroker broker;
    private static JobRunner runner;
    private static List<String> expected = List.of();
    private static long sent;

    @TempDir
    Path scratch;

    @BeforeAll
    static void start() throws Exception {
        broker = KafkaBroker.start(folder.resolve("broker"));
        runner = new JobRunner(4);
        Map<String, Path> captures = JoinedByHand.captures(folder, 31);
        for (String format : List.of("json", "protobuf")) {
            broker.createTopic(format, 3);
            for (Map.Entry<String, Path> each : captures.entrySet()) {
                JoinedByHand.send(broker, format, format, each.getKey(), each.getValue());
            }
        }
        List<Row> rows = JoinedByHand.rows(captures);
        sent = rows.size();
        expected = JoinedByHand.join(rows);
    }

    @AfterAll
    static void stop() throws Exception {
        runner.close();
        broker.close();
    }

    private Outcome job(String topic, MessageFormat format, int workers, long outOfOrder) throws Exception {
        var options = new TopicOptions(
                List.of(broker.bootstrap()),
                topic,
                Map.of(),
                "test-" + topic,
                Begin.EARLIEST,
                true,
                new SensorTimes(List.of("core", "lossy", "oneway"), outOfOrder, TopicOptions.NEVER),
                TimeUnit.SECONDS.toNanos(5));
        Path records = Files.createDirectory(scratch.resolve("records-" + workers));
        return runner.run(
                env -> SightingJob.toFiles(
                        SightingJob.flows(env, options, format, JoinedByHand.SLACK, JoinedByHand.WAIT, false, workers),
                        records.toString(),
                        RecordFormat.CSV,
                        9,
                        CaptureJob.newRun()),
                workers,
                records);
    }

    private static List<String> lines(Outcome found) {
        return found.records().stream().map(JoinedByHand::line).sorted().toList();
    }

    private static long counter(Outcome outcome, String name) {
        return outcome.counters().getOrDefault(FlowOperator.COUNTER + name, 0L);
    }

    @ParameterizedTest
    @CsvSource({"1, json", "2, protobuf", "4, json"})
    void flowsOfThreeSensors_onSlots_areJoinedAsByHand(int workers, String format) throws Exception {
        Outcome found = job(format, MessageFormat.valueOf(format.toUpperCase(Locale.ROOT)), workers, 0);
        assertThat(counter(found, SightingJoin.LATE)).isZero();
        assertThat(counter(found, "records")).isEqualTo(sent);
        assertThat(counter(found, FlowOperator.LOST)).isZero();
        assertThat(counter(found, SightingJoin.EARLY)).isZero();
        assertThat(lines(found)).isEqualTo(expected);
        assertThat(counter(found, "flows")).isEqualTo(expected.size());
        assertThat(expected.size()).as("some are joined").isLessThan((int) sent);
    }

    @Test
    void messagesThatAreMissing_doubledOrNone_areCounted() throws Exception {
        broker.createTopic("faulty", 2);
        var messages = broker.messages("json");
        long doubled = 0;
        var taken = new HashSet<String>();
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < messages.size(); i++) {
                var message =
                        MessageFormat.JSON.decoder().decode(messages.get(i).value());
                if (message.sequence() == 40) {
                    taken.add(message.sensor());
                    continue;
                }
                int copies = i % 100 == 0 ? 2 : 1;
                doubled += copies - 1;
                for (; copies > 0; copies--) {
                    producer.send(new ProducerRecord<>(
                                    "faulty",
                                    messages.get(i).key(),
                                    messages.get(i).value()))
                            .get();
                }
            }
            producer.send(new ProducerRecord<>("faulty", new byte[] {'{', '}'})).get();
        }
        Outcome found = job("faulty", MessageFormat.JSON, 2, 0);
        assertThat(taken).containsExactlyInAnyOrder("core", "lossy", "oneway");
        assertThat(counter(found, FlowOperator.LOST)).isEqualTo(3);
        assertThat(counter(found, FlowOperator.LOST + ":lossy")).isEqualTo(1);
        assertThat(counter(found, "messages-doubled")).isEqualTo(doubled);
        assertThat(counter(found, DigestReading.REFUSED)).isEqualTo(1);
        assertThat(counter(found, "records")).isEqualTo(sent - 3);
    }
}
