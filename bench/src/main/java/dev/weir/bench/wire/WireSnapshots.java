package dev.weir.bench.wire;

import dev.weir.api.v1.Worker;
import dev.weir.bench.Figure;
import dev.weir.bench.Figure.Target;
import dev.weir.bench.Report;
import dev.weir.cli.ProjectRoot;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * What snapshots cost the packets of {@code weir run} between two cables, whose worker is in the real-time class as it is by default: frames at a steady rate, a
 * snapshot each second, and the same without. What else has the worker's processor for a while lengthens what it interrupts, so the longest time for a snapshot is
 * compared with the longest for packets in the same seconds, and with seconds without snapshots. Root.
 */
public final class WireSnapshots {
    private static final int FLOWS = 50_000, ROUNDS = 20;
    private static final double RATE = 250_000, SECONDS = 2, WARM_UP_SECONDS = 6;

    private final PrintStream err;

    /**
     * One of them.
     *
     * @param mail the longest time between two cycles, nanoseconds
     * @param busy the longest cycle
     * @param p999 of the latency
     */
    private record Round(double mail, double busy, double p999, long lost) {}

    public WireSnapshots(PrintStream err) {
        this.err = err;
    }

    /** Whether it can be measured here; throws with the reason where not. */
    public static void check() throws IOException {
        WireTestbed.requireRoot();
    }

    public void measure(Report report) throws IOException {
        measure("", "", report);
        String program = ProjectRoot.find()
                .resolve("examples/p4/flow-tracker/flow-tracker.p4")
                .toString();
        measure(
                " and as many entries of the tracker in P4",
                "  tracker: {type: p4, program: \"%s\", define: [FLOWS=%d]}%n".formatted(program, 2 * FLOWS),
                report);
    }

    private void measure(String entries, String nodes, Report report) throws IOException {
        String what = "weir run, real-time worker, %,d flows%s, %,.0f frames a second".formatted(FLOWS, entries, RATE);
        err.println("measuring: " + what);
        Round[] without = rounds(nodes, false), with = rounds(nodes, true);
        double[] busy = each(with, round -> 1e-3 * round.busy);
        report.add(Figure.of(
                what + ", a snapshot each second: the longest time between two vectors in 2 s",
                "us",
                each(with, round -> 1e-3 * round.mail),
                Target.atMost(Figure.median(busy))));
        report.add(Figure.of("  the longest for what a port had at once", "us", busy, null));
        report.add(Figure.of("  of so many times the former was the longer", "of " + ROUNDS, longerMail(with), null));
        report.add(Figure.of(
                "  without snapshots: the longest time between two vectors",
                "us",
                each(without, round -> 1e-3 * round.mail),
                null));
        report.add(Figure.of(
                "  of so many times it was longer than what a port had at once",
                "of " + ROUNDS,
                longerMail(without),
                null));
        report.add(Figure.of("  latency, 99.9 %", "us", each(with, round -> 1e-3 * round.p999), null));
        report.add(Figure.of("  the same without", "us", each(without, round -> 1e-3 * round.p999), null));
        report.add(Figure.of("  frames lost", "", lost(with), Target.atMost(0)));
        report.add(Figure.of("  lost without", "", lost(without), null));
    }

    private static Round[] rounds(String nodes, boolean snapshots) throws IOException {
        try (var bed = new WireTestbed(1)) {
            String settings = "flow-table: {max-flows: %d}%n".formatted(2 * FLOWS)
                    + (snapshots ? "state: {file: \"%s\", interval: 1s}%n".formatted(bed.folder.resolve("state")) : "");
            WireWeir weir = WireWeir.packetSockets(1).withSettings(settings).withNodes(nodes);
            weir.start(bed);
            try (var client = new ApiClient(WireWeir.socket(bed));
                    var traffic = new WireTraffic(bed)) {
                var frames = new WireFrames(FLOWS, WireMix.SMALL.sizes(), weir.destination(bed));
                traffic.run(frames, RATE, WARM_UP_SECONDS);
                traffic.run(frames, Double.POSITIVE_INFINITY, SECONDS);
                traffic.run(frames, RATE, WARM_UP_SECONDS);
                var rounds = new Round[ROUNDS];
                for (int n = 0; n < ROUNDS; n++) {
                    client.clearCounters();
                    WireTrial trial = traffic.run(frames, RATE, SECONDS);
                    Worker worker = client.workers().getFirst();
                    rounds[n] = new Round(
                            1e9 * worker.getLongestMailSeconds(),
                            1e9 * worker.getLongestBusySeconds(),
                            trial.latency().quantile(0.999),
                            trial.lost());
                }
                return rounds;
            }
        }
    }

    private static double[] each(Round[] rounds, ToDoubleFunction<Round> what) {
        return Arrays.stream(rounds).mapToDouble(what).toArray();
    }

    private static double longerMail(Round[] rounds) {
        return Arrays.stream(rounds).filter(round -> round.mail > round.busy).count();
    }

    private static double lost(Round[] rounds) {
        return Arrays.stream(rounds).mapToLong(Round::lost).sum();
    }
}
