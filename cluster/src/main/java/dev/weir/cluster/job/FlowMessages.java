package dev.weir.cluster.job;

import dev.weir.export.kafka.MessageKey;
import dev.weir.export.message.MessageEncoder;
import dev.weir.table.FlowRecord;
import dev.weir.table.feature.FeatureSet;
import java.util.UUID;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes the messages of records that {@code weir track} would send; {@code docs/kafka.md} is the contract. Each writer is a run of its own, from its
 * start to its end, that counts what it sends from 1. One that begins again at a checkpoint is another run, since what the one before
 * sent after that checkpoint was never there: so numbers have no gap and no two messages one name. One thread.
 */
final class FlowMessages implements KafkaRecordSerializationSchema<byte[]> {
    private static final long serialVersionUID = 1L;
    private static final int RUN = 16;

    private final MessageTopic topic;

    private transient @Nullable MessageEncoder encoder;
    private transient @Nullable MessageKey keys;
    private transient long sequence;

    FlowMessages(MessageTopic topic) {
        this.topic = topic;
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sink) {
        String run = UUID.randomUUID().toString().replace("-", "").substring(0, RUN);
        encoder = topic.format().encoder(topic.sensor(), run, FeatureSet.NONE);
        keys = new MessageKey();
        sequence = 0;
    }

    /** @param octets one record */
    @Override
    public ProducerRecord<byte[], byte[]> serialize(byte[] octets, KafkaSinkContext sink, @Nullable Long time) {
        MessageEncoder messages = encoder;
        MessageKey key = keys;
        if (messages == null || key == null) {
            throw new IllegalStateException("not open");
        }
        FlowRecord flow = Sighting.record(octets);
        return new ProducerRecord<>(topic.topic(), key.of(flow), messages.encode(++sequence, flow));
    }

    /** Takes records apart that are one behind the other in an element. */
    static final class Single implements FlatMapFunction<byte[], byte[]> {
        private static final long serialVersionUID = 1L;

        @Override
        public void flatMap(byte[] records, Collector<byte[]> out) {
            for (int at = 0; at < records.length; at += FlowRecord.SIZE) {
                byte[] one = new byte[FlowRecord.SIZE];
                System.arraycopy(records, at, one, 0, one.length);
                out.collect(one);
            }
        }
    }
}
