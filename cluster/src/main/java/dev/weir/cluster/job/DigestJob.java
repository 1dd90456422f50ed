package dev.weir.cluster.job;

import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The graph of a job over packet digests of many sensors. Stateless. */
public final class DigestJob {
    private DigestJob() {}

    /**
     * Flows of the packets that sensors sent.
     *
     * @param lanes parallel readers, and parallel operators that keep flows; 1 to {@link CaptureJob#MOST_LANES}
     * @return records of ended flows, as {@link CaptureJob#flows} has them
     */
    public static DataStream<byte[]> flows(
            StreamExecutionEnvironment env, TopicOptions topic, FlowOptions options, int lanes) {
        env.setMaxParallelism(Lanes.GROUPS);
        DataStream<byte[]> batches = env.fromSource(
                        TopicSource.of(topic, new DigestReading(options, lanes)),
                        TopicSource.aligned((batch, _) -> Batch.clock(batch), topic.aheadNanos()),
                        "digests",
                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                .setParallelism(lanes)
                .uid("digests");
        return CaptureJob.keep(batches, new FlowOperator(options, topic.times()), lanes);
    }
}
