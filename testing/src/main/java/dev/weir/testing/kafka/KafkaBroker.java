package dev.weir.testing.kafka;

import dev.weir.testing.Ports;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A real broker (KRaft, one node) in a process of its own, which can be killed, stopped for a while, and started again on the same folder and
 * port. Needs {@code kafka_2.13} on the class path of the test. One thread.
 */
public final class KafkaBroker implements AutoCloseable {
    private static final int START_SECONDS = 60, ANSWER_SECONDS = 5, STARTS = 5;
    private static final String LOOPBACK = "127.0.0.1";
    /** It starts sooner with the quick compiler alone, and is slower after that. */
    private static final List<String> QUICK = List.of("-Xmx384m", "-XX:TieredStopAtLevel=1");

    private static final List<String> LASTING = List.of("-Xmx1g");

    private final Path folder;
    private final List<String> options;
    private final boolean tls;
    private int port, loginPort, tlsPort;
    private Process process;

    private KafkaBroker(Path folder, List<String> options, Map<String, String> more)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.options = options;
        this.tls = more.containsKey("ssl.keystore.location");
        Files.createDirectories(folder);
        for (int start = 1; ; start++) {
            write(more);
            process = launch();
            try {
                awaitStart();
                return;
            } catch (IOException e) {
                if (start == STARTS || !isPortTaken()) {
                    throw e;
                }
                Files.delete(log());
            }
        }
    }

    /**
     * Starts one and waits until it serves.
     *
     * @param folder where all of it lies; its log is {@code broker.log} there
     */
    public static KafkaBroker start(Path folder) throws IOException, InterruptedException {
        return new KafkaBroker(folder, QUICK, Map.of());
    }

    /** The same with more settings of the broker; with {@code ssl.keystore.location} among them it serves TLS too. */
    public static KafkaBroker start(Path folder, Map<String, String> settings)
            throws IOException, InterruptedException {
        return new KafkaBroker(folder, QUICK, settings);
    }

    /** The same for one that has much to do: with all compilers. */
    static KafkaBroker startForLong(Path folder) throws IOException, InterruptedException {
        return new KafkaBroker(folder, LASTING, Map.of());
    }

    private Path log() {
        return folder.resolve("broker.log");
    }

    /** Somebody else was given one of its ports since it was drawn. */
    private boolean isPortTaken() throws IOException {
        return Files.readString(log()).contains("Address already in use");
    }

    private void write(Map<String, String> more) throws IOException {
        Properties settings = new Properties();
        int[] ports = Ports.free(4);
        port = ports[0];
        loginPort = ports[1];
        tlsPort = ports[2];
        String controller = LOOPBACK + ":" + ports[3];
        String clients =
                "PLAIN://" + bootstrap() + ",LOGIN://" + loginBootstrap() + (tls ? ",TLS://" + tlsBootstrap() : "");
        settings.putAll(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.voters", "1@" + controller),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("listeners", clients + ",CONTROLLER://" + controller),
                Map.entry("advertised.listeners", clients),
                Map.entry(
                        "listener.security.protocol.map",
                        "PLAIN:PLAINTEXT,LOGIN:SASL_PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", "PLAIN"),
                Map.entry("sasl.enabled.mechanisms", "PLAIN"),
                Map.entry(
                        "listener.name.login.plain.sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required user_weir=\"secret\";"),
                Map.entry("log.dirs", folder.resolve("data").toString()),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "3"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "3"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                // One that was killed is taken back when its old session is over.
                Map.entry("broker.session.timeout.ms", "2000"),
                Map.entry("broker.heartbeat.interval.ms", "400"),
                Map.entry("auto.create.topics.enable", "true"),
                Map.entry("num.partitions", "1")));
        settings.putAll(more);
        try (Writer out = Files.newBufferedWriter(folder.resolve("server.properties"))) {
            settings.store(out, null);
        }
    }

    private Process launch() throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(1, options);
        command.addAll(List.of(
                BrokerMain.class.getName(), folder.resolve("server.properties").toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    /** It serves when it answers. */
    private void awaitStart() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!listens() || !answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IOException("the broker did not start: see " + log() + ": " + Files.readString(log()));
            }
            Thread.sleep(20);
        }
    }

    private boolean answers() throws InterruptedException {
        try (Admin admin = admin()) {
            admin.describeCluster().nodes().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            return false;
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Where clients connect: {@code 127.0.0.1:PORT}. */
    public String bootstrap() {
        return LOOPBACK + ":" + port;
    }

    /** Where they connect that log in: SASL PLAIN, user {@code weir}, password {@code secret}. */
    public String loginBootstrap() {
        return LOOPBACK + ":" + loginPort;
    }

    /** Where they connect by TLS, if it was given a certificate. */
    public String tlsBootstrap() {
        return LOOPBACK + ":" + tlsPort;
    }

    /** Somebody who asks and changes the broker's topics. */
    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    /** Makes a topic of one replica. */
    public void createTopic(String name, int partitions) throws IOException, InterruptedException {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IOException("topic " + name, e);
        }
    }

    /** All messages of a topic whose transactions are committed, a partition after the other. */
    public List<ConsumerRecord<byte[], byte[]>> messages(String topic) {
        List<ConsumerRecord<byte[], byte[]>> messages = new ArrayList<>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrap(), "isolation.level", "read_committed", "fetch.max.wait.ms", 100);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(each -> new TopicPartition(topic, each.partition()))
                    .toList();
            for (TopicPartition partition : partitions) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
                while (consumer.position(partition) < end) {
                    consumer.poll(Duration.ofMillis(200)).forEach(messages::add);
                }
            }
        }
        return messages;
    }

    /** SIGKILL, and waits for its end. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it anew after a {@link #kill}, and waits until it serves. */
    public void restart() throws IOException, InterruptedException {
        relaunch();
        awaitStart();
    }

    /** Starts it anew without waiting. */
    public void relaunch() throws IOException {
        if (process.isAlive()) {
            throw new IllegalStateException("the broker runs");
        }
        process = launch();
    }

    /** SIGSTOP: it holds its connections and answers nothing. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " failed");
        }
    }

    /** Kills it; the folder stays. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
