package dev.weir.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A command that takes turns with others on the same work, and what its runs took. */
record Contestant(String name, List<String> command, List<TimedProcess> runs) {
    /** What is to be done before each run. */
    interface Preparation {
        void before(Contestant next) throws IOException;
    }

    Contestant(String name, List<String> command) {
        this(name, command, new ArrayList<>());
    }

    /** Runs all in turns: one round to warm up, then so many that count. */
    static void takeTurns(
            List<Contestant> contestants, int rounds, Path folder, Preparation preparation, PrintStream err)
            throws IOException {
        for (int round = 0; round <= rounds; round++) {
            err.println(round == 0 ? "warming up" : "round " + round + " of " + rounds);
            for (Contestant contestant : contestants) {
                preparation.before(contestant);
                TimedProcess run = TimedProcess.run(contestant.command, folder);
                if (round > 0) {
                    contestant.runs.add(run);
                }
            }
        }
    }

    double[] seconds() {
        return each(TimedProcess::seconds);
    }

    double[] cpuSeconds() {
        return each(TimedProcess::cpuSeconds);
    }

    private double[] each(ToDoubleFunction<TimedProcess> what) {
        return runs.stream().mapToDouble(what).toArray();
    }

    /** Time, processors' time, memory. */
    void report(Report report) {
        report.add(Figure.of(name, "s", seconds(), null));
        report.add(Figure.of("  on processors", "s", cpuSeconds(), null));
        report.add(Figure.of("  peak memory", "MB", each(TimedProcess::peakMegabytes), null));
    }

    /** How often another's time, round by round. */
    double[] over(Contestant other) {
        double[] mine = seconds(), theirs = other.seconds(), times = new double[mine.length];
        for (int round = 0; round < times.length; round++) {
            times[round] = mine[round] / theirs[round];
        }
        return times;
    }
}
