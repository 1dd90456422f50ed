package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What each format of records costs {@code weir track}: whole processes on one capture, in turns, beside one that writes nothing. */
@Command(
        name = "export",
        description = {
            "Whole processes of weir track on one capture in the page cache, in turns: without output, into a file of each format, and to a collector of"
                    + " IPFIX over UDP on this machine. With --kafka also to topics of a Kafka broker on this machine (one node, no TLS), which Maven"
                    + " gets: records as JSON and as protobuf, and digests of packets.",
            CaptureOptions.WITHOUT_A_CAPTURE
        },
        footer = {"", "Example: weir bench export --flows 1000000"})
final class ExportCommand extends MeasuringCommand {
    private static final List<String> SUFFIXES = List.of("csv", "jsonl", "ipfix", "parquet", "duckdb");

    private static final String DIGESTS = "digests";
    /** What a topic gets, by its name. */
    private static final Map<String, String> TOPICS =
            Map.of("json", "format=json", "protobuf", "format=protobuf", DIGESTS, "digests=true");

    private static final String SENSOR = "&sensor=bench-";

    @Mixin
    private CaptureOptions capture = new CaptureOptions();

    @Option(names = "--kafka", description = "Also to a Kafka broker")
    private boolean kafka;

    private int sensors;

    ExportCommand(PrintStream out, PrintStream err) {
        super("export", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        Path folder = Files.createTempDirectory("weir-bench");
        try (var collector = new Collector();
                var broker = kafka ? new BrokerProcess(folder, topics()) : null) {
            String input = capture.file(folder, err, report).toString();
            var none = new Contestant("weir track --format none", track(input, "--format", "none"));
            var all = new ArrayList<Contestant>(List.of(none));
            for (String suffix : SUFFIXES) {
                all.add(new Contestant(
                        "weir track -w FILE." + suffix,
                        track(input, "-w", folder.resolve("flows." + suffix).toString())));
            }
            var sent = new Contestant("weir track --export udp://", track(input, "--export", collector.address()));
            all.add(sent);
            List<Contestant> published = broker == null ? List.of() : published(input, broker.bootstrap());
            all.addAll(published);
            Contestant.takeTurns(all, rounds(), folder, next -> prepare(next, folder), err);
            long rows = rows(folder.resolve("flows.csv"));
            report.condition("records", rows);
            none.report(report);
            for (int i = 0; i < SUFFIXES.size(); i++) {
                figures(all.get(i + 1), none, rows, target(SUFFIXES.get(i)), report);
                long octets = Files.size(folder.resolve("flows." + SUFFIXES.get(i)));
                report.add(Figure.of("  size of a record", "B", (double) octets / Math.max(1, rows), null));
            }
            figures(sent, none, rows, null, report);
            for (Contestant each : published) {
                boolean packets = each.name().endsWith(DIGESTS);
                long count = packets ? CaptureOptions.packets(Path.of(input)) : rows;
                figures(each, none, packets ? "packets" : "records", count, null, report);
            }
        } finally {
            CaptureOptions.delete(folder);
        }
    }

    private static List<String> topics() {
        return TOPICS.keySet().stream().sorted().map(name -> name + ":1").toList();
    }

    private List<Contestant> published(String input, String broker) {
        return TOPICS.keySet().stream()
                .sorted()
                .map(name -> new Contestant(
                        "weir track --export kafka://, " + name,
                        track(input, "--export", "kafka://" + broker + "/" + name + "?" + TOPICS.get(name) + SENSOR)))
                .toList();
    }

    private static @Nullable Target target(String suffix) {
        return switch (suffix) {
            case "csv" -> Target.atMost(2);
            case "parquet" -> Target.atMost(1.5);
            default -> null;
        };
    }

    private List<String> track(String... words) {
        var command = new ArrayList<>(List.of(capture.weir(), "track"));
        command.addAll(List.of(words));
        return command;
    }

    /** Removes what it wrote; a run of a sensor that was there before would find its messages in the topic and send none. */
    private void prepare(Contestant next, Path folder) throws IOException {
        String last = next.command().getLast();
        int sensor = last.indexOf(SENSOR);
        if (sensor >= 0) {
            next.command().set(next.command().size() - 1, last.substring(0, sensor) + SENSOR + ++sensors);
        } else if (last.startsWith(folder.toString())) {
            Files.deleteIfExists(Path.of(last));
        }
    }

    private static void figures(Contestant one, Contestant none, long rows, @Nullable Target target, Report report) {
        figures(one, none, "records", rows, target, report);
    }

    private static void figures(
            Contestant one, Contestant none, String items, long count, @Nullable Target target, Report report) {
        one.report(report);
        report.add(Figure.of("  over --format none", "x", one.over(none), target));
        double[] rates = one.seconds();
        for (int round = 0; round < rates.length; round++) {
            rates[round] = count / rates[round] / 1e3;
        }
        report.add(Figure.of("  " + items + " a second, tracking included", "k", rates, null));
    }

    /** How many records a file has. */
    static long rows(Path csv) throws IOException {
        try (Stream<String> lines = Files.lines(csv)) {
            return lines.count() - 1;
        }
    }

    /** Takes datagrams on the loopback interface and throws them away. A thread of its own until it is closed. */
    private static final class Collector implements AutoCloseable {
        private static final int RECEIVE_BUFFER = 1 << 24, MOST_OCTETS = 65_535;

        private final DatagramSocket socket;
        private final Thread thread =
                Thread.ofPlatform().daemon().name("collector").unstarted(this::receive);

        Collector() throws SocketException {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            socket.setReceiveBufferSize(RECEIVE_BUFFER);
            thread.start();
        }

        String address() {
            return "udp://127.0.0.1:" + socket.getLocalPort() + "?rate=0";
        }

        private void receive() {
            var datagram = new DatagramPacket(new byte[MOST_OCTETS], MOST_OCTETS);
            try {
                while (true) {
                    datagram.setLength(MOST_OCTETS);
                    socket.receive(datagram);
                }
            } catch (IOException _) {
                // closed: its end
            }
        }

        @Override
        public void close() {
            socket.close();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
