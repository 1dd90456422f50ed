package dev.weir.cluster.job;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** The graph of a job over captures: sources, the lanes that keep flows, sinks. Immutable. */
public final class CaptureJob {
    /** The most lanes that a job has. */
    public static final int MOST_LANES = Lanes.GROUPS;

    private static final PrimitiveArrayTypeInfo<byte[]> OCTETS = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;

    private CaptureJob() {}

    /**
     * Flows of capture files.
     *
     * @param lanes parallel readers, and parallel operators that keep flows; 1 to {@link #MOST_LANES}
     * @param partOctets of a file that a reader gets at a time
     * @param packetsPerSecond of each reader at the most; 0 for any number
     * @return records of ended flows, in octets, each as a {@link dev.weir.table.FlowRecord} has it
     */
    public static DataStream<byte[]> flows(
            StreamExecutionEnvironment env,
            List<String> files,
            FlowOptions options,
            int lanes,
            long partOctets,
            long packetsPerSecond) {
        env.setMaxParallelism(Lanes.GROUPS);
        var source = new CaptureSource(files, options, lanes, partOctets, packetsPerSecond);
        DataStream<byte[]> batches = env.fromSource(source, WatermarkStrategy.noWatermarks(), "captures", OCTETS)
                .setParallelism(lanes)
                .uid("captures");
        return keep(batches, new FlowOperator(options), lanes);
    }

    /** Brings batches to their lanes. */
    static DataStream<byte[]> keep(DataStream<byte[]> batches, FlowOperator flows, int lanes) {
        return batches.keyBy(new ByLane(lanes), Types.INT)
                .transform("flows", OCTETS, flows)
                .setParallelism(lanes)
                .setMaxParallelism(Lanes.GROUPS)
                .uid("flows");
    }

    /** A text that names of files of one run have, and of no other. */
    public static String newRun() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    /** Writes records into files of a folder, whose names have {@code run} in them. */
    public static void toFiles(
            DataStream<byte[]> records, String folder, RecordFormat format, int timeDigits, String run) {
        records.sinkTo(new RecordFileSink(folder, format, false, timeDigits, run))
                .name("files")
                .uid("files");
    }

    /** Sends records to a topic, each as a message, with {@link MessageSink}'s guarantee. */
    public static void toTopic(DataStream<byte[]> records, MessageTopic topic) {
        records.flatMap(new FlowMessages.Single(), OCTETS)
                .name("records")
                .uid("records")
                .sinkTo(new MessageSink(topic, new FlowMessages(topic)))
                .name("messages")
                .uid("messages");
    }

    /** Whether a file of that name has records of a job. */
    public static boolean isRecordFile(String name) {
        return name.startsWith(RecordFileSink.PREFIX);
    }

    /** Whether a file of that name has records of a job that nobody is to see, or not yet. */
    public static boolean isHiddenFile(String name) {
        return name.startsWith(RecordFileSink.HIDDEN);
    }

    /**
     * After a job has ended: removes what attempts left that came to nothing; best effort.
     *
     * @param run whose; null for all that ever wrote there
     */
    public static void removeHidden(Path folder, @Nullable String run) {
        String names = RecordFileSink.HIDDEN + (run == null ? "*" : run + "-*");
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, names)) {
            for (Path each : left) {
                Files.delete(each);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // They are hidden, and no records of the job; the folder may be out of this machine's reach.
        }
    }

    /** The key of a batch: one that brings it to its lane. */
    private static final class ByLane implements KeySelector<byte[], Integer> {
        private static final long serialVersionUID = 1L;
        private final int[] keys;

        ByLane(int lanes) {
            Lanes all = new Lanes(lanes);
            keys = new int[lanes];
            for (int lane = 0; lane < lanes; lane++) {
                keys[lane] = all.key(lane);
            }
        }

        @Override
        public Integer getKey(byte[] batch) {
            return keys[Batch.lane(batch)];
        }
    }
}
