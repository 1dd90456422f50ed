package dev.weir.cluster.job;

import java.io.IOException;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Messages into a topic, each exactly once for who reads what is committed: the engine's own sink, whose writers have a transaction from each
 * checkpoint to the next, and at the end. That sink goes on when brokers say that they have given a transaction up, with a line in a log; this one
 * fails the job then ({@link MessageCommitter}), so that nothing is missing unsaid, and the job alone ({@link MessageWriter}).
 */
final class MessageSink
        implements Sink<byte[]>,
                SupportsWriterState<byte[], KafkaWriterState>,
                SupportsCommitter<KafkaCommittable>,
                SupportsPostCommitTopology<KafkaCommittable> {
    private static final long serialVersionUID = 1L;

    private final MessageTopic topic;
    private final KafkaSink<byte[]> sink;

    MessageSink(MessageTopic topic, KafkaRecordSerializationSchema<byte[]> messages) {
        this.topic = topic;
        this.sink = KafkaSink.<byte[]>builder()
                .setKafkaProducerConfig(topic.producer())
                .setBootstrapServers(String.join(",", topic.brokers()))
                .setRecordSerializer(messages)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                // An id for each checkpoint: what became of a transaction can be asked for by its id alone.
                .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
                .setTransactionalIdPrefix(topic.transactions())
                .build();
    }

    private TwoPhaseCommittingStatefulSink<byte[], KafkaWriterState, KafkaCommittable> writers() {
        return sink;
    }

    @Override
    public SinkWriter<byte[]> createWriter(WriterInitContext context) throws IOException {
        return new MessageWriter(writers().createWriter(context));
    }

    @Override
    public StatefulSinkWriter<byte[], KafkaWriterState> restoreWriter(
            WriterInitContext context, Collection<KafkaWriterState> states) throws IOException {
        return new MessageWriter(writers().restoreWriter(context, states));
    }

    @Override
    public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
        return sink.getWriterStateSerializer();
    }

    @Override
    public Committer<KafkaCommittable> createCommitter(CommitterInitContext context) {
        return new MessageCommitter(topic, sink.createCommitter(context));
    }

    @Override
    public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
        return sink.getCommittableSerializer();
    }

    /** Writers and committers are to be in one process. */
    @Override
    public void addPostCommitTopology(DataStream<CommittableMessage<KafkaCommittable>> committables) {
        sink.addPostCommitTopology(committables);
    }
}
