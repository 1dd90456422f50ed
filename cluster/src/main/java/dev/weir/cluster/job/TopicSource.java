package dev.weir.cluster.job;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.eventtime.SerializableTimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** Makes the engine's own source of a topic: messages of committed transactions, each once, with offsets in checkpoints. Stateless. */
final class TopicSource {
    /** How often readers learn how far others are, and after which silence a partition holds no other back. */
    private static final Duration ALIGNED = Duration.ofMillis(200), QUIET = Duration.ofSeconds(2);

    private static final int WAIT_SECONDS = 20;

    private TopicSource() {}

    @SuppressWarnings("deprecation") // what the connector's interface asks for
    static KafkaSource<byte[]> of(TopicOptions options, KafkaRecordDeserializationSchema<byte[]> reading) {
        var properties = new Properties();
        options.properties().forEach(properties::setProperty);
        properties.setProperty("isolation.level", "read_committed");
        properties.setProperty("enable.metrics.push", "false");
        var builder = KafkaSource.<byte[]>builder()
                .setProperties(properties)
                .setBootstrapServers(String.join(",", options.brokers()))
                .setTopics(options.topic())
                .setGroupId(options.group())
                .setClientIdPrefix(options.group())
                .setStartingOffsets(
                        switch (options.begin()) {
                            case EARLIEST -> OffsetsInitializer.earliest();
                            case LATEST -> OffsetsInitializer.latest();
                            case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
                        })
                .setDeserializer(reading);
        if (options.bounded()) {
            builder.setBounded(OffsetsInitializer.offsets(ends(options)));
        }
        return builder.build();
    }

    /** Where each partition ends now. Asked once, for the whole life of a job: asked again after a failure the job would end elsewhere. */
    private static Map<TopicPartition, Long> ends(TopicOptions options) {
        var settings = new HashMap<String, Object>(options.properties());
        settings.put("bootstrap.servers", String.join(",", options.brokers()));
        settings.put("enable.metrics.push", false);
        try (Admin admin = Admin.create(settings)) {
            var latest = new HashMap<TopicPartition, OffsetSpec>();
            admin.describeTopics(List.of(options.topic()))
                    .allTopicNames()
                    .get(WAIT_SECONDS, TimeUnit.SECONDS)
                    .getOrDefault(options.topic(), new TopicDescription(options.topic(), false, List.of()))
                    .partitions()
                    .forEach(each ->
                            latest.put(new TopicPartition(options.topic(), each.partition()), OffsetSpec.latest()));
            var ends = new HashMap<TopicPartition, Long>();
            admin.listOffsets(latest)
                    .all()
                    .get(WAIT_SECONDS, TimeUnit.SECONDS)
                    .forEach((partition, end) -> ends.put(partition, end.offset()));
            return ends;
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    options.topic() + ": its end cannot be asked for: " + e + "; see to brokers and rights", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Partitions are read no further ahead of each other than that; the marks say how far each is, and mean nothing more. */
    static WatermarkStrategy<byte[]> aligned(SerializableTimestampAssigner<byte[]> times, long aheadNanos) {
        return WatermarkStrategy.<byte[]>forGenerator(_ -> new Furthest())
                .withTimestampAssigner(times)
                .withIdleness(QUIET)
                .withWatermarkAlignment("weir", Duration.ofMillis(aheadNanos), ALIGNED);
    }

    /** How far the elements of a partition have come. */
    private static final class Furthest implements WatermarkGenerator<byte[]> {
        private long furthest = Long.MIN_VALUE;

        @Override
        public void onEvent(byte[] element, long time, WatermarkOutput output) {
            furthest = Math.max(furthest, time);
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            if (furthest != Long.MIN_VALUE) {
                output.emitWatermark(new Watermark(furthest));
            }
        }
    }
}
