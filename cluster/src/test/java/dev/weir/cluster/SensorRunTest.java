package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.RunningJob.Ended;
import dev.weir.cluster.job.BusyCapture;
import dev.weir.cluster.job.JobRunner;
import dev.weir.cluster.job.JoinedByHand;
import dev.weir.testing.kafka.KafkaBroker;
import dev.weir.testing.kafka.SharedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs over topics on an engine of real processes: a worker is killed in the middle, and so is the broker, which comes back. Nothing is lost or there twice.
 * The broker gives readers few octets a second until then, so that there is a middle.
 */
@Timeout(300)
class SensorRunTest {
    private static final double NO_BOUND = 1e9;

    @RegisterExtension
    private static final SharedBroker BROKER = new SharedBroker(_ -> Map.of("auto.create.topics.enable", "false"));

    @RegisterExtension
    private static final SharedEngine ENGINE = new SharedEngine(3);

    @TempDir
    Path scratch;

    /** How much each reader gets of the broker at the most. */
    private static void allow(KafkaBroker broker, double octetsPerSecond) throws Exception {
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

    private Path job(String name, KafkaBroker broker, String source) throws IOException {
        Files.writeString(scratch.resolve("kafka.properties"), "max.partition.fetch.bytes=16384\n");
        return Files.writeString(scratch.resolve("job.yaml"), """
                name: NAME
                parallelism: 2
                SOURCE
                checkpoints: {folder: SCRATCH/checkpoints, interval: 300ms}
                records: {folder: SCRATCH/records, time-digits: 6}
                """.replace("NAME", name)
                .replace("SOURCE", source.stripTrailing())
                .replace("SCRATCH", scratch.toString())
                .replace("BROKER", broker.bootstrap()));
    }

    /** Runs the job while a worker and the broker are killed. */
    private static Ended disturbed(String name, KafkaBroker broker, Path job) throws Exception {
        EngineProcesses engine = ENGINE.get();
        RunningJob running = RunningJob.begin(engine, name, job);
        running.awaitCheckpoints();
        engine.killBusyWorker();
        broker.kill();
        Thread.sleep(500);
        broker.restart();
        allow(broker, NO_BOUND);
        return running.endRestored().expectDone();
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
        KafkaBroker broker = BROKER.get();
        broker.createTopic("packets", 2);
        String place = "kafka://" + broker.bootstrap() + "/packets?digests=true&sensor=";
        Sensors.track(forward, place + "east");
        Sensors.track(reverse, place + "west");
        allow(broker, 120_000);
        Ended ended = disturbed("digests", broker, job("digests", broker, """
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
        var expected =
                JobRunner.track(List.of(forward.toString(), reverse.toString()), JobRunner.OPTIONS.withLifetime(3000));
        assertThat(ended.err())
                .contains(expected.counters().get("CREATED") + " flows of " + packets + " packets")
                .doesNotContain("missing");
        assertThat(withoutIds(JobRunner.lines(scratch.resolve("records")))).isEqualTo(withoutIds(expected.records()));
    }

    @Test
    void sightingsJob_whoseWorkerAndBrokerAreKilled_joinsAsByHand() throws Exception {
        Map<String, Path> captures = JoinedByHand.captures(scratch, 43);
        KafkaBroker broker = BROKER.get();
        broker.createTopic("flows", 2);
        for (Map.Entry<String, Path> each : captures.entrySet()) {
            JoinedByHand.send(broker, "flows", "protobuf", each.getKey(), each.getValue());
        }
        allow(broker, 40_000);
        Ended ended = disturbed("sightings", broker, job("sightings", broker, """
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
        List<String> expected = JoinedByHand.join(JoinedByHand.rows(captures));
        assertThat(JobRunner.lines(scratch.resolve("records")).stream()
                        .map(JoinedByHand::line)
                        .sorted()
                        .toList())
                .isEqualTo(expected);
        assertThat(ended.err()).contains(expected.size() + " flows of ").doesNotContain("missing");
    }

    @Test
    void run_ofATopicThatIsNotThere_saysSo() throws Exception {
        KafkaBroker broker = BROKER.get();
        Ended ended = RunningJob.command(
                "run",
                job("none", broker, "digests: {brokers: [BROKER], topic: none, until: latest}")
                        .toString());
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains(broker.bootstrap() + "/none: no such topic; make it, or give another");
        broker.kill();
        Ended away = RunningJob.command(
                "run",
                job("none", broker, "sightings: {brokers: [BROKER], topic: none}")
                        .toString());
        assertThat(away.status()).isEqualTo(1);
        assertThat(Arrays.asList(away.err().split("\n"))).hasSize(1);
        assertThat(away.err()).contains(broker.bootstrap() + "/none: ");
        broker.restart();
    }
}
