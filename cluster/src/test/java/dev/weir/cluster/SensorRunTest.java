package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.job.BusyCapture;
import dev.weir.cluster.job.JobRunner;
import dev.weir.cluster.job.JoinedByHand;
import dev.weir.testing.kafka.KafkaBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs over topics on an engine of real processes: a worker is killed in the middle, and so is the broker, which comes back. Nothing is lost or there twice.
 * The broker gives readers few octets a second, so that there is a middle.
 */
@Timeout(300)
class SensorRunTest {
    @TempDir
    Path scratch;

    private record Ended(int status, String err) {}

    private static Ended run(String... args) {
        var err = new ByteArrayOutputStream();
        int status = new ClusterCommand()
                .run(
                        List.of(args),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Ended(status, err.toString(StandardCharsets.UTF_8));
    }

    private static void slowDown(KafkaBroker broker, double octetsPerSecond) throws Exception {
        var entity = new HashMap<String, String>();
        entity.put(ClientQuotaEntity.CLIENT_ID, null); // whoever it is
        try (Admin admin = broker.admin()) {
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                            new ClientQuotaEntity(entity),
                            List.of(new ClientQuotaAlteration.Op("consumer_byte_rate", octetsPerSecond)))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private Path job(KafkaBroker broker, String source) throws IOException {
        Files.writeString(scratch.resolve("kafka.properties"), "max.partition.fetch.bytes=16384\n");
        return Files.writeString(scratch.resolve("job.yaml"), """
                name: killed
                parallelism: 2
                SOURCE
                checkpoints: {folder: SCRATCH/checkpoints, interval: 300ms}
                records: {folder: SCRATCH/records, time-digits: 6}
                """.replace("SOURCE", source.stripTrailing())
                .replace("SCRATCH", scratch.toString())
                .replace("BROKER", broker.bootstrap()));
    }

    /** Runs the job while a worker and the broker are killed. */
    private Ended disturbed(KafkaBroker broker, Path job) throws Exception {
        try (var engine = EngineProcesses.start(scratch.resolve("engine"), 3)) {
            var running = CompletableFuture.supplyAsync(
                    () -> run("run", "--stats", "--at", engine.address(), job.toString()));
            awaitCheckpoints(engine, running);
            engine.killBusyWorker();
            broker.kill();
            Thread.sleep(500);
            broker.restart();
            Ended ended = running.get(200, TimeUnit.SECONDS);
            String jobs = engine.get("/jobs/overview");
            var id = Pattern.compile("\"jid\":\"([0-9a-f]{32})\"").matcher(jobs);
            assertThat(id.find()).as(jobs).isTrue();
            assertThat(engine.get("/jobs/" + id.group(1) + "/checkpoints"))
                    .as("it went on from a checkpoint")
                    .containsPattern("\"restored\":[1-9]");
            return ended;
        }
    }

    /** Until some checkpoints are complete, and more is to come. */
    private static void awaitCheckpoints(EngineProcesses engine, CompletableFuture<Ended> running) throws Exception {
        while (!running.isDone()) {
            var id = Pattern.compile("\"jid\":\"([0-9a-f]{32})\"").matcher(engine.get("/jobs/overview"));
            if (id.find()
                    && Pattern.compile("\"completed\":([2-9]|[1-9][0-9])")
                            .matcher(engine.get("/jobs/" + id.group(1) + "/checkpoints"))
                            .find()) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the job was over before a worker could be killed: " + running.get().err);
    }

    private static List<String> withoutIds(List<String> records) {
        return records.stream()
                .map(each -> each.substring(each.indexOf(',')))
                .sorted()
                .toList();
    }

    @Test
    void digestsJob_whoseWorkerAndBrokerAreKilled_makesTheRecordsOfTrack() throws Exception {
        Path all = scratch.resolve("all.pcap");
        int packets = 100_000;
        BusyCapture.write(all, packets, 41);
        Path forward = Sensors.see(all, scratch.resolve("forward.pcap"), (_, fromClient) -> fromClient);
        Path reverse = Sensors.see(all, scratch.resolve("reverse.pcap"), (_, fromClient) -> !fromClient);
        try (var broker = KafkaBroker.start(scratch.resolve("broker"))) {
            broker.createTopic("packets", 2);
            String place = "kafka://" + broker.bootstrap() + "/packets?digests=true&sensor=";
            Sensors.track(forward, place + "east");
            Sensors.track(reverse, place + "west");
            slowDown(broker, 120_000);
            Ended ended = disturbed(broker, job(broker, """
                    digests:
                      brokers: [BROKER]
                      topic: packets
                      properties: SCRATCH/kafka.properties
                      until: latest
                      sensors: [east, west]
                      idle: never
                      ahead: 5s
                    flows: {idle-timeout: 3s}
                    """));
            assertThat(ended.status).as(ended.err).isZero();
            var expected = JobRunner.track(
                    List.of(forward.toString(), reverse.toString()), JobRunner.OPTIONS.withLifetime(3000));
            assertThat(ended.err)
                    .contains(expected.counters().get("CREATED") + " flows of " + packets + " packets")
                    .doesNotContain("missing");
            assertThat(withoutIds(JobRunner.lines(scratch.resolve("records"))))
                    .isEqualTo(withoutIds(expected.records()));
        }
    }

    @Test
    void sightingsJob_whoseWorkerAndBrokerAreKilled_joinsAsByHand() throws Exception {
        Map<String, Path> captures = JoinedByHand.captures(scratch, 43);
        try (var broker = KafkaBroker.start(scratch.resolve("broker"))) {
            broker.createTopic("flows", 2);
            for (Map.Entry<String, Path> each : captures.entrySet()) {
                JoinedByHand.send(broker, "flows", "protobuf", each.getKey(), each.getValue());
            }
            slowDown(broker, 40_000);
            Ended ended = disturbed(broker, job(broker, """
                    sightings:
                      brokers: [BROKER]
                      topic: flows
                      format: protobuf
                      properties: SCRATCH/kafka.properties
                      until: latest
                      sensors: [core, lossy, oneway]
                      idle: never
                      slack: 100ms
                      wait: 5s
                      ahead: 5s
                    """));
            assertThat(ended.status).as(ended.err).isZero();
            List<String> expected = JoinedByHand.join(JoinedByHand.rows(captures));
            assertThat(JobRunner.lines(scratch.resolve("records")).stream()
                            .map(JoinedByHand::line)
                            .sorted()
                            .toList())
                    .isEqualTo(expected);
            assertThat(ended.err).contains(expected.size() + " flows of ").doesNotContain("missing");
        }
    }

    @Test
    void run_ofATopicThatIsNotThere_saysSo() throws Exception {
        try (var broker = KafkaBroker.start(scratch.resolve("broker"), Map.of("auto.create.topics.enable", "false"))) {
            Ended ended = run(
                    "run",
                    job(broker, "digests: {brokers: [BROKER], topic: none, until: latest}")
                            .toString());
            assertThat(ended.status).isEqualTo(1);
            assertThat(ended.err).contains(broker.bootstrap() + "/none: no such topic; make it, or give another");
            broker.kill();
            Ended away = run(
                    "run",
                    job(broker, "sightings: {brokers: [BROKER], topic: none}").toString());
            assertThat(away.status).isEqualTo(1);
            assertThat(Arrays.asList(away.err.split("\n"))).hasSize(1);
            assertThat(away.err).contains(broker.bootstrap() + "/none: ");
        }
    }
}
