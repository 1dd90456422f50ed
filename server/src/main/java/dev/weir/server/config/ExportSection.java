package dev.weir.server.config;

import dev.weir.export.ExportPlace;
import dev.weir.export.ipfix.CollectorAddress;
import dev.weir.export.ipfix.CollectorAddress.Transport;
import dev.weir.export.ipfix.ExportFormat;
import dev.weir.export.ipfix.FlowVersion;
import dev.weir.export.kafka.KafkaTopic;
import dev.weir.export.kafka.KafkaTopic.Compression;
import dev.weir.export.message.FlowMessage;
import dev.weir.export.message.MessageFormat;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options of a collector or topic under {@code export}. */
final class ExportSection {
    private enum Version {
        IPFIX,
        V9
    }

    private static final Duration MOST_REFRESH = Duration.ofDays(1);

    private static final Field<String> COLLECTOR = Field.required(
            "collector",
            Kinds.parsed(
                    "udp://HOST:PORT, tcp://HOST:PORT or kafka://HOST:PORT,HOST:PORT/TOPIC",
                    "write it as udp://192.0.2.1:4739",
                    ExportSection::collector),
            "Where it is, and by what it is reached. Without a port: 4739 for IPFIX, 2055 for NetFlow. Of Kafka some brokers"
                    + " of the cluster, and a topic that is there.");

    private static final Field<Version> VERSION = Field.of(
            "version",
            Kinds.choice(Version.class),
            Version.IPFIX,
            "ipfix",
            "IPFIX, or NetFlow version 9, which goes over UDP alone.");

    private static final Field<Boolean> BIFLOW = Field.optional(
            "biflow",
            Kinds.SWITCH,
            "true for ipfix",
            "Whether both directions of a flow are one record (RFC 5103), or one each, which every collector understands. Of"
                    + " IPFIX alone.");

    private static final Field<Integer> MESSAGE_SIZE = Field.of(
            "message-size",
            Kinds.integer(ExportFormat.LEAST_OCTETS, ExportFormat.MOST_OCTETS),
            CollectorAddress.MESSAGE_OCTETS,
            Integer.toString(CollectorAddress.MESSAGE_OCTETS),
            "No message has more octets; with the headers of IP and UDP it must fit the path.");

    private static final Field<Long> DOMAIN = Field.of(
            "domain",
            Kinds.parsed("0 to 4294967295", "write a number", text -> Kinds.whole(text, 0, 0xFFFF_FFFFL)),
            0L,
            "0",
            "The observation domain, NetFlow's source id.");

    private static final Field<Duration> TEMPLATE_INTERVAL = Field.of(
            "template-interval",
            Kinds.DURATION,
            Duration.ofSeconds(CollectorAddress.TEMPLATE_SECONDS),
            CollectorAddress.TEMPLATE_SECONDS + "s",
            "How often templates and counters are sent again over UDP, in whole seconds.");

    private static final Field<Integer> TEMPLATE_MESSAGES = Field.of(
            "template-messages",
            Kinds.integer(1, Integer.MAX_VALUE),
            CollectorAddress.TEMPLATE_MESSAGES,
            Integer.toString(CollectorAddress.TEMPLATE_MESSAGES),
            "After how many messages they are sent again over UDP, if that is sooner.");

    private static final Field<Integer> BUFFER = Field.of(
            "buffer",
            Kinds.integer(1, CollectorAddress.MOST_BUFFERED),
            CollectorAddress.BUFFER_RECORDS,
            Integer.toString(CollectorAddress.BUFFER_RECORDS),
            "How many records wait for one that is slow or away, 168 octets each (176 for Kafka); more are lost, and counted.");

    private static final Field<Integer> RATE = Field.optional(
            "rate",
            Kinds.integer(0, Integer.MAX_VALUE),
            CollectorAddress.UDP_MESSAGES_PER_SECOND + " over UDP, any number over TCP",
            "How many messages a second are sent at the most, so that the collector's receive buffer does not overflow; 0 for"
                    + " any number.");

    private static final Field<MessageFormat> FORMAT = Field.of(
            "format",
            Kinds.choice(MessageFormat.class),
            MessageFormat.JSON,
            "json",
            "What the messages are, see [kafka.md](kafka.md). Of Kafka alone, as the options below.");

    private static final Field<String> SENSOR = Field.optional(
            "sensor",
            Kinds.parsed("a name", "write letters, digits, dots, dashes or underscores", ExportSection::sensor),
            "the machine's name without its domain",
            "Who saw the flows. One producer at a time has that name on a topic.");

