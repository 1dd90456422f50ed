package dev.weir.export.kafka;

import dev.weir.export.ExportListener;
import dev.weir.export.ExportPlace;
import dev.weir.export.ExportRun;
import dev.weir.export.Exporter;
import dev.weir.export.message.FlowMessage;
import dev.weir.export.message.MessageFormat;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A topic: whose brokers, what goes there and how. Written as {@code kafka://HOST:PORT,HOST:PORT/TOPIC?format=json&sensor=NAME}. Immutable; needs
 * no class of Kafka's until it is opened.
 *
 * @param brokers some of the cluster's, {@code host:port} each, IPv6 in brackets
 * @param topic has to be there
 * @param format of the messages
 * @param sensor who saw the flows; one producer at a time has a sensor's name on a topic
 * @param compression of batches of messages
 * @param events whether all kinds of events go there, or ended flows alone
 * @param digests whether digests of packets go there, and no records; format and events mean nothing then
 * @param bufferRecords how many records, or packets, wait at the most
 * @param patienceSeconds how long an offline source waits for a broker that takes nothing; 0 for any time
 * @param properties a file of settings of Kafka's own client, for security; null for none
 */
public record KafkaTopic(
        List<String> brokers,
        String topic,
        MessageFormat format,
        String sensor,
        Compression compression,
        boolean events,
        boolean digests,
        int bufferRecords,
        int patienceSeconds,
        @Nullable String properties)
        implements ExportPlace {
    /** How batches are compressed. */
    public enum Compression {
        NONE,
        GZIP,
        ZSTD;

        /** As Kafka and the options spell it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Defaults and limits. */
    public static final int BUFFER_RECORDS = 1 << 16,
            BUFFER_PACKETS = 1 << 20,
            MOST_BUFFERED = 1 << 24,
            PATIENCE_SECONDS = 300;

    private static final String SCHEME = "kafka://";
    private static final int MAX_TOPIC = 249, MAX_PATIENCE = 86_400;
    private static final Set<String> OPTIONS =
            Set.of("format", "sensor", "compression", "events", "digests", "buffer", "patience", "properties");

    public KafkaTopic {
        brokers = List.copyOf(brokers);
        if (brokers.isEmpty()) {
            throw new IllegalArgumentException("no broker; give HOST:PORT");
        }
        brokers.forEach(KafkaTopic::checkBroker);
        checkTopic(topic);
        if (!FlowMessage.isName(sensor)) {
            throw new IllegalArgumentException("sensor: '" + sensor + "' is no name; give 1 to " + FlowMessage.MAX_NAME
                    + " letters, digits, dots, dashes or underscores");
        }
        if (bufferRecords < 1 || bufferRecords > MOST_BUFFERED) {
            throw new IllegalArgumentException(
                    "buffer out of range: " + bufferRecords + "; give 1 to " + MOST_BUFFERED + " records");
        }
        if (patienceSeconds < 0 || patienceSeconds > MAX_PATIENCE) {
            throw new IllegalArgumentException(
                    "patience out of range: " + patienceSeconds + "; give 0 to " + MAX_PATIENCE + " seconds");
        }
    }

    /** Whether that text means a topic, well written or not. */
    public static boolean isMeant(String text) {
        return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    /** Reads what {@link KafkaTopic} says; the message of a failure says what is wrong and what to write. */
    public static KafkaTopic parse(String text) {
        if (!isMeant(text)) {
            throw wrong(text, "no topic");
        }
        String rest = text.substring(SCHEME.length());
        int query = rest.indexOf('?');
        Map<String, String> options = options(text, query < 0 ? "" : rest.substring(query + 1));
        String path = query < 0 ? rest : rest.substring(0, query);
        int slash = path.indexOf('/');
        if (slash <= 0 || slash == path.length() - 1) {
            throw wrong(text, slash <= 0 ? "no broker" : "no topic after the brokers");
        }
        try {
            boolean digests = flag(options, "digests");
            if (digests && (options.containsKey("format") || options.containsKey("events"))) {
                throw new IllegalArgumentException(
                        "format and events are of records; leave them out with digests=true");
            }
            return new KafkaTopic(
                    List.of(path.substring(0, slash).split(",", -1)),
                    path.substring(slash + 1),
                    word(options, "format", MessageFormat.values(), MessageFormat.JSON),
                    options.getOrDefault("sensor", defaultSensor()),
                    word(options, "compression", Compression.values(), Compression.NONE),
                    flag(options, "events"),
                    digests,
                    number(options, "buffer", digests ? BUFFER_PACKETS : BUFFER_RECORDS),
                    number(options, "patience", PATIENCE_SECONDS),
                    options.get("properties"));
        } catch (IllegalArgumentException e) {
            throw wrong(text, String.valueOf(e.getMessage()));
        }
    }

    /** The machine's name without its domain, as far as sensors can be called so. */
    public static String defaultSensor() {
        try {
            String host = InetAddress.getLocalHost().getHostName();
            int dot = host.indexOf('.');
            String name = dot > 0 ? host.substring(0, dot) : host;
            return FlowMessage.isName(name) ? name : "weir";
        } catch (UnknownHostException e) {
            return "weir";
        }
    }

    /** @throws IllegalArgumentException where topics cannot be called so */
    public static void checkTopic(String topic) {
        if (!topic.matches("[A-Za-z0-9._-]{1," + MAX_TOPIC + "}") || topic.equals(".") || topic.equals("..")) {
            throw new IllegalArgumentException("'" + topic + "' is no topic; give 1 to " + MAX_TOPIC
                    + " letters, digits, dots, dashes or underscores");
        }
    }

    /** @throws IllegalArgumentException where it is not written {@code HOST:PORT} */
    public static void checkBroker(String broker) {
        int colon = broker.lastIndexOf(':');
        String port = broker.substring(colon + 1);
        if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException("'" + broker + "' is no broker; give HOST:PORT");
        }
    }

    private static Map<String, String> options(String text, String query) {
        Map<String, String> options = new HashMap<>();
        for (String each : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each : each.substring(0, equals);
            if (equals < 0 || !OPTIONS.contains(name)) {
                throw wrong(
                        text,
                        "no such option: " + name + ", there are "
                                + String.join(", ", OPTIONS.stream().sorted().toList()));
            }
            if (options.put(name, each.substring(equals + 1)) != null) {
                throw wrong(text, name + " is there twice");
            }
        }
        return options;
    }

    private static <T extends Enum<T>> T word(Map<String, String> options, String name, T[] all, T standard) {
        String value = options.get(name);
        if (value == null) {
            return standard;
        }
        List<String> words =
                Stream.of(all).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
        int at = words.indexOf(value.toLowerCase(Locale.ROOT));
        if (at < 0) {
            throw new IllegalArgumentException(name + " is none of " + String.join(", ", words));
        }
        return all[at];
    }

    private static boolean flag(Map<String, String> options, String name) {
        return switch (options.getOrDefault(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(name + " is neither true nor false");
        };
    }

    private static int number(Map<String, String> options, String name, int standard) {
        String value = options.get(name);
        if (value != null && !value.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(name + " is no whole number");
        }
        return value == null ? standard : Integer.parseInt(value);
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException(
                text + ": " + why + "; write kafka://HOST:PORT/TOPIC, with ?format=protobuf&sensor=NAME as needed");
    }

    /** As {@code kafka://192.0.2.1:9092/flows}, with the first broker alone. */
    @Override
    public String place() {
        return SCHEME + brokers.getFirst() + "/" + topic;
    }

    @Override
    public List<String> hosts() {
        return brokers.stream()
                .map(broker -> broker.substring(0, broker.lastIndexOf(':')))
                .map(host -> host.startsWith("[") ? host.substring(1, host.length() - 1) : host)
                .toList();
    }

    /** One producer at a time has a sensor's name on a topic, whichever brokers it was told of. */
    @Override
    public boolean replaces(ExportPlace other) {
        return other instanceof KafkaTopic before && before.sensor.equals(sensor) && before.topic.equals(topic);
    }

    @Override
    public Exporter open(ExportRun run, ExportListener listener) {
        if (digests) {
            throw new IllegalStateException("digests are of packets: open a DigestSink");
        }
        return new KafkaSink(this, run, listener);
    }
}
