package dev.weir.server.config;

import dev.weir.export.kafka.KafkaTopic;
import dev.weir.export.message.FlowMessage;
import dev.weir.export.message.MessageFormat;
import dev.weir.server.config.ClusterJob.Digests;
import dev.weir.server.config.ClusterJob.From;
import dev.weir.server.config.ClusterJob.Late;
import dev.weir.server.config.ClusterJob.Sightings;
import dev.weir.server.config.ClusterJob.Topic;
import dev.weir.server.config.ClusterJob.Until;
import dev.weir.table.Lifetime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The options of a topic of Kafka that a job reads, which sensors fill. */
final class JobTopicSection {
    /** Brokers, topics, and who has sent what is there. */
    static final Kind<List<String>> BROKER_LIST =
            Lists.some(Kinds.parsed("HOST:PORT of a broker", "write HOST:PORT", JobTopicSection::broker));

    static final Kind<String> TOPIC_NAME = Kinds.parsed("a topic", "write its name", JobTopicSection::topicName);
    static final Kind<String> SENSOR =
            Kinds.parsed("a sensor's name", "write the sensor's name", JobTopicSection::name);

    private static final Field<List<String>> BROKERS =
            Field.required("brokers", BROKER_LIST, "Some brokers of the cluster, which every worker reaches.");

    private static final Field<String> TOPIC = Field.required("topic", TOPIC_NAME, "What is read.");

    static final Field<String> PROPERTIES = Field.optional(
            "properties",
            Kinds.FILE,
            "no encryption, no login",
            "A file of settings of Kafka's client (`security.protocol=SASL_SSL` and so on), which this machine reads; they go to"
                    + " the workers with the job.");

    private static final Field<String> GROUP = Field.optional(
            "group",
            Kinds.parsed("a name", "write letters, digits, dots, dashes or underscores", JobTopicSection::name),
            "weir-job- and the job's name, as far as it is of letters, digits, dots and dashes",
            "The consumer group whose offsets say how far the job is; they are written with each checkpoint, for others to see.");

    private static final Field<From> FROM = Field.of(
            "from",
            Kinds.choice(From.class),
            From.COMMITTED,
            "committed",
            "Where a job begins that does not go on from a checkpoint: at the `earliest` message, the `latest`, or where its"
                    + " `group` was, the earliest where it never was.");

    private static final Field<Until> UNTIL = Field.of(
            "until",
            Kinds.choice(Until.class),
            Until.STOPPED,
            "stopped",
            "When the job ends: when it is `stopped`, or at the `latest` message that is there as it begins.");

    private static final Field<List<String>> SENSORS = Field.of(
            "sensors",
            Lists.of(SENSOR),
            List.of(),
            "none",
            "Sensors that are waited for from the beginning on. Others are once they were heard of; what they say then may be late.");

    private static final Field<Duration> OUT_OF_ORDER = Field.of(
            "out-of-order",
            Kinds.DURATION,
            Duration.ofSeconds(1),
            "1s",
            "How much older than the slowest sensor's clock something may be and still be in time.");

    private static final Field<Integer> IDLE = Field.of(
            "idle",
            Kinds.LIFETIME,
            Lifetime.ofSeconds(30),
            "30s",
            "A sensor that has said nothing for so long is not waited for, until it speaks again; `never` waits for ever.");

    private static final Field<Duration> AHEAD = Field.of(
            "ahead",
            Kinds.DURATION,
            Duration.ofSeconds(60),
            "60s",
            "About how far, in the packets' time, a partition is read ahead of the one that is least far. What was read ahead"
                    + " waits in memory.");

    private static final Field<MessageFormat> FORMAT =
            Field.of("format", Kinds.choice(MessageFormat.class), MessageFormat.JSON, "json", "What the messages are.");

    private static final Field<Duration> SLACK = Field.of(
            "slack",
            Kinds.DURATION,
            Duration.ofSeconds(1),
            "1s",
            "By how much the clocks of sensors differ, with the way between them: records overlap whose times are no further"
                    + " apart.");

    private static final Field<Duration> WAIT = Field.of(
            "wait",
            Kinds.DURATION,
            Duration.ofSeconds(30),
            "30s",
            "Records of a flow are joined if no more than this lies between the times when one ended and the next, as where"
                    + " sensors have other timeouts. A record comes out so much later.");

    private static final Field<Late> LATE = Field.of(
            "late",
            Kinds.choice(Late.class),
            Late.COUNT,
            "count",
            "What becomes of a record that comes when its time is over: `count` joins it to what is still there, and lets it out"
                    + " alone otherwise, `drop` leaves it out. Both are counted.");

    static final Field<Digests> DIGESTS = Field.optional(
            "digests",
            new Section<>(
                    "digests",
                    "Packet digests that sensors sent.",
                    List.of(BROKERS, TOPIC, PROPERTIES, GROUP, FROM, UNTIL, SENSORS, OUT_OF_ORDER, IDLE, AHEAD),
                    values -> new Digests(topic(values))),
            "one of `captures`, `digests` and `sightings` is required",
            "Packets that sensors saw and sent to a topic, each as a digest.");

    static final Field<Sightings> SIGHTINGS = Field.optional(
            "sightings",
            new Section<>(
                    "sightings",
                    "Records of flows that sensors sent.",
                    List.of(
                            BROKERS,
                            TOPIC,
                            FORMAT,
                            PROPERTIES,
                            GROUP,
                            FROM,
                            UNTIL,
                            SENSORS,
                            SLACK,
                            WAIT,
                            OUT_OF_ORDER,
                            IDLE,
                            AHEAD,
                            LATE),
                    values -> new Sightings(
                            topic(values), values.get(FORMAT), values.get(SLACK), values.get(WAIT), values.get(LATE))),
            "one of `captures`, `digests` and `sightings` is required",
            "Records of flows that sensors sent to a topic; those of one flow are joined to one record.");

    private JobTopicSection() {}

    private static Topic topic(Values values) {
        int idle = values.get(IDLE);
        return new Topic(
                values.get(BROKERS),
                values.get(TOPIC),
                values.find(PROPERTIES),
                values.find(GROUP),
                values.get(FROM),
                values.get(UNTIL),
                values.get(SENSORS),
                values.get(OUT_OF_ORDER),
                idle == Lifetime.NEVER
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(Integer.toUnsignedLong(idle))),
                values.get(AHEAD));
    }

    private static String broker(String text) {
        KafkaTopic.checkBroker(text);
        return text;
    }

    private static String topicName(String text) {
        KafkaTopic.checkTopic(text);
        return text;
    }

    private static String name(String text) {
        if (!FlowMessage.isName(text)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no name; write letters, digits, dots, dashes or underscores");
        }
        return text;
    }
}