    private static final Field<Compression> COMPRESSION = Field.of(
            "compression",
            Kinds.choice(Compression.class),
            Compression.NONE,
            "none",
            "How batches of messages are compressed.");

    private static final Field<Boolean> EVENTS = Field.of(
            "events",
            Kinds.SWITCH,
            false,
            "false",
            "Whether created, changed and updated flows go there too, or ended ones alone.");

    private static final Field<String> PROPERTIES = Field.optional(
            "properties",
            Kinds.FILE,
            "no encryption, no login",
            "A file of settings of Kafka's client (`security.protocol=SASL_SSL` and so on), for security.");

    /** What only collectors have, and what only topics. */
    private static final List<Field<?>> OF_COLLECTORS =
            List.of(VERSION, BIFLOW, MESSAGE_SIZE, DOMAIN, TEMPLATE_INTERVAL, TEMPLATE_MESSAGES, RATE);

    private static final List<Field<?>> OF_TOPICS = List.of(FORMAT, SENSOR, COMPRESSION, EVENTS, PROPERTIES);

    static final Section<ExportPlace> SECTION = new Section<>(
            "collector",
            "A collector of IPFIX or NetFlow, or a topic of Kafka, that gets the records of ended flows.",
            List.of(
                    COLLECTOR,
                    VERSION,
                    BIFLOW,
                    MESSAGE_SIZE,
                    DOMAIN,
                    TEMPLATE_INTERVAL,
                    TEMPLATE_MESSAGES,
                    BUFFER,
                    RATE,
                    FORMAT,
                    SENSOR,
                    COMPRESSION,
                    EVENTS,
                    PROPERTIES),
            ExportSection::settings);

    private ExportSection() {}

    private static String collector(String text) {
        if (text.indexOf('?') >= 0) {
            throw new IllegalArgumentException("'" + text + "' has options; write them beside it");
        }
        if (KafkaTopic.isMeant(text)) {
            KafkaTopic.parse(text);
        } else {
            CollectorAddress.parse(text);
        }
        return text;
    }

    private static String sensor(String text) {
        if (!FlowMessage.isName(text)) {
            throw new IllegalArgumentException("'" + text + "' is no name of a sensor");
        }
        return text;
    }

    private static @Nullable ExportPlace settings(Values values) {
        boolean topic = KafkaTopic.isMeant(values.get(COLLECTOR));
        boolean fits = true;
        for (Field<?> field : topic ? OF_COLLECTORS : OF_TOPICS) {
            if (values.has(field)) {
                fits = false;
                values.fault(
                        field, topic ? "Kafka has no such thing; leave it out" : "is for Kafka alone; leave it out");
            }
        }
        if (!fits) {
            return null;
        }
        return topic ? topic(values) : collector(values);
    }

    private static KafkaTopic topic(Values values) {
        KafkaTopic where = KafkaTopic.parse(values.get(COLLECTOR));
        return new KafkaTopic(
                where.brokers(),
                where.topic(),
                values.get(FORMAT),
                values.find(SENSOR).orElse(where.sensor()),
                values.get(COMPRESSION),
                values.get(EVENTS),
                false,
                values.get(BUFFER),
                where.patienceSeconds(),
                values.find(PROPERTIES).orElse(null));
    }

    private static CollectorAddress collector(Values values) {
        boolean ipfix = values.get(VERSION) == Version.IPFIX;
        CollectorAddress where = CollectorAddress.parse(values.get(COLLECTOR) + (ipfix ? "" : "?version=9"));
        boolean udp = where.transport() == Transport.UDP;
        Duration interval = values.get(TEMPLATE_INTERVAL);
        if (interval.toSeconds() < 1 || interval.compareTo(MOST_REFRESH) > 0) {
            throw new IllegalArgumentException("template-interval out of range; give 1s to 24h");
        }
        ExportFormat format = new ExportFormat(
                ipfix ? FlowVersion.IPFIX : FlowVersion.V9,
                values.find(BIFLOW).orElse(ipfix),
                values.get(MESSAGE_SIZE),
                values.get(DOMAIN).intValue(),
                udp ? (int) interval.toSeconds() : 0,
                udp ? values.get(TEMPLATE_MESSAGES) : 0);
        return new CollectorAddress(
                where.transport(),
                where.host(),
                where.port(),
                format,
                values.get(BUFFER),
                values.find(RATE).orElse(where.messagesPerSecond()));
    }
}
