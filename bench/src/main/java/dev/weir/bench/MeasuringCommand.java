package dev.weir.bench;

import dev.weir.cli.ProjectRoot;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that measures something and reports it: what all of them take, and what becomes of their figures. */
public abstract class MeasuringCommand implements Callable<Integer> {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    protected final PrintStream out;
    protected final PrintStream err;
    private final String name;

    @Option(
            names = "--json",
            paramLabel = "F",
            description = "Where to write the figures as JSON (default: bench/results/NAME-TIME.json)")
    private @Nullable Path json;

    @Option(names = "--rounds", paramLabel = "N", description = "Measured rounds, whose median counts (default: 5)")
    private int rounds = 5;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help")
    boolean help;

    protected MeasuringCommand(String name, PrintStream out, PrintStream err) {
        this.name = name;
        this.out = out;
        this.err = err;
    }

    protected abstract void measure(Report report) throws IOException;

    protected final int rounds() {
        return rounds;
    }

    @Override
    public final Integer call() throws IOException {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds out of range: rounds=" + rounds + "; give 1 or more");
        }
        Path root = ProjectRoot.find();
        var report = new Report(name, Machine.here(root));
        report.condition(
                "load average before",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        measure(report);
        report.print(out);
        out.flush();
        Path given = json;
        String time = LocalDateTime.now(ZoneId.systemDefault()).format(STAMP);
        Path file = given != null ? given : root.resolve("bench/results/" + name + "-" + time + ".json");
        report.write(file);
        err.println("written to " + file);
        return 0;
    }
}
