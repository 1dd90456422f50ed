package dev.weir.export.ipfix;

import dev.weir.export.ExportListener;
import dev.weir.export.ExportPlace;
import dev.weir.export.ExportRun;
import dev.weir.export.Exporter;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A collector: where it is, and how it is talked to. Written as a URI, {@code udp://192.0.2.1:4739?version=ipfix&message-size=1400}.
 *
 * @param transport how messages reach it
 * @param host a name or an address, IPv6 without brackets
 * @param port 1 to 65535
 * @param format how messages are made
 * @param bufferRecords how many records wait for it at the most
 * @param messagesPerSecond no more are sent, so that its receive buffer does not overflow; 0 for any number
 */
public record CollectorAddress(
        Transport transport, String host, int port, ExportFormat format, int bufferRecords, int messagesPerSecond)
        implements ExportPlace {
    /** How messages reach a collector. */
    public enum Transport {
        UDP,
        TCP
    }

    /** The ports of IPFIX, which IANA assigned, and of NetFlow, which custom did. */
    public static final int IPFIX_PORT = 4739, NETFLOW_PORT = 2055;

    public static final int MOST_BUFFERED = 1 << 24;
    /** Defaults. */
    public static final int MESSAGE_OCTETS = 1400,
            BUFFER_RECORDS = 1 << 16,
            UDP_MESSAGES_PER_SECOND = 10_000,
            TEMPLATE_SECONDS = 60,
            TEMPLATE_MESSAGES = 1000;

    private static final Set<String> OPTIONS = Set.of(
            "version", "biflow", "message-size", "domain", "template-seconds", "template-messages", "buffer", "rate");

    public CollectorAddress {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port out of range: " + port + "; give 1 to 65535");
        }
        if (bufferRecords < 1 || bufferRecords > MOST_BUFFERED) {
            throw new IllegalArgumentException(
                    "buffer out of range: " + bufferRecords + "; give 1 to " + MOST_BUFFERED + " records");
        }
        if (transport == Transport.TCP && format.version() == FlowVersion.V9) {
            throw new IllegalArgumentException("NetFlow v9 goes over UDP alone; give udp://, or version=ipfix");
        }
    }

    /** Reads what {@link CollectorAddress} says; the message of a failure says what is wrong and what to write. */
    public static CollectorAddress parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw wrong(text, "no collector");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getHost() == null
                || !(scheme.equals("udp") || scheme.equals("tcp"))
                || uri.getUserInfo() != null
                || !(uri.getPath().isEmpty() || uri.getPath().equals("/"))) {
            throw wrong(text, "no collector");
        }
        Map<String, String> options = options(text, uri.getRawQuery());
        boolean udp = scheme.equals("udp");
        FlowVersion version = switch (options.getOrDefault("version", "ipfix")) {
            case "ipfix", "10" -> FlowVersion.IPFIX;
            case "9", "v9" -> FlowVersion.V9;
            default -> throw wrong(text, "version is neither ipfix nor 9");
        };
        boolean ipfix = version == FlowVersion.IPFIX;
        boolean biflow = switch (options.getOrDefault("biflow", ipfix ? "true" : "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(text, "biflow is neither true nor false");
        };
        ExportFormat format = new ExportFormat(
                version,
                biflow,
                number(text, options, "message-size", MESSAGE_OCTETS, ExportFormat.MOST_OCTETS),
                (int) Long.parseLong(digits(text, options, "domain", "0", 0xFFFF_FFFFL)),
                number(text, options, "template-seconds", udp ? TEMPLATE_SECONDS : 0, 86_400),
                number(text, options, "template-messages", udp ? TEMPLATE_MESSAGES : 0, Integer.MAX_VALUE));
        String host = uri.getHost();
        return new CollectorAddress(
                udp ? Transport.UDP : Transport.TCP,
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() == -1 ? ipfix ? IPFIX_PORT : NETFLOW_PORT : uri.getPort(),
                format,
                number(text, options, "buffer", BUFFER_RECORDS, MOST_BUFFERED),
                number(text, options, "rate", udp ? UDP_MESSAGES_PER_SECOND : 0, Integer.MAX_VALUE));
    }

    private static Map<String, String> options(String text, @org.jspecify.annotations.Nullable String query) {
        Map<String, String> options = new HashMap<>();
        if (query == null) {
            return options;
        }
        for (String each : query.split("&", -1)) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each : each.substring(0, equals);
            if (equals < 0 || !OPTIONS.contains(name)) {
                throw wrong(
                        text,
                        "no such option: " + name + ", there are "
                                + String.join(", ", OPTIONS.stream().sorted().toList()));
            }
            options.put(name, each.substring(equals + 1));
        }
        return options;
    }

    private static int number(String text, Map<String, String> options, String name, int standard, int most) {
        return Integer.parseInt(digits(text, options, name, Integer.toString(standard), most));
    }

    private static String digits(String text, Map<String, String> options, String name, String standard, long most) {
        String value = options.getOrDefault(name, standard);
        if (!value.matches("[0-9]{1,10}") || Long.parseLong(value) > most) {
            throw wrong(text, name + " is no whole number of 0 to " + most);
        }
        return value;
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException(text + ": " + why
                + "; write udp://HOST:PORT or tcp://HOST:PORT, with ?version=9&message-size=1400 as needed");
    }

    /** As {@code udp://192.0.2.1:4739}. */
    @Override
    public String place() {
        return transport.name().toLowerCase(Locale.ROOT) + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + port;
    }

    @Override
    public List<String> hosts() {
        return List.of(host);
    }

    @Override
    public Exporter open(ExportRun run, ExportListener listener) {
        return run.live() ? ExportSink.live(List.of(this), listener) : ExportSink.offline(List.of(this), listener);
    }
}
