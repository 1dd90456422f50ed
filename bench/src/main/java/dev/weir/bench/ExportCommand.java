package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.cli.ProjectRoot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What each format of records costs {@code weir track}: whole processes on one capture, in turns, beside one that writes nothing. */
@Command(
        name = "export",
        description = {
            "Whole processes of weir track on one capture in the page cache, in turns: without output, and into a file of each format.",
            "Without a capture: 4 million packets of 128 bytes, UDP over IPv4, of 200 thousand flows in random order."
        },
        footer = {"", "Example: weir bench export --flows 1000000"})
final class ExportCommand extends MeasuringCommand {
    @Option(names = "--capture", paramLabel = "FILE", description = "What to read instead of generated traffic")
    private @Nullable Path capture;

    @Option(names = "--packets", paramLabel = "N", description = "To generate (default: ${DEFAULT-VALUE})")
    private long packets = 4_000_000;

    @Option(names = "--flows", paramLabel = "N", description = "To generate (default: ${DEFAULT-VALUE})")
    private int flows = 200_000;

    @Option(names = "--weir", paramLabel = "PATH", description = "The command to measure (default: this project's)")
    private @Nullable Path weir;

    ExportCommand(PrintStream out, PrintStream err) {
        super("export", out, err);
    }

    /** A format that takes its turns. */
    private record Format(String suffix, @Nullable Target target, List<TimedProcess> runs) {
        Format(String suffix, @Nullable Target target) {
            this(suffix, target, new ArrayList<>());
        }

        String name() {
            return suffix.isEmpty() ? "--format none" : "-w FILE." + suffix;
        }

        double[] seconds() {
            return runs.stream().mapToDouble(TimedProcess::seconds).toArray();
        }
    }

    @Override
    protected void measure(Report report) throws IOException {
        Path folder = Files.createTempDirectory("weir-bench");
        try {
            Path file = capture == null ? folder.resolve("big.pcap") : capture.toAbsolutePath();
            if (capture == null) {
                err.println("generating the capture");
                GenerateCommand.write(TrafficShape.of(packets, flows), file);
            }
            report.condition(
                    "capture",
                    capture == null
                            ? "%,d packets of 128 B, UDP over IPv4, %,d flows in random order".formatted(packets, flows)
                            : capture + ", " + Files.size(file) + " B");
            List<Format> formats = List.of(
                    new Format("", null),
                    new Format("csv", Target.atMost(2)),
                    new Format("jsonl", null),
                    new Format("parquet", Target.atMost(1.5)),
                    new Format("duckdb", null));
            takeTurns(formats, file, folder);
            figures(formats, folder, report);
        } finally {
            delete(folder);
        }
    }

    private void takeTurns(List<Format> formats, Path file, Path folder) throws IOException {
        Path given = weir;
        String command = (given == null ? ProjectRoot.find().resolve("weir") : given.toAbsolutePath()).toString();
        for (int round = 0; round <= rounds(); round++) {
            err.println(round == 0 ? "warming up" : "round " + round + " of " + rounds());
            for (Format format : formats) {
                Path to = folder.resolve("flows." + format.suffix);
                Files.deleteIfExists(to);
                List<String> words = new ArrayList<>(List.of(command, "track", file.toString()));
                words.addAll(format.suffix.isEmpty() ? List.of("--format", "none") : List.of("-w", to.toString()));
                TimedProcess run = TimedProcess.run(words, folder);
                if (round > 0) format.runs.add(run);
            }
        }
    }

    private void figures(List<Format> formats, Path folder, Report report) throws IOException {
        double[] none = formats.getFirst().seconds();
        long rows = rows(folder.resolve("flows.csv"));
        report.condition("records", rows);
        for (Format format : formats) {
            double[] seconds = format.seconds();
            report.add(Figure.of("weir track " + format.name(), "s", seconds, null));
            report.add(Figure.of(
                    "  on processors",
                    "s",
                    format.runs.stream().mapToDouble(TimedProcess::cpuSeconds).toArray(),
                    null));
            report.add(Figure.of(
                    "  peak memory",
                    "MB",
                    format.runs.stream()
                            .mapToDouble(TimedProcess::peakMegabytes)
                            .toArray(),
                    null));
            if (format.suffix.isEmpty()) continue;
            double[] times = new double[none.length], rates = new double[none.length];
            for (int round = 0; round < none.length; round++) {
                times[round] = seconds[round] / none[round];
                rates[round] = rows / seconds[round] / 1e3;
            }
            report.add(Figure.of("  over --format none", "x", times, format.target));
            report.add(Figure.of("  records a second, tracking included", "k", rates, null));
            report.add(Figure.of(
                    "  size of a record",
                    "B",
                    new double[] {(double) Files.size(folder.resolve("flows." + format.suffix)) / Math.max(1, rows)},
                    null));
        }
    }

    private static long rows(Path csv) throws IOException {
        try (Stream<String> lines = Files.lines(csv)) {
            return lines.count() - 1;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
