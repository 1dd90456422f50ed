package dev.weir.cluster;

import dev.weir.server.config.ClusterJob;
import dev.weir.server.config.ClusterJob.RecordFiles;
import dev.weir.server.config.ClusterJob.RecordTopic;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.jspecify.annotations.Nullable;

/** Where the records of one run of a job go. Made by the thread that runs the job, and used by it alone. */
sealed interface JobOutput permits FileOutput, MessageOutput {
    /**
     * What the file of the job names, after it was looked whether records can go there.
     *
     * @param from what the job goes on from; null for one that begins anew
     */
    static JobOutput of(ClusterJob job, @Nullable String from) throws JobFailure {
        return switch (job.records()) {
            case RecordFiles files -> FileOutput.of(files, from);
            case RecordTopic topic -> MessageOutput.of(topic, job.name());
        };
    }

    /** Ends a graph of flows of packets, whose time stamps have so many fraction digits. */
    void records(DataStream<byte[]> flows, int timeDigits);

    /** Ends a graph of joined flows. */
    void joined(DataStream<byte[]> flows, int timeDigits);

    /** The job has failed, and nobody can go on with what it left. */
    void giveUp();

    /** The job is done; {@code again} where it went on from another run. */
    void end(boolean again);

    /** What to do about what ended the job, as far as this has to do with it. */
    String remedy(String thrown);
}
