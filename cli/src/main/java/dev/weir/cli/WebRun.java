package dev.weir.cli;

import dev.weir.server.DaemonLog;
import dev.weir.server.config.Configuration;
import dev.weir.server.config.ConfigurationFile;
import dev.weir.table.Lifetime;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code weir track --web}: the sources as ports of a data plane in this process, whose page shows them. Every packet goes through the flow table and from
 * there nowhere. A capture's flows stay as they are at its end, since time is that of its packets; an interface is listened to.
 */
final class WebRun {
    private static final int DEFAULT_PORT = 8080, MAX_PORT = 65_535;

    /** What the page does not do itself. */
    private static final Set<String> FITTING = Set.of(
            "--web",
            "--web-port",
            "--idle-timeout",
            "--active-timeout",
            "--no-tcp-close",
            "--max-flows",
            "--workers",
            "--tunnels",
            "--debug",
            "--no-progress",
            "--color");

    private final TrackCommand options;
    private final Streams streams;
    private final int port;

    private WebRun(TrackCommand options, Streams streams, int port) {
        this.options = options;
        this.streams = streams;
        this.port = port;
    }

    /** @return the exit status */
    static int run(TrackCommand options, Streams streams, ParseResult said) throws CommandException {
        for (OptionSpec option : said.matchedOptionsSet()) {
            if (!FITTING.contains(option.longestName())) {
                throw CommandException.usage(
                        option.longestName()
                                + ": does not go with --web, which shows all flows while they live; leave one of them away, and filter on the page");
            }
        }
        int port = said.matchedOptionValue("--web-port", DEFAULT_PORT);
        if (port < 1 || port > MAX_PORT) {
            throw CommandException.usage("--web-port: out of range: " + port + "; give 1 to " + MAX_PORT);
        }
        return new WebRun(options, streams, port).run();
    }

    private int run() throws CommandException {
        byte[] text = configuration().getBytes(StandardCharsets.UTF_8);
        Configuration configuration = switch (ConfigurationFile.read(text)) {
            case ConfigurationFile.Valid valid -> valid.configuration();
            case ConfigurationFile.Invalid invalid ->
                throw CommandException.usage(invalid.faults().getFirst().line("--web"));
        };
        streams.interruption().nothingToWrite();
        return RunLoop.ofPage(
                        String.join(" ", options.sources),
                        streams,
                        new DaemonLog(streams.err()),
                        "open http://127.0.0.1:" + port + "/ in a browser of this machine; Ctrl-C ends it")
                .run(configuration);
    }

    /** As {@code weir run} would read it; JSON is YAML. */
    private String configuration() {
        var ports = new StringBuilder();
        var pairs = new StringBuilder();
        List<String> sources = options.sources;
        for (int i = 0; i < sources.size(); i++) {
            String name = options.isLive() ? "interface" : sources.size() == 1 ? "capture" : "capture-" + (i + 1);
            String sink = sources.size() == 1 ? "seen" : "seen-" + (i + 1);
            String what = options.isLive()
                    ? "{\"interface\": " + quoted(sources.get(i)) + ", \"listen\": true}"
                    : "{\"read\": " + quoted(sources.get(i)) + "}";
            ports.append("  ").append(name).append(": ").append(what).append('\n');
            ports.append("  ").append(sink).append(": {\"write\": \"none\"}\n");
            pairs.append(i == 0 ? "" : ", ")
                    .append('[')
                    .append(name)
                    .append(", ")
                    .append(sink)
                    .append(']');
        }
        return """
                workers: %d
                ports:
                %snodes:
                  tracked: {type: cross-connect, pairs: [%s]}
                flow-table: {max-flows: %d, idle-timeout: %s, active-timeout: %s, tcp-close: %b, tunnels: %s}
                api:
                  socket: none
                  listen: [{address: "127.0.0.1:%d", insecure: true}]
                """.formatted(
                        options.workers,
                        ports,
                        pairs,
                        options.maxFlows,
                        time(options.idleTimeout),
                        time(options.activeTimeout),
                        !options.noTcpClose,
                        options.tunnels.name().toLowerCase(Locale.ROOT),
                        port);
    }

    private static String time(int lifetime) {
        return lifetime == Lifetime.NEVER ? "never" : Integer.toUnsignedLong(lifetime) + "ms";
    }

    /** In double quotes as YAML and JSON have them. */
    private static String quoted(String text) {
        var out = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c < ' ' || c == 0x7F) {
                out.append("\\u%04x".formatted(c));
            } else {
                out.append((char) c);
            }
        });
        return out.append('"').toString();
    }
}
