package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.dataplane.TrackSummary;
import dev.weir.dataplane.Tracker;
import dev.weir.table.FlowTableConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The whole data plane, without start of a process, with one worker and with more; and as many trackers of one worker
 * each that share nothing, which is what the machine gives to that many threads.
 */
@Command(
        name = "scale",
        description =
                "Packets a second through the tracker with one worker, with more, and through as many trackers that share nothing, in one process, packets resident in memory.",
        footer = {"", "Example: weir bench scale --workers 2"})
final class ScaleCommand extends MeasuringCommand {
    private static final int PACKETS = 4_000_000, WARM_UPS = 3;

    @Option(names = "--workers", paramLabel = "N", description = "To compare with one (default: ${DEFAULT-VALUE})")
    private int workers = 2;

    @Option(names = "--flows", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE})")
    private int flows = 200_000;

    @Option(
            names = "--passes",
            paramLabel = "N",
            description = "Over 4 million packets, a round (default: ${DEFAULT-VALUE})")
    private int passes = 4;

    @Option(names = "--profile", description = "Sample the measured rounds and print the hottest places")
    private boolean profile;

    ScaleCommand(PrintStream out, PrintStream err) {
        super("scale", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        report.condition(
                "traffic",
                "%,d packets of 128 B, UDP over IPv4, %,d flows in random order, %d times a round"
                        .formatted(PACKETS, flows, passes));
        var traces = new ArrayList<Trace>();
        try {
            for (int i = 0; i < workers; i++) {
                traces.add(new Trace(TrafficShape.of(PACKETS, flows)));
            }
            for (int i = 0; i < WARM_UPS; i++) {
                megapackets(traces.getFirst(), 1);
                megapackets(traces.getFirst(), workers);
            }
            if (profile) {
                try (var _ = new Profile(err)) {
                    compare(traces, report);
                }
            } else {
                compare(traces, report);
            }
        } finally {
            traces.forEach(Trace::close);
        }
    }

    /** The rounds take turns, so that what else the machine does falls on both alike. */
    private void compare(List<Trace> traces, Report report) throws IOException {
        int rounds = rounds();
        double[] one = new double[rounds], more = new double[rounds], apart = new double[rounds];
        double[] moreToOne = new double[rounds], apartToOne = new double[rounds], moreToApart = new double[rounds];
        long collections = collections();
        for (int round = 0; round < rounds; round++) {
            one[round] = megapackets(traces.getFirst(), 1);
            more[round] = megapackets(traces.getFirst(), workers);
            apart[round] = sideBySide(traces);
            moreToOne[round] = more[round] / one[round];
            apartToOne[round] = apart[round] / one[round];
            moreToApart[round] = more[round] / apart[round];
        }
        report.condition("garbage collections while measured", collections() - collections);
        String trackers = workers + " trackers of one worker that share nothing";
        report.add(Figure.of("1 worker: packets a second", "M", one, null));
        report.add(Figure.of(workers + " workers: packets a second", "M", more, null));
        report.add(Figure.of(trackers + ": packets a second", "M", apart, null));
        report.add(Figure.of(workers + " workers over one", "x", moreToOne, workers == 2 ? Target.atLeast(1.9) : null));
        report.add(Figure.of(trackers + " over one: what the machine gives", "x", apartToOne, null));
        report.add(Figure.of(workers + " workers over " + trackers, "x", moreToApart, null));
    }

    /** Packets a second of all together, from the first's begin to the last's end, in millions. */
    private double sideBySide(List<Trace> traces) throws IOException {
        long start = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(traces.size())) {
            var runs = traces.stream()
                    .map(trace -> threads.submit(() -> megapackets(trace, 1)))
                    .toList();
            for (var run : runs) {
                run.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("tracker failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return traces.size() * (double) PACKETS * passes / (System.nanoTime() - start) * 1e3;
    }

    private double megapackets(Trace trace, int count) throws IOException {
        trace.rewind(passes);
        Tracker tracker = Tracker.builder()
                .table(FlowTableConfig.defaults().withHashSeed(1))
                .workers(count)
                .build();
        long start = System.nanoTime();
        TrackSummary summary = tracker.run(trace);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (summary.packets() != (long) PACKETS * passes) {
            throw new IllegalStateException(
                    "packets tracked: " + summary.packets() + ", given: " + (long) PACKETS * passes);
        }
        return summary.packets() / seconds / 1e6;
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(bean -> Math.max(0, bean.getCollectionCount()))
                .sum();
    }
}
