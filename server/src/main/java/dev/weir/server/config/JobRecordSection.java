package dev.weir.server.config;

import dev.weir.export.message.MessageFormat;
import dev.weir.server.config.ClusterJob.Captures;
import dev.weir.server.config.ClusterJob.Checkpoints;
import dev.weir.server.config.ClusterJob.Digests;
import dev.weir.server.config.ClusterJob.Format;
import dev.weir.server.config.ClusterJob.RecordFiles;
import dev.weir.server.config.ClusterJob.RecordTopic;
import dev.weir.server.config.ClusterJob.Records;
import dev.weir.server.config.ClusterJob.Sightings;
import dev.weir.server.config.ClusterJob.Source;
import dev.weir.server.config.ClusterJob.Until;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options of where records of a job go: files of a folder, or a topic of Kafka. */
final class JobRecordSection {
    private static final Duration TIMEOUT = Duration.ofMinutes(15), LEAST_TIMEOUT = Duration.ofSeconds(1);

    private static final Field<String> FOLDER = Field.optional(
            "folder",
            Kinds.FILE,
            "one of `folder` and `topic` is required",
            "Where files of records are written, named `part-*`; every worker reaches it.");

    private static final Field<Format> FORMAT = Field.optional(
            "format",
            Kinds.choice(Format.class),
            "csv for files, json for a topic",
            "How they are written: files as `csv`, `json` or `parquet`, messages as `json` or `protobuf`, those of `sightings`"
                    + " as `json`.");

    private static final Field<Integer> TIME_DIGITS = Field.optional(
            "time-digits",
            Kinds.integer(0, 9),
            "those of the captures, 9 for one that says none",
            "Fraction digits of time stamps in the text of files; messages have 9.");

    private static final Field<String> TOPIC = Field.optional(
            "topic",
            JobTopicSection.TOPIC_NAME,
            "one of `folder` and `topic` is required",
            "The topic of Kafka that gets a message for each record. It has to be there.");

    private static final Field<List<String>> BROKERS = Field.optional(
            "brokers",
            JobTopicSection.BROKER_LIST,
            "required with `topic`",
            "Some brokers of the topic's cluster, which every worker and this machine reach.");

    private static final Field<String> SENSOR = Field.optional(
            "sensor",
            JobTopicSection.SENSOR,
            "the job's name, other characters than letters, digits, dots and dashes as dashes",
            "Whose messages they say they are, with `topic`; flows of `sightings` do not.");

    private static final Field<Duration> TRANSACTION_TIMEOUT = Field.of(
            "transaction-timeout",
            Kinds.DURATION,
            TIMEOUT,
            "15m",
            "After which time brokers give up a transaction of `topic`: how long a job with checkpoints may be away without losing"
                    + " what it wrote last, and how long one without them may take. Brokers allow 15m, unless their"
                    + " `transaction.max.timeout.ms` says otherwise.");

    private static final List<Field<?>> OF_TOPICS =
            List.of(BROKERS, SENSOR, JobTopicSection.PROPERTIES, TRANSACTION_TIMEOUT);

    /** What was written, before it was compared with the rest of the job. */
    record Written(Records records, Values values) {
        /** The records of a job of such a source; null after it was said what is wrong. */
        @Nullable
        Records of(Source source, Optional<Checkpoints> checkpoints) {
            return records instanceof RecordTopic topic && !fits(topic, source, checkpoints) ? null : records;
        }

        private boolean fits(RecordTopic topic, Source source, Optional<Checkpoints> checkpoints) {
            int before = values.reading().faults();
            if (source instanceof Sightings && topic.format() == MessageFormat.PROTOBUF) {
                values.fault(FORMAT, "joined flows have no message in protobuf; give json");
            }
            if (source instanceof Sightings && values.has(SENSOR)) {
                values.fault(SENSOR, "joined flows are no sensor's; leave it out");
            }
            if (checkpoints.isEmpty() && !ends(source)) {
                values.fault(
                        TOPIC,
                        "messages come to light with checkpoints, or when the job ends, and this one has none and runs"
                                + " until it is stopped; add 'checkpoints', or 'until: latest'");
            }
            Duration least =
                    checkpoints.map(each -> each.interval().multipliedBy(2)).orElse(LEAST_TIMEOUT);
            if (topic.transactionTimeout().compareTo(least) < 0) {
                values.fault(
                        TRANSACTION_TIMEOUT,
                        "is less than two intervals of checkpoints; give " + least.toMillis()
                                + "ms or more, or a shorter" + " 'interval'");
            }
            return values.reading().faults() == before;
        }

        private static boolean ends(Source source) {
            return switch (source) {
                case Captures _ -> true;
                case Digests digests -> digests.topic().until() == Until.LATEST;
                case Sightings sightings -> sightings.topic().until() == Until.LATEST;
            };
        }
    }

    static final Field<Written> RECORDS = Field.required(
            "records",
            new Section<>(
                    "records",
                    "Where records of ended flows go.",
                    List.of(
                            FOLDER,
                            FORMAT,
                            TIME_DIGITS,
                            TOPIC,
                            BROKERS,
                            SENSOR,
                            JobTopicSection.PROPERTIES,
                            TRANSACTION_TIMEOUT),
                    JobRecordSection::written),
            "Where records of ended flows go.");

    private JobRecordSection() {}

    private static @Nullable Written written(Values values) {
        if (values.has(FOLDER) == values.has(TOPIC)) {
            if (values.has(TOPIC)) {
                values.fault(TOPIC, "is a second place of the records; leave it out, or 'folder'");
            } else {
                values.fault("has neither 'folder' nor 'topic'; add one of them");
            }
            return null;
        }
        Records records = values.has(TOPIC) ? topic(values) : files(values);
        return records == null ? null : new Written(records, values);
    }

    private static @Nullable Records files(Values values) {
        int before = values.reading().faults();
        for (Field<?> field : OF_TOPICS) {
            if (values.has(field)) {
                values.fault(field, "is of a topic; leave it out, or give 'topic' for 'folder'");
            }
        }
        Format format = values.find(FORMAT).orElse(Format.CSV);
        if (format == Format.PROTOBUF) {
            values.fault(FORMAT, "files are not written as protobuf; give csv, json or parquet");
        }
        return values.reading().faults() > before
                ? null
                : new RecordFiles(values.get(FOLDER), format, values.find(TIME_DIGITS));
    }

    private static @Nullable Records topic(Values values) {
        int before = values.reading().faults();
        if (!values.has(BROKERS)) {
            values.fault("has no 'brokers' for 'topic'; add HOST:PORT of some");
        }
        if (values.has(TIME_DIGITS)) {
            values.fault(TIME_DIGITS, "is of files, and times in messages have 9 digits; leave it out");
        }
        Format format = values.find(FORMAT).orElse(Format.JSON);
        if (format != Format.JSON && format != Format.PROTOBUF) {
            values.fault(FORMAT, "messages are not written so; give json or protobuf");
        }
        Duration timeout = values.get(TRANSACTION_TIMEOUT);
        if (timeout.compareTo(LEAST_TIMEOUT) < 0 || timeout.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) > 0) {
            values.fault(TRANSACTION_TIMEOUT, "is out of range; give 1s to 24d");
        }
        return values.reading().faults() > before
                ? null
                : new RecordTopic(
                        values.get(BROKERS),
                        values.get(TOPIC),
                        format == Format.JSON ? MessageFormat.JSON : MessageFormat.PROTOBUF,
                        values.find(SENSOR),
                        values.find(JobTopicSection.PROPERTIES),
                        timeout);
    }
}
