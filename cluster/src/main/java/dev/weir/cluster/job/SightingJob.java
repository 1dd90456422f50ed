package dev.weir.cluster.job;

import dev.weir.export.message.MessageFormat;
import java.io.IOException;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The graph of a job that joins records of flows by several sensors. Stateless. */
public final class SightingJob {
    private static final PrimitiveArrayTypeInfo<byte[]> OCTETS = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    private static final Duration ALIGNED = Duration.ofMillis(200);

    private SightingJob() {}

    /**
     * Flows, each once, however many sensors saw it.
     *
     * @param slackNanos by how much times of sensors differ
     * @param waitNanos how far apart records of a flow end at the most
     * @param dropLate whether a record that comes when its time is over is left out
     * @param workers parallel operators of each kind
     * @return flows with who saw them, in octets, for {@link #toFiles}
     */
    public static DataStream<byte[]> flows(
            StreamExecutionEnvironment env,
            TopicOptions topic,
            MessageFormat format,
            long slackNanos,
            long waitNanos,
            boolean dropLate,
            int workers) {
        env.setMaxParallelism(Lanes.GROUPS);
        var times = topic.times();
        boolean bounded = topic.bounded();
        WatermarkStrategy<byte[]> marks = WatermarkStrategy.<byte[]>forGenerator(
                        _ -> new SensorMarks(times, bounded, System::currentTimeMillis))
                .withTimestampAssigner((sighting, _) -> Sighting.time(sighting))
                .withWatermarkAlignment("weir", Duration.ofMillis(topic.aheadNanos()), ALIGNED);
        return env.fromSource(TopicSource.of(topic, new SightingReading(format)), marks, "sightings", OCTETS)
                .setParallelism(workers)
                .uid("sightings")
                .keyBy(new BySensor(), Types.STRING)
                .process(new SightingFilter(), OCTETS)
                .setParallelism(workers)
                .name("each once")
                .uid("each-once")
                .keyBy(new ByFlow(), Types.STRING)
                .process(new SightingJoin(new FlowJoin(slackNanos, waitNanos), dropLate), OCTETS)
                .setParallelism(workers)
                .name("join")
                .uid("join");
    }

    /** Writes them into files of a folder, whose names have {@code run} in them. */
    public static void toFiles(
            DataStream<byte[]> flows, String folder, RecordFormat format, int timeDigits, String run) {
        flows.sinkTo(new RecordFileSink(folder, format, true, timeDigits, run))
                .name("files")
                .uid("files");
    }

    /** Sends them to a topic, each as a message in JSON, with {@link MessageSink}'s guarantee. */
    public static void toTopic(DataStream<byte[]> flows, MessageTopic topic) {
        flows.sinkTo(new MessageSink(topic, new JoinedMessages(topic.topic())))
                .name("messages")
                .uid("messages");
    }

    private static final class BySensor implements KeySelector<byte[], String> {
        private static final long serialVersionUID = 1L;

        @Override
        public String getKey(byte[] sighting) {
            return Sighting.sensor(sighting);
        }
    }

    private static final class ByFlow implements KeySelector<byte[], String> {
        private static final long serialVersionUID = 1L;

        @Override
        public String getKey(byte[] sighting) throws IOException {
            return Sighting.read(sighting).key();
        }
    }
}
