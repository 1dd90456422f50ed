package dev.weir.export.kafka;

import dev.weir.export.ExportListener;
import dev.weir.export.ExportRun;
import dev.weir.export.Exporter;
import dev.weir.export.RecordBuffer;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import java.io.IOException;

/** Events of flows to a topic, each a message, as {@link Delivery} says. Allocates nothing a record; the sending thread does. */
public final class KafkaSink extends Delivery implements Exporter {
    private final KafkaTopic topic;
    private final RecordBuffer buffer;
    private FlowRecord next = new FlowRecord();

    KafkaSink(KafkaTopic topic, ExportRun run, ExportListener listener) {
        this(
                topic,
                run,
                runName(run),
                listener,
                new RecordBuffer(topic.bufferRecords(), run.features().annexBytes(), true));
    }

    private KafkaSink(KafkaTopic topic, ExportRun run, String runName, ExportListener listener, RecordBuffer buffer) {
        super(
                topic,
                run,
                runName,
                listener,
                new RecordOutbox(buffer, topic.format().encoder(topic.sensor(), runName, run.features())),
                KafkaSender.LEAST_RECORDS,
                Math.clamp(topic.bufferRecords() / 2, 1, KafkaSender.MOST_RECORDS));
        this.topic = topic;
        this.buffer = buffer;
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        if (!isCut() && (record.kind() == FlowEvent.ENDED || topic.events())) {
            next = record;
            deliver(1);
        }
    }

    @Override
    boolean offer(long number) {
        return buffer.offer(next, number);
    }
}
