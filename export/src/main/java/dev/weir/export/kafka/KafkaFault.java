package dev.weir.export.kafka;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.Errors;

/** A session with the brokers is over: why, for a person, and whether another one can do better. */
final class KafkaFault extends IOException {
    private static final long serialVersionUID = 1;

    /** What can be done about it. */
    enum Kind {
        /** Nothing by us: the brokers are away, or something went wrong that may go right the next time. */
        PASSING,
        /** Somebody has to change something. */
        LASTING,
        /** Another producer may have taken our place. */
        FENCED
    }

    private final Kind kind;

    KafkaFault(Kind kind, String why) {
        super(why);
        this.kind = kind;
    }

    private KafkaFault(Kind kind, String why, Throwable cause) {
        super(why, cause);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    /** What Kafka's client has thrown, of a topic. */
    static KafkaFault of(Throwable thrown, KafkaTopic topic) {
        Throwable cause = thrown;
        while (cause.getCause() != null && isWrapper(cause)) {
            cause = cause.getCause();
        }
        String says = cause.getMessage() == null ? cause.getClass().getSimpleName() : firstLine(cause.getMessage());
        return switch (cause) {
            case ProducerFencedException e -> new KafkaFault(Kind.FENCED, says, e);
            case InvalidProducerEpochException e -> new KafkaFault(Kind.FENCED, says, e);
            case InterruptException e -> new KafkaFault(Kind.PASSING, "it was given up", e);
            case InterruptedException e -> new KafkaFault(Kind.PASSING, "it was given up", e);
            case AuthenticationException e ->
                lasting(
                        "the broker does not let us in: " + says + "; see to user, password and certificates in "
                                + file(topic),
                        e);
            case AuthorizationException e -> lasting(rights(e, topic), e);
            case KafkaException e
            when says.endsWith(Errors.TOPIC_AUTHORIZATION_FAILED.message()) ->
                lasting(rights(new TopicAuthorizationException(says), topic), e);
            case UnknownTopicOrPartitionException e -> noTopic(topic, e);
            case InvalidTopicException e -> noTopic(topic, e);
            case UnsupportedVersionException e ->
                lasting("the broker is too old: " + says + "; transactions need Kafka 2.5 or newer", e);
            case ConfigException e -> lasting("settings of the client: " + says + "; see to " + file(topic), e);
            case TimeoutException e -> silent("no answer (" + says + ")", topic, e);
            case LinkageError e ->
                lasting("a library of the client cannot be loaded (" + says + "); give compression=gzip or none", e);
            case java.util.concurrent.TimeoutException e -> silent("no answer", topic, e);
            default -> new KafkaFault(Kind.PASSING, says, cause);
        };
    }

    /** Kafka's client says what failed around why it did. */
    private static boolean isWrapper(Throwable thrown) {
        return thrown instanceof ExecutionException
                || thrown instanceof CompletionException
                || thrown.getClass() == KafkaException.class;
    }

    private static KafkaFault lasting(String why, Throwable cause) {
        return new KafkaFault(Kind.LASTING, why, cause);
    }

    /** As a broker is that expects something else of who connects. */
    private static KafkaFault silent(String what, KafkaTopic topic, Throwable cause) {
        return new KafkaFault(
                Kind.PASSING,
                what + "; see that a broker listens there, and what it wants (TLS, a login) in " + file(topic),
                cause);
    }

    private static KafkaFault noTopic(KafkaTopic topic, Throwable cause) {
        return lasting(
                "no such topic: " + topic.topic() + "; make it (kafka-topics.sh --create --topic " + topic.topic()
                        + "), or give another",
                cause);
    }

    private static String file(KafkaTopic topic) {
        return topic.properties() == null ? "a file of properties (properties=FILE)" : topic.properties();
    }

    private static String rights(AuthorizationException e, KafkaTopic topic) {
        String what = switch (e) {
            case TopicAuthorizationException _ -> "Read, Write and Describe on topic " + topic.topic();
            case TransactionalIdAuthorizationException _ ->
                "Write and Describe on transactional id " + KafkaSession.transactionalId(topic);
            case GroupAuthorizationException _ -> "Read on groups that begin with " + KafkaSession.group(topic);
            default -> "IdempotentWrite on the cluster";
        };
        return "the broker does not let us write: " + firstLine(String.valueOf(e.getMessage())) + "; allow " + what;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
