package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.bench.cache.CacheRun;
import dev.weir.bench.cache.CacheTrace;
import dev.weir.bench.cache.CacheTraces;
import dev.weir.bench.cache.CapturedFlows;
import dev.weir.bench.cache.Optimum;
import dev.weir.table.cache.CacheConfig;
import dev.weir.table.cache.CacheFigures;
import dev.weir.table.cache.CachePolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the policies of a bounded table are worth, beside optima that know the future, and what they take. */
@Command(
        name = "flow-cache",
        description = {
            "Hit ratio of each policy of a bounded table, by packets and by octets, beside the optimum that knows the future and a table without bounds; what is added and evicted; clocks a packet.",
        },
        footer = {"", "Example: weir bench flow-cache --captures samples"})
final class FlowCacheCommand extends MeasuringCommand {
    /** Of the optimum's octets, on Zipf traces; points below the better of the two others. */
    private static final double LEAST_SHARE = 90, MOST_BELOW = 5;

    private static final double[] EXPONENTS = {0.8, 1.0, 1.2};
    private static final int DRIFT_EVERY = 20, SCAN_PERCENT = 25, CAPTURED_PART = 16;
    private static final int MOST_PACKETS = 100_000_000;

    @Option(names = "--entries", paramLabel = "N", description = "Of the table (default: ${DEFAULT-VALUE})")
    private int entries = 4096;

    @Option(names = "--flows", paramLabel = "N", description = "Of made traces (default: ${DEFAULT-VALUE})")
    private int flows = 16_384;

    @Option(names = "--packets", paramLabel = "N", description = "Of made traces (default: ${DEFAULT-VALUE})")
    private int packets = 2_000_000;

    @Option(names = "--seed", paramLabel = "N", description = "Of made traces and hashes (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--captures",
            paramLabel = "DIR",
            description = "A directory of captures, whose flows are a trace too")
    private @Nullable Path captures;

