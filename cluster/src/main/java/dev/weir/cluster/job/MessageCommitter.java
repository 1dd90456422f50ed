package dev.weir.cluster.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.jspecify.annotations.Nullable;

/**
 * Commits transactions as the engine's own committer does, and fails where that one would only write a line into a log: when brokers refuse. A job that goes
 * on from a checkpoint commits what it may have committed before, and is refused for that too, so brokers are asked what became of the
 * transaction. One thread, which waits for the brokers.
 */
@SuppressWarnings("try") // closing the committer may be interrupted, as the interface has it
final class MessageCommitter implements Committer<KafkaCommittable> {
    private static final int WAIT_SECONDS = 30;

    private final MessageTopic topic;
    private final Committer<KafkaCommittable> committer;

    MessageCommitter(MessageTopic topic, Committer<KafkaCommittable> committer) {
        this.topic = topic;
        this.committer = committer;
    }

    @Override
    public void commit(Collection<CommitRequest<KafkaCommittable>> requests) throws IOException, InterruptedException {
        List<Asked> all = new ArrayList<>();
        requests.forEach(each -> all.add(new Asked(each)));
        committer.commit(List.copyOf(all));
        for (Asked each : all) {
            if (each.refusal != null) {
                settle(each.request, each.refusal);
            }
        }
    }

    private void settle(CommitRequest<KafkaCommittable> request, Throwable refusal)
            throws IOException, InterruptedException {
        String id = request.getCommittable().getTransactionalId();
        switch (state(id)) {
            case COMPLETE_COMMIT, PREPARE_COMMIT -> request.signalAlreadyCommitted();
            default -> {
                var lost = new IOException(topic.topic() + ": the brokers gave up a transaction (" + id
                        + ") before it was committed, and the records in it are not there; give a longer"
                        + " 'transaction-timeout', or 'checkpoints'");
                lost.addSuppressed(refusal);
                throw lost;
            }
        }
    }

    private TransactionState state(String id) throws IOException, InterruptedException {
        try (Admin admin = Admin.create(topic.client())) {
            return admin.describeTransactions(List.of(id))
                    .description(id)
                    .get(WAIT_SECONDS, TimeUnit.SECONDS)
                    .state();
        } catch (ExecutionException | TimeoutException e) {
            var unknown = new IOException(topic.topic() + ": brokers refused to commit a transaction (" + id
                    + "), and do not say what became of it; see to brokers and rights, Describe on transactional ids that"
                    + " begin with " + topic.transactions());
            unknown.addSuppressed(e);
            throw unknown;
        }
    }

    @Override
    public void close() throws Exception {
        committer.close();
    }

    /** A request whose refusal is kept, and not told to the engine. */
    private static final class Asked implements CommitRequest<KafkaCommittable> {
        private final CommitRequest<KafkaCommittable> request;
        private @Nullable Throwable refusal;

        Asked(CommitRequest<KafkaCommittable> request) {
            this.request = request;
        }

        @Override
        public KafkaCommittable getCommittable() {
            return request.getCommittable();
        }

        @Override
        public int getNumberOfRetries() {
            return request.getNumberOfRetries();
        }

        @Override
        public void signalFailedWithKnownReason(Throwable why) {
            refusal = why;
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable why) {
            refusal = why;
        }

        @Override
        public void retryLater() {
            request.retryLater();
        }

        @Override
        public void updateAndRetryLater(KafkaCommittable changed) {
            request.updateAndRetryLater(changed);
        }

        @Override
        public void signalAlreadyCommitted() {
            request.signalAlreadyCommitted();
        }
    }
}
