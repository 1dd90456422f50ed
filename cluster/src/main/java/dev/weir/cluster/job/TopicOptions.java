package dev.weir.cluster.job;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A topic of Kafka that sensors fill, and how a job reads it. Serializable, for it goes with the job.
 *
 * @param properties settings of Kafka's own client
 * @param group whose offsets say how far the job is
 * @param bounded whether the job ends with the messages that are there when it begins
 * @param times whom the job waits for
 * @param aheadNanos how far a partition is read ahead of others
 */
public record TopicOptions(
        List<String> brokers,
        String topic,
        Map<String, String> properties,
        String group,
        Begin begin,
        boolean bounded,
        SensorTimes times,
        long aheadNanos)
        implements Serializable {
    /** Where a job begins that goes on from nothing. */
    public enum Begin {
        EARLIEST,
        LATEST,
        /** Where the group was; the earliest where it never was. */
        COMMITTED
    }

    /** Waits for ever. */
    public static final long NEVER = Long.MAX_VALUE;

    /**
     * Which sensors are waited for.
     *
     * @param sensors that are waited for before they were heard of
     * @param outOfOrderNanos how much older than the slowest sensor's clock something may be and still be in time
     * @param idleMillis after which silence a sensor is not waited for; {@link #NEVER} for none
     */
    public record SensorTimes(List<String> sensors, long outOfOrderNanos, long idleMillis) implements Serializable {
        public SensorTimes {
            sensors = new ArrayList<>(sensors); // of a class that travels
        }
    }

    public TopicOptions {
        brokers = new ArrayList<>(brokers);
        properties = new HashMap<>(properties);
    }
}
