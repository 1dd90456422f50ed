package dev.weir.bench;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The JMH benchmarks of the parts, in processes of their own. */
@Command(
        name = "jmh",
        description =
                "Parts on their own by JMH, in processes of their own: Parse, Hash, Lookup, Insert, Expire, ExactMatch, Lpm, Ternary.",
        footer = {"", "Example: weir bench jmh Lookup"})
final class JmhCommand implements Callable<Integer> {
    private final PrintStream err;

    @Parameters(arity = "0..1", paramLabel = "REGEX", description = "Which (default: all)")
    private String which = ".*";

    @Option(names = "--forks", paramLabel = "N", description = "Processes each (default: as the benchmark says)")
    private int forks = -1;

    @Option(names = "--time", paramLabel = "SECONDS", description = "An iteration (default: as the benchmark says)")
    private int seconds = -1;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help")
    boolean help;

    JmhCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Integer call() {
        var options = new OptionsBuilder().include(which).addProfiler(GCProfiler.class);
        if (forks >= 0) options.forks(forks);
        if (seconds > 0) {
            options.warmupTime(TimeValue.seconds(seconds)).measurementTime(TimeValue.seconds(seconds));
        }
        try {
            new Runner(options.build()).run();
            return 0;
        } catch (RunnerException e) {
            err.println("weir bench jmh: " + e.getMessage());
            return 1;
        }
    }
}
