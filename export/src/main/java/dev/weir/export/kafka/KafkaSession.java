package dev.weir.export.kafka;

import dev.weir.export.kafka.KafkaFault.Kind;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One producer of a topic, from its making to its first failure; then another one is made. Each transaction commits messages and how far that
 * is ({@link Progress}), so after a failure the next session learns whether the last transaction was committed. One thread, which waits in
 * here for the brokers, but never longer than {@link #WAIT_MILLIS} for an answer.
 */
final class KafkaSession implements AutoCloseable {
    /** No call waits longer. */
    static final int WAIT_MILLIS = 10_000;

    private static final Duration WAIT = Duration.ofMillis(WAIT_MILLIS);

    private static final int REQUEST_MILLIS = 5_000, DELIVERY_MILLIS = 9_000, TRANSACTION_MILLIS = 60_000;
    private static final long PRODUCER_MEMORY = 16L << 20;

    private final KafkaTopic topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Group ofSensor;
    private final @Nullable Group ofRun;

    private KafkaSession(
            KafkaTopic topic, KafkaProducer<byte[], byte[]> producer, Group ofSensor, @Nullable Group ofRun) {
        this.topic = topic;
        this.producer = producer;
        this.ofSensor = ofSensor;
        this.ofRun = ofRun;
    }

    /** A group without members, whose offset says how far somebody has come; the progress is null where none is known. */
    private record Group(
            ConsumerGroupMetadata metadata, @Nullable Progress progress) {
        /** Waits for what an earlier transaction has not settled yet. */
        static Group of(String name, KafkaTopic topic, Map<String, Object> common) {
            Map<String, Object> settings = new HashMap<>(common);
            settings.put("group.id", name);
            settings.put("isolation.level", "read_committed");
            settings.put("enable.auto.commit", false);
            var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            try {
                TopicPartition partition = partition(topic);
                Map<TopicPartition, OffsetAndMetadata> offsets = consumer.committed(Set.of(partition), WAIT);
                return new Group(consumer.groupMetadata(), Progress.of(offsets.get(partition)));
            } finally {
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            }
        }
    }

    /** The same for all runs of a sensor on a topic, so that each ends what the one before left open. */
    static String transactionalId(KafkaTopic topic) {
        return "weir-" + topic.sensor() + "-" + topic.topic();
    }

    /** Whose offset says how far the sensor has come. */
    static String group(KafkaTopic topic) {
        return "weir-" + topic.sensor();
    }

    /**
     * Ends what another producer of the sensor has left open, and learns how far it came.
     *
     * @param run of a source that can be read again; null for another
     */
    static KafkaSession open(KafkaTopic topic, @Nullable String run) throws KafkaFault {
        Map<String, Object> settings = settings(topic);
        @Nullable KafkaProducer<byte[], byte[]> producer = null;
        @Nullable Admin admin = null;
        try {
            admin = Admin.create(new HashMap<>(settings));
            admin.describeTopics(List.of(topic.topic())).allTopicNames().get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            producer = new KafkaProducer<>(
                    producing(settings, topic), new ByteArraySerializer(), new ByteArraySerializer());
            producer.initTransactions();
            return new KafkaSession(
                    topic,
                    producer,
                    Group.of(group(topic), topic, settings),
                    run == null ? null : Group.of(group(topic) + "-" + run, topic, settings));
        } catch (KafkaException | ExecutionException | java.util.concurrent.TimeoutException e) {
            abandon(producer);
            throw KafkaFault.of(e, topic);
        } catch (InterruptedException e) {
            abandon(producer);
            Thread.currentThread().interrupt();
            throw KafkaFault.of(e, topic);
        } finally {
            leave(admin);
        }
    }

    /** Without waiting for what it has under way. */
    private static void leave(@Nullable Admin admin) {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }

    private static void abandon(@Nullable KafkaProducer<byte[], byte[]> producer) {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }

    /** Those of the file, then ours. */
    private static Map<String, Object> settings(KafkaTopic topic) throws KafkaFault {
        Map<String, Object> settings = new HashMap<>();
        String file = topic.properties();
        if (file != null) {
            Properties read = new Properties();
            try (Reader in = Files.newBufferedReader(Path.of(file))) {
                read.load(in);
            } catch (IOException | IllegalArgumentException e) {
                String why = e instanceof java.nio.file.NoSuchFileException
                        ? "no such file"
                        : String.valueOf(e.getMessage());
                throw new KafkaFault(Kind.LASTING, "properties: " + file + ": " + why + "; give a readable file");
            }
            read.stringPropertyNames().forEach(name -> settings.put(name, read.getProperty(name)));
        }
        settings.put("bootstrap.servers", String.join(",", topic.brokers()));
        settings.put("client.id", "weir-" + topic.sensor());
        settings.put("request.timeout.ms", REQUEST_MILLIS);
        settings.put("default.api.timeout.ms", WAIT_MILLIS);
        settings.put("metric.reporters", "");
        settings.put("enable.metrics.push", false);
        settings.put("reconnect.backoff.max.ms", 1000);
        return settings;
    }

    private static Map<String, Object> producing(Map<String, Object> common, KafkaTopic topic) {
        Map<String, Object> settings = new HashMap<>(common);
        settings.put("transactional.id", transactionalId(topic));
        settings.put("transaction.timeout.ms", TRANSACTION_MILLIS);
        settings.put("enable.idempotence", true);
        settings.put("acks", "all");
        settings.put("compression.type", topic.compression().label());
        settings.put("max.block.ms", WAIT_MILLIS);
        settings.put("delivery.timeout.ms", DELIVERY_MILLIS);
        settings.put("buffer.memory", PRODUCER_MEMORY);
        settings.put("batch.size", 1 << 17);
        settings.put("linger.ms", 5);
        return settings;
    }

    /** A partition of the topic, which is always there; it stands for all. */
    private static TopicPartition partition(KafkaTopic topic) {
        return new TopicPartition(topic.topic(), 0);
    }

    /** How far the sensor's last producer came; null where none is known. */
    @Nullable
    Progress ofSensor() {
        return ofSensor.progress;
    }

    /** How far this run came; null where it was never begun. */
    @Nullable
    Progress ofRun() {
        return ofRun == null ? null : ofRun.progress;
    }

    /** Whose progress is the sensor's now; asked by one that was fenced, of brokers that answer. Null for nobody's. */
    static @Nullable Progress owner(KafkaTopic topic) throws KafkaFault {
        try {
            return Group.of(group(topic), topic, settings(topic)).progress;
        } catch (KafkaException e) {
            throw KafkaFault.of(e, topic);
        }
    }

    void begin() throws KafkaFault {
        try {
            producer.beginTransaction();
        } catch (KafkaException e) {
            throw KafkaFault.of(e, topic);
        }
    }

    /** Hands a message over; whether it arrives, {@link #commit} says. */
    void send(byte[] key, byte[] message) throws KafkaFault {
        try {
            var _ = producer.send(new ProducerRecord<>(topic.topic(), key, message));
        } catch (KafkaException | IllegalStateException e) {
            throw KafkaFault.of(e, topic);
        }
    }

    /** All messages since {@link #begin} are in the topic, and the progress is known, or neither. After a failure only the next session knows. */
    void commit(Progress progress) throws KafkaFault {
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(partition(topic), progress.offset());
            producer.sendOffsetsToTransaction(offsets, ofSensor.metadata);
            if (ofRun != null) {
                producer.sendOffsetsToTransaction(offsets, ofRun.metadata);
            }
            producer.commitTransaction();
        } catch (KafkaException | IllegalStateException e) {
            throw KafkaFault.of(e, topic);
        }
    }

    /** Without waiting: what is open is ended by the next session, or by the brokers after a minute. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
