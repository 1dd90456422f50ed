package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.cli.ProjectRoot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@code weir track --features} costs beside the same without: whole processes on one capture, in turns. */
@Command(
        name = "features",
        description = {
            "Whole processes on one capture in the page cache, in turns: weir track without features, and with.",
            "Without a capture: 4 million packets of 128 bytes, UDP over IPv4, of 200 thousand flows in random order."
        },
        footer = {"", "Example: weir bench features --groups sizes,all"})
final class FeaturesCommand extends MeasuringCommand {
    private static final double MOST = 3;
    private static final String WITHOUT = "without features";

    @Option(names = "--capture", paramLabel = "FILE", description = "What to read instead of generated traffic")
    private @Nullable Path capture;

    @Option(names = "--packets", paramLabel = "N", description = "To generate (default: ${DEFAULT-VALUE})")
    private long packets = 4_000_000;

    @Option(names = "--flows", paramLabel = "N", description = "To generate (default: ${DEFAULT-VALUE})")
    private int flows = 200_000;

    @Option(
            names = "--groups",
            paramLabel = "NAME",
            split = ",",
            description = "To measure, each by itself (default: ${DEFAULT-VALUE})")
    private List<String> groups = List.of("sizes", "iat", "history", "all");

    FeaturesCommand(PrintStream out, PrintStream err) {
        super("features", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        Path folder = Files.createTempDirectory("weir-bench");
        Path big = folder.resolve("big.pcap"), csv = folder.resolve("flows.csv");
        try {
            Path given = capture;
            if (given == null) {
                err.println("generating the capture");
                GenerateCommand.write(TrafficShape.of(packets, flows), big);
            }
            Path file = given == null ? big : given.toAbsolutePath();
            report.condition(
                    "capture",
                    given == null
                            ? "%,d packets of 128 B, UDP over IPv4, %,d flows in random order".formatted(packets, flows)
                            : given + ", " + Files.size(file) + " B");
            report.condition("runs", "one to warm up, then %d each in turns".formatted(rounds()));
            compare(commands(file, csv), folder, report);
        } finally {
            Files.deleteIfExists(big);
            Files.deleteIfExists(csv);
            Files.delete(folder);
        }
    }

    private Map<String, List<String>> commands(Path file, Path csv) {
        String weir = ProjectRoot.find().resolve("weir").toString();
        List<String> none = List.of("--format", "none", file.toString());
        List<String> written = List.of("-w", csv.toString(), file.toString());
        var all = new LinkedHashMap<String, List<String>>();
        all.put(WITHOUT, command(weir, List.of(), none));
        for (String group : groups) {
            all.put("--features " + group, command(weir, List.of("--features", group), none));
        }
        all.put("without features, to CSV", command(weir, List.of(), written));
        all.put("--features all, to CSV", command(weir, List.of("--features", "all"), written));
        return all;
    }

    private static List<String> command(String weir, List<String> features, List<String> places) {
        var words = new ArrayList<>(List.of(weir, "track"));
        words.addAll(features);
        words.addAll(places);
        return words;
    }

    private void compare(Map<String, List<String>> commands, Path folder, Report report) throws IOException {
        var runs = new LinkedHashMap<String, List<TimedProcess>>();
        for (int round = 0; round <= rounds(); round++) {
            err.println(round == 0 ? "warming up" : "round " + round + " of " + rounds());
            for (var one : commands.entrySet()) {
                TimedProcess run = TimedProcess.run(one.getValue(), folder);
                if (round > 0) {
                    runs.computeIfAbsent(one.getKey(), _ -> new ArrayList<>()).add(run);
                }
            }
        }
        double[] base = seconds(runs.getOrDefault(WITHOUT, List.of()));
        runs.forEach((name, all) -> {
            double[] seconds = seconds(all);
            double[] times = new double[seconds.length];
            for (int i = 0; i < times.length; i++) {
                times[i] = seconds[i] / base[i];
            }
            report.add(Figure.of(name, "s", seconds, null));
            report.add(Figure.of(
                    "  peak memory",
                    "MB",
                    all.stream().mapToDouble(TimedProcess::peakMegabytes).toArray(),
                    null));
            if (!name.equals(WITHOUT)) {
                Target target = name.startsWith("--features") && !name.endsWith("CSV") ? Target.atMost(MOST) : null;
                report.add(Figure.of("  over " + WITHOUT, "x", times, target));
            }
        });
    }

    private static double[] seconds(List<TimedProcess> runs) {
        return runs.stream().mapToDouble(TimedProcess::seconds).toArray();
    }
}
