package dev.weir.export.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.export.ExportListener;
import dev.weir.export.ExportRun;
import dev.weir.export.ExportStatus;
import dev.weir.export.Exporter;
import dev.weir.export.RandomRecords;
import dev.weir.export.message.FlowMessage;
import dev.weir.export.message.MessageFormat;
import dev.weir.table.FlowRecord;
import dev.weir.table.feature.FeatureSet;
import dev.weir.testing.kafka.KafkaBroker;
import dev.weir.testing.kafka.SharedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Flows to a real broker, which is killed, stopped and started again, by producers that are killed and started again. */
@Timeout(180)
class KafkaSinkTest {
    @TempDir
    private static Path folder = Path.of("");

    @RegisterExtension
    private static final SharedBroker BROKER = new SharedBroker();

    /** What the listener of the last sink has heard. */
    private final List<String> heard = new CopyOnWriteArrayList<>();

    private static KafkaBroker broker() {
        return BROKER.get();
    }

    private Exporter open(String topic, String options, ExportRun run) {
        return KafkaTopic.parse("kafka://" + broker().bootstrap() + "/" + topic + "?sensor=s-" + topic + options)
                .open(run, listener());
    }

    private ExportListener listener() {
        return (place, what) -> {
            System.out.println(place + " " + what);
            heard.add(what);
        };
    }

    private static ExportRun file(String name) {
        return new ExportRun(false, name, FeatureSet.NONE);
    }

    /** Before it is asked what became of all. */
    private static void end(Exporter sink) throws IOException {
        sink.close();
    }

