package dev.weir.cluster.job;

import dev.weir.export.message.MessageFormat;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A topic of Kafka that a job writes its records to. Serializable, for it goes with the job.
 *
 * @param sensor whose messages they say they are
 * @param properties settings of Kafka's own client
 * @param transactions what the ids of the job's transactions begin with; no other job's do
 * @param transactionMillis after which brokers give a transaction up
 */
public record MessageTopic(
        List<String> brokers,
        String topic,
        MessageFormat format,
        String sensor,
        Map<String, String> properties,
        String transactions,
        int transactionMillis)
        implements Serializable {
    /** What the writers choose. */
    private static final List<String> OURS = List.of("transactional.id", "key.serializer", "value.serializer");

    public MessageTopic {
        brokers = new ArrayList<>(brokers); // of classes that travel
        properties = new HashMap<>(properties);
    }

    /** Settings of Kafka's client for anybody who talks to the brokers of the topic: those of the properties, then ours. */
    public Properties client() {
        var settings = new Properties();
        properties.forEach(settings::setProperty);
        settings.setProperty("bootstrap.servers", String.join(",", brokers));
        settings.setProperty("enable.metrics.push", "false");
        return settings;
    }

    /** The same for who writes messages. */
    public Properties producer() {
        Properties settings = client();
        OURS.forEach(settings::remove);
        settings.setProperty("enable.idempotence", "true");
        settings.setProperty("acks", "all");
        settings.setProperty("transaction.timeout.ms", Integer.toString(transactionMillis));
        return settings;
    }
}
