package dev.weir.server.config;

import dev.weir.export.message.MessageFormat;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.TenantMode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A job for a stream engine, as its file says it; immutable. Made by {@link ClusterJobFile}.
 *
 * @param name what the engine calls it
 * @param source where packets, or records, come from
 * @param table how flows are kept
 * @param tunnels whose headers make the keys
 * @param tenant what separates address spaces
 * @param seed of the hash that spreads flows; empty for one drawn at random
 * @param late what becomes of late packets
 * @param parallelism readers, and operators that keep flows; 0 for as many as there are cores or slots
 * @param checkpoints when and where the job keeps what it knows; empty for never
 * @param records where records go
 */
public record ClusterJob(
        String name,
        Source source,
        FlowTableConfig table,
        TunnelMode tunnels,
        TenantMode tenant,
        OptionalLong seed,
        Late late,
        int parallelism,
        Optional<Checkpoints> checkpoints,
        Records records) {

    /** Where packets, or records, come from. */
    public sealed interface Source {}

    /** Where a job begins in a topic. */
    public enum From {
        EARLIEST,
        LATEST,
        COMMITTED
    }

    /** When a job over a topic ends. */
    public enum Until {
        STOPPED,
        LATEST
    }

    /**
     * A topic of Kafka that sensors fill.
     *
     * @param properties a file of settings of Kafka's own client
     * @param group whose offsets say how far the job is; empty for one named after the job
     * @param sensors that are waited for from the beginning on
     * @param outOfOrder how much older than the slowest sensor's clock something may be
     * @param idle after how long a silent sensor is not waited for; empty for never
     * @param ahead how far a partition is read ahead of others, in event time
     */
    public record Topic(
            List<String> brokers,
            String topic,
            Optional<String> properties,
            Optional<String> group,
            From from,
            Until until,
            List<String> sensors,
            Duration outOfOrder,
            Optional<Duration> idle,
            Duration ahead) {}

    /** Packets that sensors saw, as digests. */
    public record Digests(Topic topic) implements Source {}

    /**
     * Records of flows by several sensors, to be joined.
     *
     * @param slack by how much the times of sensors differ
     * @param waits how much later than others a record of the same flow may end
     */
    public record Sightings(Topic topic, MessageFormat format, Duration slack, Duration waits, Late late)
            implements Source {}

    /**
     * Capture files.
     *
     * @param files files, and folders of them
     * @param partOctets of a file that a reader gets at a time
     * @param packetsPerSecond of each reader at the most; 0 for any number
     */
    public record Captures(List<String> files, long partOctets, int packetsPerSecond) implements Source {}

    /** What becomes of a packet that comes when its time is over. It is counted in any case. */
    public enum Late {
        /** It counts for its flow at the clock's time. */
        COUNT,
        /** It is left out. */
        DROP
    }

    /** Where a job keeps what it knows, in which intervals, and how often it goes on from there before it gives up. */
    public record Checkpoints(String folder, Duration interval, int restarts) {}

    /** How records are written. */
    public enum Format {
        CSV,
        JSON,
        PARQUET,
        PROTOBUF
    }

    /** Where records go. */
    public sealed interface Records {}

    /**
     * Files of records.
     *
     * @param format not {@link Format#PROTOBUF}
     * @param timeDigits fraction digits of time stamps; empty for those that the captures have
     */
    public record RecordFiles(String folder, Format format, Optional<Integer> timeDigits) implements Records {}

    /**
     * A topic of Kafka, each record a message there.
     *
     * @param sensor whose messages they are; empty for one named after the job
     * @param properties a file of settings of Kafka's own client
     * @param transactionTimeout after which brokers give a transaction up
     */
    public record RecordTopic(
            List<String> brokers,
            String topic,
            MessageFormat format,
            Optional<String> sensor,
            Optional<String> properties,
            Duration transactionTimeout)
            implements Records {}
}
