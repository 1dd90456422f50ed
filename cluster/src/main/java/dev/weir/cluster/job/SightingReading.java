package dev.weir.cluster.job;

import dev.weir.export.message.DigestHead;
import dev.weir.export.message.FlowMessage;
import dev.weir.export.message.MessageDecoder;
import dev.weir.export.message.MessageFault;
import dev.weir.export.message.MessageFormat;
import dev.weir.table.FlowRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** From messages of flows to {@link Sighting}s; what is no such message goes on as one of nobody, to be counted. One thread. */
final class SightingReading implements KafkaRecordDeserializationSchema<byte[]> {
    private static final long serialVersionUID = 1L;

    private final MessageFormat format;
    private transient @Nullable MessageDecoder decoder;

    SightingReading(MessageFormat format) {
        this.format = format;
    }

    @Override
    public void open(InitializationContext context) {
        decoder = format.decoder();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<byte[]> out) {
        MessageDecoder opened = decoder;
        if (opened == null) {
            throw new IllegalStateException("not open");
        }
        byte[] value = record.value();
        byte[] sighting;
        try {
            FlowMessage message = opened.decode(value == null ? new byte[0] : value);
            sighting = isOfOurTime(message.flow()) ? Sighting.of(message) : Sighting.refused();
        } catch (MessageFault e) {
            sighting = Sighting.refused();
        }
        out.collect(sighting);
    }

    /** Times far from ours would overflow where they are compared. */
    private static boolean isOfOurTime(FlowRecord flow) {
        return flow.startTime() >= 0
                && flow.endTime() >= flow.startTime()
                && flow.endTime() <= DigestHead.LATEST
                && flow.at() >= 0
                && flow.at() <= DigestHead.LATEST;
    }

    @Override
    public TypeInformation<byte[]> getProducedType() {
        return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    }
}
