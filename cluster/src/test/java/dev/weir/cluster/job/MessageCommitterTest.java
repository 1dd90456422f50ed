package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.export.message.MessageFormat;
import dev.weir.testing.kafka.KafkaBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;
import org.apache.flink.connector.kafka.sink.internal.KafkaCommitter;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of transactions is what a real broker says: one that it gave up is a failure, one that was committed before is none. */
@Timeout(120)
@SuppressWarnings("try") // closing a committer may be interrupted
class MessageCommitterTest {
    private static final String TOPIC = "flows";

    @TempDir
    private static Path folder = Path.of("");

    private static KafkaBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = KafkaBroker.start(
                folder.resolve("broker"), Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500"));
        broker.createTopic(TOPIC, 1);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** What a committer said of a transaction. */
    private static final class Request implements CommitRequest<KafkaCommittable> {
        private final KafkaCommittable committable;
        private String told = "";

        Request(KafkaCommittable committable) {
            this.committable = committable;
        }

        @Override
        public KafkaCommittable getCommittable() {
            return committable;
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable why) {
            told = "failed";
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable why) {
            told = "failed";
        }

        @Override
        public void retryLater() {
            told = "later";
        }

        @Override
        public void updateAndRetryLater(KafkaCommittable changed) {
            told = "later";
        }

        @Override
        public void signalAlreadyCommitted() {
            told = "";
        }
    }

    private static MessageTopic topic(int transactionMillis) {
        return new MessageTopic(
                List.of(broker.bootstrap()), TOPIC, MessageFormat.JSON, "s", Map.of(), "weir-job-t", transactionMillis);
    }

    /** A transaction with one message that is in the topic and not committed. */
    private static FlinkKafkaInternalProducer<byte[], byte[]> written(MessageTopic topic, String id) {
        Properties settings = topic.producer();
        String octets = "org.apache.kafka.common.serialization.ByteArraySerializer";
        settings.setProperty("key.serializer", octets);
        settings.setProperty("value.serializer", octets);
        var producer = new FlinkKafkaInternalProducer<byte[], byte[]>(settings, id);
        producer.initTransactions();
        producer.beginTransaction();
        var _ = producer.send(new ProducerRecord<>(TOPIC, new byte[] {1}));
        producer.flush();
        return producer;
    }

    private static MessageCommitter committer(MessageTopic topic) {
        Properties settings = topic.producer();
        String octets = "org.apache.kafka.common.serialization.ByteArraySerializer";
        settings.setProperty("key.serializer", octets);
        settings.setProperty("value.serializer", octets);
        return new MessageCommitter(
                topic,
                new KafkaCommitter(
                        settings, topic.transactions(), 0, 0, false, FlinkKafkaInternalProducer<byte[], byte[]>::new));
    }

    private static KafkaCommittable remembered(FlinkKafkaInternalProducer<byte[], byte[]> producer) {
        var now = KafkaCommittable.of(producer);
        return new KafkaCommittable(now.getProducerId(), now.getEpoch(), now.getTransactionalId(), null);
    }

    @Test
    void transactionThatWasCommittedBefore_isNoFailure() throws Exception {
        MessageTopic topic = topic(60_000);
        var producer = written(topic, "weir-job-t-0-1");
        try (var committer = committer(topic)) {
            KafkaCommittable kept = remembered(producer);
            for (var each : List.of(KafkaCommittable.of(producer), kept, kept)) {
                var request = new Request(each);
                committer.commit(List.of(request));
                assertThat(request.told).isEmpty();
            }
        }
        producer.close();
        assertThat(broker.messages(TOPIC)).hasSize(1);
    }

    @Test
    void transactionThatBrokersGaveUp_isAFailureThatSaysSo() throws Exception {
        MessageTopic topic = topic(1_000);
        var producer = written(topic, "weir-job-t-0-2");
        KafkaCommittable kept = remembered(producer);
        try (Admin admin = broker.admin();
                var committer = committer(topic)) {
            while (admin.describeTransactions(List.of("weir-job-t-0-2"))
                            .description("weir-job-t-0-2")
                            .get()
                            .state()
                    != TransactionState.COMPLETE_ABORT) {
                Thread.sleep(50);
            }
            for (var each : List.of(KafkaCommittable.of(producer), kept)) {
                assertThatThrownBy(() -> committer.commit(List.of(new Request(each))))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("the brokers gave up a transaction (weir-job-t-0-2)");
            }
        }
        producer.close();
    }
}