    private static List<FlowMessage> read(String topic, MessageFormat format) throws IOException {
        List<FlowMessage> messages = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> each : broker().messages(topic)) {
            messages.add(format.decoder().decode(each.value()));
        }
        return messages;
    }

    /** The numbers from 1 on, each once. */
    private static void assertEachOnce(List<FlowMessage> messages, int count) {
        assertThat(messages.stream().map(FlowMessage::sequence).sorted())
                .containsExactlyElementsOf(
                        Stream.iterate(1L, number -> number + 1).limit(count).toList());
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(10);
        }
    }

    @ParameterizedTest
    @EnumSource(MessageFormat.class)
    void records_sent_areReadWhole_bothDirectionsInOnePartition(MessageFormat format) throws Exception {
        String topic = "whole-" + format.name();
        broker().createTopic(topic, 4);
        int count = 5000;
        var records = new RandomRecords(5, 50);
        try (Exporter sink = open(
                topic,
                "&compression=" + (format == MessageFormat.JSON ? "gzip" : "zstd") + "&format=" + format.name(),
                file("file-whole"))) {
            for (int i = 0; i < count; i++) {
                sink.accept(records.next());
            }
            end(sink);
            ExportStatus status = sink.status().getFirst();
            assertThat(status.records()).isEqualTo(count);
            assertThat(status.lostRecords()).isZero();
            assertThat(status.octets()).isGreaterThan(count * 100L);
        }
        Map<String, Integer> partitions = new HashMap<>();
        Map<Long, FlowMessage> read = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> each : broker().messages(topic)) {
            FlowMessage message = format.decoder().decode(each.value());
            read.put(message.sequence(), message);
            String key = new String(each.key(), StandardCharsets.US_ASCII);
            assertThat(key).isEqualTo(new String(new MessageKey().of(message.flow()), StandardCharsets.US_ASCII));
            assertThat(partitions.merge(key, each.partition(), (a, b) -> a.equals(b) ? a : -1))
                    .as(key)
                    .isNotNegative();
        }
        assertThat(read).hasSize(count);
        assertThat(partitions.values()).contains(0, 1, 2, 3);
        var again = new RandomRecords(5, 50);
        for (long i = 1; i <= count; i++) {
            FlowRecord expected = again.next();
            FlowMessage message = Objects.requireNonNull(read.get(i), "number " + i);
            assertThat(message.flow().flowId()).isEqualTo(expected.flowId());
            assertThat(message.flow().key()).isEqualTo(expected.key());
            assertThat(message.flow().forwardBytes()).isEqualTo(expected.forwardBytes());
            assertThat(message.id()).isEqualTo("s-" + topic + "/file-whole/" + i);
        }
    }

    /** Killed (SIGKILL) at moments from a printed seed, and started on the same folder. */
    @Test
    void brokerKilledAndStartedAgain_losesNoneAndDoublesNone() throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("KafkaSinkTest seed " + seed);
        var random = new SplittableRandom(seed);
        String topic = "broker-killed";
        broker().createTopic(topic, 2);
        int count = 60_000;
        var records = new RandomRecords(1, 100);
        int firstKill = random.nextInt(count / 2), secondKill = firstKill + random.nextInt(count / 2);
        try (Exporter sink = open(topic, "&format=protobuf&buffer=5000", file("file-a"))) {
            for (int i = 0; i < count; i++) {
                sink.accept(records.next());
                if (i == firstKill || i == secondKill) {
                    broker().kill();
                    broker().relaunch();
                }
            }
            end(sink);
            assertThat(sink.status().getFirst().records()).isEqualTo(count);
        }
        assertEachOnce(read(topic, MessageFormat.PROTOBUF), count);
    }

    /** Stopped (SIGSTOP) for longer than the buffer lasts. */
    @Test
    void brokerStopped_liveSinkDropsAndCounts() throws Exception {
        String topic = "stopped";
        broker().createTopic(topic, 1);
        int count = 20_000;
        var records = new RandomRecords(2, 100);
        long sent;
        try (Exporter sink = open(topic, "&buffer=2000", ExportRun.LIVE)) {
            sink.accept(records.next());
            await(() -> sink.status().getFirst().records() == 1);
            broker().pause();
            long began = System.nanoTime();
            for (int i = 1; i < count; i++) {
                sink.accept(records.next());
            }
            assertThat(System.nanoTime() - began).as("live does not wait").isLessThan(TimeUnit.SECONDS.toNanos(5));
            assertThat(sink.status().getFirst().lost().get("buffer-full")).isEqualTo(count - 1 - 2000);
            broker().resume();
            await(() -> sink.status().getFirst().waiting() == 0);
            sink.accept(records.next());
            await(() -> sink.status().getFirst().records() == 2002); // closing waits for five seconds alone
            end(sink);
            ExportStatus status = sink.status().getFirst();
            sent = status.records();
            assertThat(sent + status.lostRecords()).isEqualTo(count + 1);
            assertThat(sent).isEqualTo(2002);
        }
        List<FlowMessage> read = read(topic, MessageFormat.JSON);
        assertThat(read).hasSize((int) sent);
        assertThat(read.stream().map(FlowMessage::sequence))
                .doesNotHaveDuplicates()
                .contains(1L, 2001L, count + 1L);
    }

    /** Sends records of a named or a live run until it is killed, or the given number is sent. */
    public static final class Producer {
        private Producer() {}

        /** @param args the topic as a URI, the run's name or {@code live}, how many records, 500 in 40 ms at the most */
        public static void main(String[] args) throws Exception {
            boolean live = args[1].equals("live");
            ExportRun run = live ? ExportRun.LIVE : file(args[1]);
            var records = new RandomRecords(9, 100);
            try (Exporter sink = KafkaTopic.parse(args[0]).open(run, (place, what) -> System.out.println(what))) {
                for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                    sink.accept(records.next());
                    if (i % 500 == 0) {
                        Thread.sleep(40);
                    }
                }
                if (live) {
                    Thread.sleep(Long.MAX_VALUE);
                }
            }
        }
    }

    private Process produce(String topic, String run, int count) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Producer.class.getName(),
                        "kafka://" + broker().bootstrap() + "/" + topic + "?sensor=s-" + topic
                                + "&format=protobuf&buffer=4000",
                        run,
                        Integer.toString(count))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(topic + ".log").toFile()))
                .start();
    }

    private static void awaitMessages(String topic, int more) throws InterruptedException {
        int before = broker().messages(topic).size();
        await(() -> broker().messages(topic).size() >= before + more);
    }

    @Test
    void producerKilledAndStartedAgain_sendsEachRecordOnce() throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("KafkaSinkTest seed " + seed);
        var random = new SplittableRandom(seed);
        String topic = "producer-killed";
        broker().createTopic(topic, 3);
        int count = 25_000;
        List<Integer> there = new ArrayList<>();
        for (int kill = 0; kill < 2; kill++) {
            Process producer = produce(topic, "file-b", count);
            awaitMessages(topic, 1);
            Thread.sleep(random.nextInt(300));
            producer.destroyForcibly().waitFor();
            there.add(broker().messages(topic).size());
        }
        assertThat(produce(topic, "file-b", count).waitFor(60, TimeUnit.SECONDS))
                .isTrue();
        System.out.println("messages at the kills: " + there);
        assertThat(there.getFirst()).as("seed %s", seed).isBetween(1, count - 1);
        assertEachOnce(read(topic, MessageFormat.PROTOBUF), count);
        assertThat(produce(topic, "file-b", count).waitFor(60, TimeUnit.SECONDS))
                .isTrue();
        assertThat(read(topic, MessageFormat.PROTOBUF))
                .as("a run that was whole")
                .hasSize(count);
    }

    @Test
    void liveProducerKilled_nextOneTellsTheGap_noneTwice() throws Exception {
        String topic = "live-killed";
        broker().createTopic(topic, 1);
        Process producer = produce(topic, "live", 3000);
        awaitMessages(topic, 1000);
        producer.destroyForcibly().waitFor();
        int before = broker().messages(topic).size();
        try (Exporter sink = open(topic, "&format=protobuf", ExportRun.LIVE)) {
            sink.accept(new RandomRecords(1, 1).next());
            await(() -> sink.status().getFirst().records() == 1);
            assertThat(sink.status().getFirst().gaps()).isEqualTo(1);
            assertThat(heard)
                    .anyMatch(what -> what.contains("ended without saying so: what it had not sent is lost; the last"
                            + " that it sent is number "));
        }
        List<FlowMessage> read = read(topic, MessageFormat.PROTOBUF);
        assertThat(read).hasSize(before + 1);
        assertThat(read.stream().map(FlowMessage::id)).doesNotHaveDuplicates();
        try (Exporter sink = open(topic, "&format=protobuf", ExportRun.LIVE)) {
            sink.accept(new RandomRecords(1, 1).next());
            await(() -> sink.status().getFirst().records() == 1);
            assertThat(sink.status().getFirst().gaps())
                    .as("after one that said that it was over")
                    .isZero();
        }
    }

    @Test
    void secondProducerOfASensor_endsTheFirst() throws Exception {
        String topic = "two";
        broker().createTopic(topic, 1);
        var records = new RandomRecords(3, 10);
        try (Exporter first = open(topic, "", ExportRun.LIVE)) {
            first.accept(records.next());
            await(() -> first.status().getFirst().records() == 1);
            try (Exporter second = open(topic, "", ExportRun.LIVE)) {
                second.accept(records.next());
                await(() -> second.status().getFirst().records() == 1);
                heard.clear();
                first.accept(records.next());
                await(() -> !heard.isEmpty());
                assertThat(heard.getFirst())
                        .isEqualTo("another producer of sensor s-two has taken over; give each a name of its own"
                                + " (sensor=NAME), or end the other");
                first.accept(records.next());
                await(() -> first.status().getFirst().lostRecords() == 2);
                second.accept(records.next());
                await(() -> second.status().getFirst().records() == 2);
            }
        }
        assertThat(read(topic, MessageFormat.JSON)).hasSize(3);
    }

    private static void assertFails(Exporter sink, String why) throws IOException {
        var records = new RandomRecords(3, 10);
        assertThatThrownBy(() -> {
                    try (sink) {
                        sink.accept(records.next());
                        end(sink);
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("export: kafka://")
                .hasMessageContaining(why);
    }

    @Test
    void faultsThatLast_nameThePlaceAndTheRemedy() throws Exception {
        assertFails(
                open("nowhere", "", file("file-c")),
                "/nowhere: no such topic: nowhere; make it (kafka-topics.sh --create --topic nowhere), or give another");
        assertFails(
                open("two", "&properties=/no/such.properties", file("file-c")),
                "properties: /no/such.properties: no such file; give a readable file");
        Path login = folder.resolve("login.properties");
        for (String password : List.of("wrong", "secret")) {
            Files.writeString(login, """
                    security.protocol=SASL_PLAINTEXT
                    sasl.mechanism=PLAIN
                    sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="weir" password="%s";
                    """.formatted(password));
            broker().createTopic("login-" + password, 1);
            KafkaTopic topic = KafkaTopic.parse(
                    "kafka://" + broker().loginBootstrap() + "/login-" + password + "?properties=" + login);
            if (password.equals("wrong")) {
                assertFails(
                        topic.open(file("file-c"), listener()),
                        "the broker does not let us in: Authentication failed: Invalid username or password; see to user,"
                                + " password and certificates in " + login);
            } else {
                try (Exporter sink = topic.open(file("file-c"), listener())) {
                    sink.accept(new RandomRecords(3, 10).next());
                }
                assertThat(broker().messages("login-secret")).hasSize(1);
            }
        }
        assertFails(
                KafkaTopic.parse("kafka://127.0.0.1:1/two?patience=1").open(file("file-c"), listener()),
                "took nothing for 1 s; see that its brokers run, then start the same command again");
    }

    @Test
    void runThatIsCut_goesOnWhereItWas() throws Exception {
        String topic = "cut";
        broker().createTopic(topic, 1);
        var records = new RandomRecords(4, 10);
        try (Exporter sink = open(topic, "", file("file-d"))) {
            for (int i = 0; i < 100; i++) {
                sink.accept(records.next());
            }
            sink.cut();
            sink.accept(records.next());
        }
        assertThat(broker().messages(topic)).hasSize(100);
        var again = new RandomRecords(4, 10);
        try (Exporter sink = open(topic, "", file("file-d"))) {
            for (int i = 0; i < 150; i++) {
                sink.accept(again.next());
            }
            end(sink);
            assertThat(sink.sentBefore()).isEqualTo(100);
            assertThat(sink.status().getFirst().records()).isEqualTo(50);
        }
        assertEachOnce(read(topic, MessageFormat.JSON), 150);
    }
}
