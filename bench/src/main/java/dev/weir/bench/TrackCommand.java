package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.cli.ProjectRoot;
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
import picocli.CommandLine.Option;

/** {@code weir track} beside the programs that people use for the same: whole processes on one capture, in turns. */
@Command(
        name = "track",
        description = {
            "Whole processes on one capture in the page cache, in turns: weir track, and nfpcapd, softflowd and argus where they are installed.",
            "Without a capture: 4 million packets of 128 bytes, UDP over IPv4, of 200 thousand flows in random order."
        },
        footer = {"", "Example: weir bench track", "The peers, on Debian: apt-get install nfdump softflowd argus-server"
        })
final class TrackCommand extends MeasuringCommand {
    private static final String WEIR = "weir track --format none";
    private static final Map<String, Double> TARGETS = Map.of("nfpcapd", 10.0, "softflowd", 12.0);

    @Option(names = "--capture", paramLabel = "FILE", description = "What to read instead of generated traffic")
    private @Nullable Path capture;

    @Option(names = "--packets", paramLabel = "N", description = "To generate (default: ${DEFAULT-VALUE})")
    private long packets = 4_000_000;

    @Option(names = "--flows", paramLabel = "N", description = "To generate (default: ${DEFAULT-VALUE})")
    private int flows = 200_000;

    @Option(names = "--weir", paramLabel = "PATH", description = "The command to measure (default: this project's)")
    private @Nullable Path weir;

    TrackCommand(PrintStream out, PrintStream err) {
        super("track", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        Path folder = Files.createTempDirectory("weir-bench");
        try (var collector = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Path given = capture;
            Path file = given == null ? generated(folder, packets, flows) : given.toAbsolutePath();
            report.condition(
                    "capture",
                    given == null
                            ? "%,d packets of 128 B, UDP over IPv4, %,d flows in random order".formatted(packets, flows)
                            : given + ", " + Files.size(file) + " B");
            report.condition("runs", "one to warm up, then %d each in turns".formatted(rounds()));
            List<Contestant> contestants = contestants(file, folder, collector.getLocalPort());
            takeTurns(contestants, folder);
            times(contestants, report);
            ratios(contestants, report);
            firstFlow(folder, report);
        } finally {
            delete(folder);
        }
    }

    private String weir() {
        Path given = weir;
        return (given == null ? ProjectRoot.find().resolve("weir") : given.toAbsolutePath()).toString();
    }

    /** A program that takes its turns. */
    private record Contestant(String name, boolean ours, List<String> command, List<TimedProcess> runs) {
        Contestant(String name, boolean ours, List<String> command) {
            this(name, ours, command, new ArrayList<>());
        }

        double[] seconds() {
            return runs.stream().mapToDouble(TimedProcess::seconds).toArray();
        }
    }

    /** In the order in which they take turns; those that are not installed are left out. */
    private List<Contestant> contestants(Path file, Path folder, int port) throws IOException {
        String input = file.toString(), csv = folder.resolve("flows.csv").toString();
        var all = new ArrayList<Contestant>();
        all.add(new Contestant(WEIR, true, List.of(weir(), "track", "--format", "none", input)));
        all.add(new Contestant("weir track -w FILE.csv", true, List.of(weir(), "track", "-w", csv, input)));
        all.add(new Contestant(
                "weir track --workers 1 --format none",
                true,
                List.of(weir(), "track", "--workers", "1", "--format", "none", input)));
        Path records = Files.createDirectory(folder.resolve("nfpcapd"));
        addPeer(all, "nfpcapd", List.of("-r", input, "-w", records.toString()));
        addPeer(all, "softflowd", List.of("-r", input, "-n", "127.0.0.1:" + port, "-v", "9", "-m", "1000000"));
        addPeer(
                all,
                "argus",
                List.of("-r", input, "-w", folder.resolve("argus.out").toString()));
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
        all.add(new Contestant(name, false, command));
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

    private void takeTurns(List<Contestant> contestants, Path folder) throws IOException {
        for (int round = 0; round <= rounds(); round++) {
            err.println(round == 0 ? "warming up" : "round " + round + " of " + rounds());
            for (Contestant contestant : contestants) {
                Files.deleteIfExists(folder.resolve("argus.out")); // argus appends
                TimedProcess run = TimedProcess.run(contestant.command, folder);
                if (round > 0) contestant.runs.add(run);
            }
        }
    }

    private static void times(List<Contestant> contestants, Report report) {
        for (Contestant contestant : contestants) {
            report.add(Figure.of(contestant.name, "s", contestant.seconds(), null));
            report.add(Figure.of(
                    "  on processors",
                    "s",
                    contestant.runs.stream()
                            .mapToDouble(TimedProcess::cpuSeconds)
                            .toArray(),
                    null));
            report.add(Figure.of(
                    "  peak memory",
                    "MB",
                    contestant.runs.stream()
                            .mapToDouble(TimedProcess::peakMegabytes)
                            .toArray(),
                    null));
        }
    }

    /** Each peer against Weir in the same round. */
    private static void ratios(List<Contestant> contestants, Report report) {
        for (Contestant peer : contestants) {
            for (Contestant our : contestants) {
                if (peer.ours || !our.ours) continue;
                double[] theirs = peer.seconds(), mine = our.seconds();
                double[] ratios = new double[theirs.length];
                for (int round = 0; round < ratios.length; round++) {
                    ratios[round] = theirs[round] / mine[round];
                }
                Double target = our.name.equals(WEIR) ? TARGETS.get(peer.name) : null;
                report.add(Figure.of(
                        "times as fast as " + peer.name + ": " + our.name,
                        "x",
                        ratios,
                        target == null ? null : Target.atLeast(target)));
            }
        }
    }

    private void firstFlow(Path folder, Report report) throws IOException {
        Path small = folder.resolve("small.pcap");
        GenerateCommand.write(TrafficShape.of(1_000, 10), small);
        List<String> command = List.of(weir(), "track", "--format", "csv", small.toString());
        double[] millis = new double[rounds()];
        for (int round = -1; round < rounds(); round++) {
            double seconds = TimedProcess.secondsToLine(command, 2, folder);
            if (round >= 0) millis[round] = 1000 * seconds;
        }
        report.add(Figure.of("start to the first flow printed (1,000 packets)", "ms", millis, Target.atMost(250)));
    }

    private Path generated(Path folder, long count, int flowCount) throws IOException {
        err.println("generating the capture");
        Path file = folder.resolve("big.pcap");
        GenerateCommand.write(TrafficShape.of(count, flowCount), file);
        return file;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
