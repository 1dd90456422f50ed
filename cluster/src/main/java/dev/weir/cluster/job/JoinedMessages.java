package dev.weir.cluster.job;

import dev.weir.export.kafka.MessageKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Makes messages of joined flows: keyed as records are, each the object that a line of a JSON file has, times to the nanosecond. One thread. */
final class JoinedMessages implements KafkaRecordSerializationSchema<byte[]> {
    private static final long serialVersionUID = 1L;
    private static final int EXACT = 9;

    private final String topic;

    private transient @Nullable Making making;

    JoinedMessages(String topic) {
        this.topic = topic;
    }

    private record Making(ByteArrayOutputStream out, JoinedRows rows, MessageKey keys) {}

    @Override
    public void open(InitializationContext context, KafkaSinkContext sink) throws IOException {
        var out = new ByteArrayOutputStream();
        making = new Making(out, new JoinedRows(out, true, EXACT), new MessageKey());
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(byte[] element, KafkaSinkContext sink, @Nullable Long time) {
        Making use = making;
        if (use == null) {
            throw new IllegalStateException("not open");
        }
        try {
            use.out.reset();
            use.rows.write(element);
            use.rows.flush();
            byte[] line = use.out.toByteArray();
            return new ProducerRecord<>(
                    topic,
                    use.keys.of(JoinedFlow.read(element).record()),
                    Arrays.copyOf(line, line.length - 1)); // without its end
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
    }
}