    FlowCacheCommand(PrintStream out, PrintStream err) {
        super("flow-cache", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        check("entries", entries, 1, CacheConfig.MAX_CAPACITY);
        check("flows", flows, 1, MOST_PACKETS);
        check("packets", packets, 1, MOST_PACKETS);
        report.condition("table", "%,d entries".formatted(entries));
        report.condition("traces", "%,d packets of %,d flows, seed %d".formatted(packets, flows, seed));
        report.condition(
                "optimum",
                "Belady's, which has the most packets, and its octets; and a bound of octets that no policy can be above");
        for (double exponent : EXPONENTS) {
            worth(CacheTraces.zipf(exponent, flows, packets, seed), entries, LEAST_SHARE, report);
        }
        worth(CacheTraces.drifting(1, flows, packets, DRIFT_EVERY, seed), entries, 0, report);
        worth(CacheTraces.scanned(1, flows, packets, SCAN_PERCENT, seed), entries, 0, report);
        if (captures != null) captured(captures, report);
        clocks(report);
    }

    private static void check(String what, int value, int least, int most) {
        if (value >= least && value <= most) return;
        throw new IllegalArgumentException(
                what + " out of range: " + what + "=" + value + "; give " + least + " to " + most);
    }

    private void captured(Path directory, Report report) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("captures: " + directory + " is no directory; name one that has some");
        }
        CacheTrace trace = CapturedFlows.read(directory);
        if (trace.packets() == 0) {
            throw new IllegalArgumentException("captures: " + directory + " has no packets of flows; name another one");
        }
        report.condition("captures", "%,d packets of %,d flows".formatted(trace.packets(), trace.flows()));
        for (int part : new int[] {CAPTURED_PART, CAPTURED_PART * 4}) {
            int room = Math.max(1, trace.flows() / part);
            CacheTrace named =
                    new CacheTrace("captures, %,d entries".formatted(room), trace.flow(), trace.bytes(), trace.flows());
            worth(named, room, 0, report);
        }
    }

    private void worth(CacheTrace trace, int room, double leastShare, Report report) {
        err.println("running: " + trace.name());
        Optimum optimum = Optimum.ofPackets(trace, room);
        Optimum unbounded = Optimum.unbounded(trace);
        double bound = percent(Math.min(Optimum.bytesBound(trace, room), unbounded.hitBytes()), trace.allBytes());
        double best = percent(optimum.hitPackets(), trace.packets());
        report.add(ratio(trace.name() + ": unbounded, packets", percent(unbounded.hitPackets(), trace.packets())));
        report.add(ratio("  unbounded, octets", percent(unbounded.hitBytes(), trace.allBytes())));
        report.add(ratio("  optimum, packets", best));
        report.add(ratio("  octets of the optimum for packets", percent(optimum.hitBytes(), trace.allBytes())));
        report.add(ratio("  bound of octets", bound));
        compare(trace, room, false, best, 0, report);
        double bytes = percent(optimum.hitBytes(), trace.allBytes());
        double own = compare(trace, room, true, bytes, leastShare, report);
        report.add(ratio("  tinylfu of the bound of octets", bound == 0 ? 100 : 100 * own / bound));
    }

    /** What the default policy reaches. */
    private double compare(CacheTrace trace, int room, boolean byBytes, double best, double leastShare, Report report) {
        String by = byBytes ? "octets" : "packets";
        Map<CachePolicy, Double> ratios = new EnumMap<>(CachePolicy.class);
        for (CachePolicy policy : CachePolicy.values()) {
            CacheConfig config = CacheConfig.of(policy, room);
            CacheRun run = new CacheRun(trace, byBytes ? config.withBytes() : config, seed);
            run.run();
            CacheFigures figures = run.cache().figures();
            double reached = byBytes
                    ? percent(figures.hitBytes(), trace.allBytes())
                    : percent(figures.hitPackets(), trace.packets());
            ratios.put(policy, reached);
            String name = policy.name().toLowerCase(Locale.ROOT);
            report.add(ratio("  %s by %s: %s".formatted(name, by, by), reached));
            if (byBytes) continue;
            report.add(Figure.of(
                    "    entries added of 100 packets", "", percent(figures.admitted(), trace.packets()), null));
        }
        double own = ratios.getOrDefault(CachePolicy.TINYLFU, 0.0);
        double others = Math.max(ratios.getOrDefault(CachePolicy.LRU, 0.0), ratios.getOrDefault(CachePolicy.LFU, 0.0));
        Target share = leastShare > 0 ? Target.atLeast(leastShare) : null;
        report.add(Figure.of("  tinylfu of the optimum's " + by, "%", best == 0 ? 100 : 100 * own / best, share));
        report.add(Figure.of(
                "  points that tinylfu is below the better of the others, " + by,
                "",
                others - own,
                Target.atMost(MOST_BELOW)));
        return own;
    }

    private static double percent(long part, long all) {
        return all == 0 ? 0 : 100.0 * part / all;
    }

    private static Figure ratio(String what, double percent) {
        return Figure.of(what, "%", percent, null);
    }

    /** The same packets over and over, after the table has settled. */
    private void clocks(Report report) {
        CacheTrace trace = CacheTraces.zipf(1, flows, packets, seed);
        List<CacheConfig> configs = new ArrayList<>();
        for (CachePolicy policy : CachePolicy.values()) configs.add(CacheConfig.of(policy, entries));
        configs.add(CacheConfig.of(CachePolicy.TINYLFU, entries).withBytes());
        for (CacheConfig config : configs) {
            CacheRun run = new CacheRun(trace, config, seed);
            String name = config.policy().name().toLowerCase(Locale.ROOT) + (config.byBytes() ? " by octets" : "");
            err.println("measuring: " + name);
            Rounds rounds = new Rounds(rounds(), trace.packets(), run::run);
            rounds.warmUp();
            rounds.measure();
            double[] nanos = rounds.nanosPerOperation();
            double[] ticks =
                    java.util.Arrays.stream(nanos).map(report.machine()::clocks).toArray();
            report.add(Figure.of(name + ": packet, the table's own lookup aside", "clocks", ticks, null));
            report.add(Figure.of("", "ns", nanos, null));
            double allocated = Math.floor((double) rounds.allocatedBytes() / rounds.measured());
            report.add(Figure.of(name + ": allocated a packet", "B", allocated, Target.atMost(0)));
            report.add(Figure.of(
                    name + ": memory an entry", "B", (double) run.cache().bytes() / entries, null));
        }
    }
}
