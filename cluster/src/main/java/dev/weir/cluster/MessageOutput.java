package dev.weir.cluster;

import dev.weir.cluster.job.CaptureJob;
import dev.weir.cluster.job.MessageTopic;
import dev.weir.cluster.job.SightingJob;
import dev.weir.server.config.ClusterJob.RecordTopic;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records into a topic of Kafka. */
record MessageOutput(MessageTopic topic) implements JobOutput {
    private static final String TRANSACTIONS = "weir-job-", WAIT_MILLIS = "10000";

    static MessageOutput of(RecordTopic records, String job) throws JobFailure {
        var topic = new MessageTopic(
                records.brokers(),
                records.topic(),
                records.format(),
                records.sensor().orElseGet(() -> JobTopics.named(job)),
                JobTopics.properties(records.properties()),
                TRANSACTIONS + JobTopics.named(job) + "-" + CaptureJob.newRun(),
                Math.toIntExact(records.transactionTimeout().toMillis()));
        JobTopics.check(topic.brokers(), topic.topic(), topic.properties());
        begin(topic);
        return new MessageOutput(topic);
    }

    /** Begins a transaction as the writers do: whether brokers allow it would else be heard of by workers alone. */
    private static void begin(MessageTopic topic) throws JobFailure {
        Properties settings = topic.producer();
        settings.setProperty("transactional.id", topic.transactions() + "-check");
        settings.setProperty("max.block.ms", WAIT_MILLIS);
        String place = JobTopics.place(topic.brokers(), topic.topic());
        try {
            var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
            try {
                producer.initTransactions();
            } finally {
                producer.close(Duration.ZERO); // waits for nobody
            }
        } catch (KafkaException e) {
            String said = JobTopics.said(e);
            throw new JobFailure(place + ": "
                    + (said.contains(Errors.INVALID_TRANSACTION_TIMEOUT.message())
                            ? "brokers allow no 'transaction-timeout' of " + topic.transactionMillis()
                                    + "ms; give a shorter one, or the brokers a larger transaction.max.timeout.ms"
                            : said + "; see to brokers, properties, and the right to Write transactional ids that begin"
                                    + " with " + TRANSACTIONS));
        }
    }

    @Override
    public void records(DataStream<byte[]> flows, int timeDigits) {
        CaptureJob.toTopic(flows, topic);
    }

    @Override
    public void joined(DataStream<byte[]> flows, int timeDigits) {
        SightingJob.toTopic(flows, topic);
    }

    /** Brokers end what is open when its time is over. */
    @Override
    public void giveUp() {}

    @Override
    public void end(boolean again) {}

    @Override
    public String remedy(String thrown) {
        if (isNamed(thrown, ProducerFencedException.class) || isNamed(thrown, InvalidProducerEpochException.class)) {
            return "the brokers gave up a transaction into " + topic.topic()
                    + " before it was over: give a longer 'transaction-timeout', or 'checkpoints'";
        }
        if (isNamed(thrown, TimeoutException.class)) {
            return "see that the brokers of " + topic.topic() + " answer";
        }
        return "see the log of the engine, and to the brokers of " + topic.topic();
    }

    private static boolean isNamed(String thrown, Class<? extends Throwable> type) {
        return thrown.startsWith(type.getName());
    }
}
