package dev.weir.cluster.job;

import dev.weir.export.message.DigestHead;
import dev.weir.export.message.DigestMessage;
import dev.weir.export.message.MessageFault;
import dev.weir.table.FlowTable;
import dev.weir.table.PacketDigests;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * From messages of digests to what each lane is told: every lane of every message, so that all know how far each sensor is. The first lane also gets
 * the counters, and counts what is missing. What is no such message is counted and passed over. One thread.
 */
final class DigestReading implements KafkaRecordDeserializationSchema<byte[]> {
    /** Counts messages that are none of digests, and those whose sensor tells address spaces apart in another way than the job. */
    static final String REFUSED = "messages-refused", OTHER_TENANTS = "messages-refused:tenant";

    private static final long serialVersionUID = 1L;

    private final FlowOptions options;
    private final int lanes;

    private transient @Nullable Lanes spread;
    private transient @Nullable PacketDigests digests;
    private transient int @Nullable [] laneOf;

    DigestReading(FlowOptions options, int lanes) {
        this.options = options;
        this.lanes = lanes;
    }

    @Override
    public void open(InitializationContext context) {
        open();
    }

    void open() {
        // A table that keeps nothing: the secret by which flows are spread is taken from one.
        try (var secret = new FlowTable(options.table(1).withMaxFlows(1))) {
            digests = new PacketDigests(secret, options.tenants());
        }
        spread = new Lanes(lanes);
        laneOf = new int[DigestHead.MOST_PACKETS];
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<byte[]> out) {
        DigestMessage message;
        try {
            byte[] value = record.value();
            message = DigestMessage.decode(value == null ? new byte[0] : value);
        } catch (MessageFault e) {
            out.collect(Batch.counted(0, Map.of(REFUSED, 1L)));
            return;
        }
        if (message.head().tenants() != options.tenants()) {
            out.collect(Batch.counted(0, Map.of(OTHER_TENANTS, 1L)));
            return;
        }
        divide(message, out);
    }

    private void divide(DigestMessage message, Collector<byte[]> out) {
        PacketDigests codec = digests;
        Lanes all = spread;
        int[] of = laneOf;
        if (codec == null || all == null || of == null) {
            throw new IllegalStateException("not open");
        }
        byte[] octets = message.octets();
        int[] sizes = new int[lanes];
        int n = 0;
        for (int at = message.at(), size; (size = PacketDigests.size(octets, at)) != 0; at += size) {
            int lane = all.ofGroup(codec.place(octets, at, Lanes.GROUPS));
            of[n++] = lane;
            sizes[lane] += size;
        }
        byte[][] batches = new byte[lanes][];
        int[] filled = new int[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            batches[lane] = SensorBatch.begin(message, lane, lane == 0, sizes[lane]);
            filled[lane] = batches[lane].length - sizes[lane];
        }
        long stream = SensorBatch.stream(message.head());
        n = 0;
        for (int at = message.at(), size; (size = PacketDigests.size(octets, at)) != 0; at += size) {
            int lane = of[n++];
            System.arraycopy(octets, at, batches[lane], filled[lane], size);
            PacketDigests.number(
                    batches[lane], filled[lane], SensorBatch.number(stream, PacketDigests.number(octets, at)));
            filled[lane] += size;
        }
        for (byte[] batch : batches) {
            out.collect(batch);
        }
    }

    @Override
    public TypeInformation<byte[]> getProducedType() {
        return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    }
}
