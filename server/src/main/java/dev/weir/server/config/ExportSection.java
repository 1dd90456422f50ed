package dev.weir.server.config;

import dev.weir.export.ipfix.CollectorAddress;
import dev.weir.export.ipfix.CollectorAddress.Transport;
import dev.weir.export.ipfix.ExportFormat;
import dev.weir.export.ipfix.FlowVersion;
import java.time.Duration;

/** The options of a collector under {@code export}. */
final class ExportSection {
    private enum Version {
        IPFIX,
        V9
    }

    private static final Duration MOST_REFRESH = Duration.ofDays(1);

    private static final Field<String> COLLECTOR = Field.required(
            "collector",
            Kinds.parsed(
                    "udp://HOST:PORT or tcp://HOST:PORT", "write it as udp://192.0.2.1:4739", ExportSection::collector),
            "Where it is, and by what it is reached. Without a port: 4739 for IPFIX, 2055 for NetFlow.");

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
            "How many records wait for a collector that is slow or away, 168 octets each; more are lost, and counted.");

    private static final Field<Integer> RATE = Field.optional(
            "rate",
            Kinds.integer(0, Integer.MAX_VALUE),
            CollectorAddress.UDP_MESSAGES_PER_SECOND + " over UDP, any number over TCP",
            "How many messages a second are sent at the most, so that the collector's receive buffer does not overflow; 0 for"
                    + " any number.");

    static final Section<CollectorAddress> SECTION = new Section<>(
            "collector",
            "A collector of IPFIX or NetFlow that gets the records of ended flows.",
            java.util.List.of(
                    COLLECTOR,
                    VERSION,
                    BIFLOW,
                    MESSAGE_SIZE,
                    DOMAIN,
                    TEMPLATE_INTERVAL,
                    TEMPLATE_MESSAGES,
                    BUFFER,
                    RATE),
            ExportSection::settings);

    private ExportSection() {}

    private static String collector(String text) {
        if (text.indexOf('?') >= 0) {
            throw new IllegalArgumentException("'" + text + "' has options; write them beside it");
        }
        CollectorAddress.parse(text);
        return text;
    }

    private static CollectorAddress settings(Values values) {
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
