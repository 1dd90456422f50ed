package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.export.message.DigestMessage;
import dev.weir.export.message.FlowMessage;
import dev.weir.export.message.MessageFormat;
import dev.weir.table.FlowEvent;
import dev.weir.testing.kafka.KafkaBroker;
import dev.weir.testing.kafka.SharedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir track --export kafka://...}, as a process, with a real broker. */
@Timeout(180)
class TrackKafkaTest {
    private static final int FLOWS = 150_000;

    @TempDir
    private static Path folder = Path.of("");

    @RegisterExtension
    private static final SharedBroker BROKER = new SharedBroker();

    @BeforeAll
    static void makeCapture() throws IOException {
        CaptureBytes.writeManyFlows(folder.resolve("many.pcap"), FLOWS);
    }

    private static KafkaBroker broker() {
        return BROKER.get();
    }

    /** What it said is in {@code NAME.out}. */
    private static Process weir(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .start();
    }

    private static String said(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".out"));
    }

    private Process track(String name, String topic) throws IOException {
        return weir(
                name,
                "track",
                folder.resolve("many.pcap").toString(),
                "--idle-timeout",
                "1s",
                "--export",
                "kafka://" + broker().bootstrap() + "/" + topic + "?sensor=edge&buffer=2000");
    }

    @Test
    void digestsKilledAndStartedAgain_sendEachPacketOnce() throws Exception {
        String topic = "digests";
        broker().createTopic(topic, 2);
        String place = "kafka://" + broker().bootstrap() + "/" + topic + "?digests=true&sensor=edge&buffer=4096";
        String capture = folder.resolve("many.pcap").toString();
        Process killed = weir("digests-killed", "track", capture, "--export", place);
        while (broker().messages(topic).isEmpty() && killed.isAlive()) {
            Thread.sleep(5);
        }
        killed.destroyForcibly().waitFor();
        int there = broker().messages(topic).size();
        System.out.println("messages at the kill: " + there);
        Process last = weir("digests-last", "track", capture, "--export", place, "--stats");
        assertThat(last.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue()).as(said("digests-last")).isZero();
        assertThat(said("digests-last")).contains(" messages were there already, by an earlier start of this command");
        long sequence = 0, packets = 0;
        for (ConsumerRecord<byte[], byte[]> each : broker().messages(topic)) {
            DigestMessage message = DigestMessage.decode(each.value());
            assertThat(message.head().sequence())
                    .as("in one partition, in order")
                    .isEqualTo(++sequence);
            packets += message.head().packets();
        }
        assertThat(packets).isEqualTo(FLOWS);
    }

    @Test
    void trackKilledAndStartedAgain_sendsEachFlowOnce() throws Exception {
        String topic = "killed";
        broker().createTopic(topic, 2);
        List<Integer> there = new ArrayList<>();
        for (int kill = 0; kill < 2; kill++) {
            Process weir = track("killed-" + kill, topic);
            int before = broker().messages(topic).size();
            while (broker().messages(topic).size() == before && weir.isAlive()) {
                Thread.sleep(20);
            }
            weir.destroyForcibly().waitFor();
            there.add(broker().messages(topic).size());
        }
        System.out.println("messages at the kills: " + there);
        assertThat(there.getFirst()).isBetween(1, FLOWS - 1);
        Process last = track("last", topic);
        assertThat(last.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue()).as(said("last")).isZero();
        assertThat(said("last")).contains(" records were there already, by an earlier start of this command");
        Set<Long> sequences = new TreeSet<>(), flows = new TreeSet<>();
        List<ConsumerRecord<byte[], byte[]>> messages = broker().messages(topic);
        for (ConsumerRecord<byte[], byte[]> each : messages) {
            FlowMessage message = MessageFormat.JSON.decoder().decode(each.value());
            sequences.add(message.sequence());
            flows.add(message.flow().flowId());
        }
        assertThat(messages).hasSize(FLOWS);
        assertThat(sequences).hasSize(FLOWS).startsWith(1L).endsWith((long) FLOWS);
        assertThat(flows).hasSize(FLOWS).startsWith(1L).endsWith((long) FLOWS);
    }

    /** What goes to the topic is what the records file has, and how each flow began. */
    @Test
    void run_withExport_sendsRecordsAndEvents() throws Exception {
        broker().createTopic("run", 1);
        Path records = folder.resolve("run.csv"), configuration = folder.resolve("run.yaml");
        Files.writeString(configuration, """
                ports:
                  in: {read: "%s"}
                  out: {write: "%s"}
                nodes:
                  wires: {type: cross-connect, pairs: [[in, out]]}
                records: {output: "%s"}
                export:
                  archive: {collector: "kafka://%s/run", format: protobuf, sensor: box, events: true}
                """.formatted(
                        Path.of("../samples/web.pcap").toAbsolutePath(),
                        folder.resolve("out.pcap"),
                        records,
                        broker().bootstrap()));
        Process weir = weir("run", "run", configuration.toString());
        assertThat(weir.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(weir.exitValue()).as(said("run")).isZero();
        assertThat(said("run")).contains("export.archive: ").contains(" records sent in ");
        Set<Long> created = new TreeSet<>(), ended = new TreeSet<>(), written = new TreeSet<>();
        for (ConsumerRecord<byte[], byte[]> each : broker().messages("run")) {
            FlowMessage message = MessageFormat.PROTOBUF.decoder().decode(each.value());
            assertThat(message.sensor()).isEqualTo("box");
            long flow = message.flow().flowId();
            switch (message.flow().kind()) {
                case FlowEvent.CREATED -> assertThat(created.add(flow)).isTrue();
                case FlowEvent.ENDED -> assertThat(ended.add(flow)).isTrue();
                default -> assertThat(message.flow().kind()).isEqualTo(FlowEvent.STATE_CHANGED);
            }
        }
        try (var lines = Files.lines(records)) {
            lines.skip(1)
                    .map(line -> Long.valueOf(line.substring(0, line.indexOf(','))))
                    .forEach(written::add);
        }
        assertThat(ended).isEqualTo(written).isNotEmpty();
        assertThat(created).isEqualTo(ended);
    }

    @Test
    void faults_areOneLineEach() throws Exception {
        Process missing = track("missing", "nowhere");
        assertThat(missing.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(missing.exitValue()).isEqualTo(CommandException.FAILED);
        assertThat(said("missing"))
                .isEqualTo("weir: export: kafka://" + broker().bootstrap()
                        + "/nowhere: no such topic: nowhere; make it (kafka-topics.sh --create --topic nowhere), or give"
                        + " another\n");
        Process unknown = weir("unknown", "track", "x.pcap", "--export", "kafka://no.such.host.invalid:9092/t");
        assertThat(unknown.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said("unknown"))
                .isEqualTo(
                        "weir: --export kafka://no.such.host.invalid:9092/t: no such host: no.such.host.invalid; give a"
                                + " name that is known, or an address\n");
        Process events =
                weir("events", "track", "x.pcap", "--export", "kafka://" + broker().bootstrap() + "/t?events=true");
        assertThat(events.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said("events"))
                .startsWith("weir: --export: events=true wants events, and there are records; add --events");
    }
}
