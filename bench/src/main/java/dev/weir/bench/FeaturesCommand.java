package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code weir track --features} costs beside the same without: whole processes on one capture, in turns. */
@Command(
        name = "features",
        description = {
            "Whole processes on one capture in the page cache, in turns: weir track without features, and with.",
            CaptureOptions.WITHOUT_A_CAPTURE
        },
        footer = {"", "Example: weir bench features --groups sizes,all"})
final class FeaturesCommand extends MeasuringCommand {
    private static final double MOST = 3;
    private static final String WITHOUT = "without features";

    @Mixin
    private CaptureOptions capture = new CaptureOptions();

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
        try {
            Path file = capture.file(folder, err, report);
            report.condition("runs", "one to warm up, then %d each in turns".formatted(rounds()));
            List<Contestant> all = contestants(file, folder.resolve("flows.csv"));
            Contestant.takeTurns(all, rounds(), folder, _ -> {}, err);
            for (Contestant each : all) {
                each.report(report);
                String name = each.name();
                if (!name.equals(WITHOUT)) {
                    Target target = name.startsWith("--features") && !name.endsWith("CSV") ? Target.atMost(MOST) : null;
                    report.add(Figure.of("  over " + WITHOUT, "x", each.over(all.getFirst()), target));
                }
            }
        } finally {
            CaptureOptions.delete(folder);
        }
    }

    private List<Contestant> contestants(Path file, Path csv) {
        List<String> none = List.of("--format", "none", file.toString());
        List<String> written = List.of("-w", csv.toString(), file.toString());
        var all = new ArrayList<Contestant>();
        all.add(new Contestant(WITHOUT, command(List.of(), none)));
        for (String group : groups) {
            all.add(new Contestant("--features " + group, command(List.of("--features", group), none)));
        }
        all.add(new Contestant("without features, to CSV", command(List.of(), written)));
        all.add(new Contestant("--features all, to CSV", command(List.of("--features", "all"), written)));
        return all;
    }

    private List<String> command(List<String> features, List<String> places) {
        var words = new ArrayList<>(List.of(capture.weir(), "track"));
        words.addAll(features);
        words.addAll(places);
        return words;
    }
}
