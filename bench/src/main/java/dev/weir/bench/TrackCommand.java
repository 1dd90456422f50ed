package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code weir track} beside the programs that people use for the same: whole processes on one capture, in turns. */
@Command(
        name = "track",
        description = {
            "Whole processes on one capture in the page cache, in turns: weir track, and nfpcapd, softflowd and argus where they are installed.",
            CaptureOptions.WITHOUT_A_CAPTURE
        },
        footer = {"", "Example: weir bench track", "The peers, on Debian: apt-get install nfdump softflowd argus-server"
        })
final class TrackCommand extends MeasuringCommand {
    private static final String WEIR = "weir track --format none";
    private static final String ARGUS_OUTPUT = "argus.out";
    private static final Map<String, Double> TARGETS = Map.of("nfpcapd", 10.0, "softflowd", 12.0);

    @Mixin
    private CaptureOptions capture = new CaptureOptions();

    TrackCommand(PrintStream out, PrintStream err) {
        super("track", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        Path folder = Files.createTempDirectory("weir-bench");
        try (var collector = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Path file = capture.file(folder, err, report);
            report.condition("runs", "one to warm up, then %d each in turns".formatted(rounds()));
            List<Contestant> ours = ours(file, folder);
            List<Contestant> peers = peers(file, folder, collector.getLocalPort());
            var all = new ArrayList<>(ours);
            all.addAll(peers);
            Path argus = folder.resolve(ARGUS_OUTPUT); // argus appends
            Contestant.takeTurns(all, rounds(), folder, _ -> Files.deleteIfExists(argus), err);
            all.forEach(each -> each.report(report));
            ratios(ours, peers, report);
            firstFlow(folder, report);
        } finally {
            CaptureOptions.delete(folder);
        }
    }

    private List<Contestant> ours(Path file, Path folder) {
        String input = file.toString(), csv = folder.resolve("flows.csv").toString(), weir = capture.weir();
        return List.of(
                new Contestant(WEIR, List.of(weir, "track", "--format", "none", input)),
                new Contestant("weir track -w FILE.csv", List.of(weir, "track", "-w", csv, input)),
                new Contestant(
                        "weir track --workers 1 --format none",
                        List.of(weir, "track", "--workers", "1", "--format", "none", input)));
    }

    /** Those that are installed. */
    private List<Contestant> peers(Path file, Path folder, int port) throws IOException {
        String input = file.toString();
        var all = new ArrayList<Contestant>();
        Path records = Files.createDirectory(folder.resolve("nfpcapd"));
        addPeer(all, "nfpcapd", List.of("-r", input, "-w", records.toString()));
        addPeer(all, "softflowd", List.of("-r", input, "-n", "127.0.0.1:" + port, "-v", "9", "-m", "1000000"));
        addPeer(
                all,
                "argus",
                List.of("-r", input, "-w", folder.resolve(ARGUS_OUTPUT).toString()));
        return all;
    }

    private void addPeer(List<Contestant> all, String name, List<String> arguments) {
        Path program = installed(name);
        if (program == null) {
            err.println(name + " is not installed: left out");
            return;
        }
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.addAll(arguments);
        all.add(new Contestant(name, command));
    }

    private static @Nullable Path installed(String name) {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** Each peer against Weir in the same round. */
    private static void ratios(List<Contestant> ours, List<Contestant> peers, Report report) {
        for (Contestant peer : peers) {
            for (Contestant our : ours) {
                Double target = our.name().equals(WEIR) ? TARGETS.get(peer.name()) : null;
                report.add(Figure.of(
                        "times as fast as " + peer.name() + ": " + our.name(),
                        "x",
                        peer.over(our),
                        target == null ? null : Target.atLeast(target)));
            }
        }
    }

    private void firstFlow(Path folder, Report report) throws IOException {
        Path small = folder.resolve("small.pcap");
        GenerateCommand.write(TrafficShape.of(1_000, 10), small);
        List<String> command = List.of(capture.weir(), "track", "--format", "csv", small.toString());
        double[] millis = new double[rounds()];
        for (int round = -1; round < rounds(); round++) {
            double seconds = TimedProcess.secondsToLine(command, 2, folder);
            if (round >= 0) millis[round] = 1000 * seconds;
        }
        report.add(Figure.of("start to the first flow printed (1,000 packets)", "ms", millis, Target.atMost(250)));
    }
}
