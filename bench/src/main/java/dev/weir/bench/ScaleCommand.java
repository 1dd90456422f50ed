package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.dataplane.TrackSummary;
import dev.weir.dataplane.Tracker;
import dev.weir.table.FlowTableConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole data plane, without start of a process, with one worker and with more. */
@Command(
        name = "scale",
        description =
                "Packets a second through the tracker with one worker and with more, in one process, packets resident in memory.",
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
    void measure(Report report) throws IOException {
        report.condition(
                "traffic",
                "%,d packets of 128 B, UDP over IPv4, %,d flows in random order, %d times a round"
                        .formatted(PACKETS, flows, passes));
        try (var trace = new Trace(TrafficShape.of(PACKETS, flows))) {
            for (int i = 0; i < WARM_UPS; i++) {
                megapackets(trace, 1);
                megapackets(trace, workers);
            }
            if (profile) {
                try (var _ = new Profile(err)) {
                    compare(trace, report);
                }
            } else {
                compare(trace, report);
            }
        }
    }

    /** The rounds take turns, so that what else the machine does falls on both alike. */
    private void compare(Trace trace, Report report) throws IOException {
        double[] one = new double[rounds()], more = new double[rounds()], ratio = new double[rounds()];
        long collections = collections();
        for (int round = 0; round < rounds(); round++) {
            one[round] = megapackets(trace, 1);
            more[round] = megapackets(trace, workers);
            ratio[round] = more[round] / one[round];
        }
        report.condition("garbage collections while measured", collections() - collections);
        report.add(Figure.of("1 worker: packets a second", "M", one, null));
        report.add(Figure.of(workers + " workers: packets a second", "M", more, null));
        report.add(Figure.of(workers + " workers over one", "x", ratio, workers == 2 ? Target.atLeast(1.9) : null));
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
