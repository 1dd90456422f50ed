package dev.weir.cluster.job;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink.PrecommittingStatefulSinkWriter;

/**
 * The engine's own writer of a topic, but for its end: that one says once more, as it is closed, that brokers refused a message, and the engine takes what
 * fails so late for a fault of its worker and ends the whole process. What was refused is told by {@link #write} and {@link #flush}. One
 * thread.
 */
final class MessageWriter
        implements StatefulSinkWriter<byte[], KafkaWriterState>, CommittingSinkWriter<byte[], KafkaCommittable> {
    private final PrecommittingStatefulSinkWriter<byte[], KafkaWriterState, KafkaCommittable> writer;

    MessageWriter(PrecommittingStatefulSinkWriter<byte[], KafkaWriterState, KafkaCommittable> writer) {
        this.writer = writer;
    }

    @Override
    public void write(byte[] element, Context context) throws IOException, InterruptedException {
        writer.write(element, context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        writer.flush(endOfInput);
    }

    @Override
    public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
        writer.writeWatermark(watermark);
    }

    @Override
    public Collection<KafkaCommittable> prepareCommit() throws IOException, InterruptedException {
        return writer.prepareCommit();
    }

    @Override
    public List<KafkaWriterState> snapshotState(long checkpoint) throws IOException {
        return writer.snapshotState(checkpoint);
    }

    /** What was to be kept was flushed before; all else is given up here. */
    @Override
    public void close() {
        try {
            writer.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // What brokers refused was told, or nobody is left whom it concerns.
        }
    }
}
