package dev.weir.bench.wire;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One turn of one subject, in a testbed of its own: all that is measured of it. */
final class WireTurn {
    private static final int SEARCH_STEPS = 7;
    private static final double TICKS_PER_SECOND = 100, WARM_RATE = 100_000;
    /** At which part of a rate latency is measured. */
    static final double LOAD = 0.8;

    /** How long each piece of a turn takes, seconds; {@code longer} is the trial that a rate that was found must hold. Connections are of whole seconds. */
    record Times(double warmUp, double trial, double longer, double latency, int tcpWarmUp, int tcp) {
        static final double WARM_UP = 3, LONGER = 5, LATENCY = 2;
        private static final int TCP_WARM_UP = 3, LEAST_TCP = 2;

        static Times of(double seconds) {
            return new Times(WARM_UP, seconds, LONGER, LATENCY, TCP_WARM_UP, (int) Math.max(LEAST_TCP, 2 * seconds));
        }
    }

    /**
     * Latency at one load.
     *
     * @param load frames a second
     * @param median nanoseconds
     * @param p999 the 99.9th percentile, nanoseconds
     * @param lost frames
     */
    record Latency(double load, double median, double p999, double lost) {
        static final Latency NONE = new Latency(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }

    /**
     * What was measured with one mix of sizes.
     *
     * @param rate the highest without loss, frames a second
     * @param flatOut frames a second that arrive when more are offered
     * @param own latency at 80 % of that rate
     * @param common latency at the load that all subjects get
     * @param reordered behind a later frame of the same flow, in all trials
     * @param processorNanos of the program's time on processors a frame, when flat out; NaN where the kernel forwards
     */
    record Measured(
            double rate, double flatOut, Latency own, Latency common, double reordered, double processorNanos) {}

    /** All of a turn; bits a second of TCP are NaN where there is no iperf3, offloads are not taken, or the connection failed. */
    record Result(Map<String, Measured> mixes, double tcpWithOffloads, double tcpWithout) {}

    private final PrintStream err;
    private final Times times;
    private final int flows;
    private final boolean isolated;

    private long reordered;

    /** @param isolated whether other programs are kept off the subject's processors where it does not do that itself, but while TCP runs, whose ends are such */
    WireTurn(PrintStream err, Times times, int flows, boolean isolated) {
        this.err = err;
        this.isolated = isolated;
        this.times = times;
        this.flows = flows;
    }

    /** @param loads by name of the mix: the load that all subjects get; where there is none, 80 % of the subject's own rate */
    Result run(WireSubject subject, List<WireMix> mixes, Map<String, Double> loads) throws IOException {
        var measured = new LinkedHashMap<String, Measured>();
        try (var bed = new WireTestbed(subject.processors())) {
            boolean hasTool = WireSubject.isInstalled("ethtool");
            if (!subject.takesOffloads() && hasTool) bed.offloads(false);
            Process program = subject.start(bed);
            try (var traffic = new WireTraffic(bed, isolated && !subject.isolates())) {
                for (WireMix mix : mixes) {
                    var frames = new WireFrames(flows, mix.sizes(), subject.destination(bed));
                    measured.put(
                            mix.name(), measure(traffic, frames, program, loads.getOrDefault(mix.name(), Double.NaN)));
                }
            }
            double with = Double.NaN, without = Double.NaN;
            if (WireSubject.isInstalled("iperf3") && hasTool) {
                if (subject.takesOffloads()) {
                    with = tcp(bed, subject);
                    bed.offloads(false);
                }
                without = tcp(bed, subject);
            }
            return new Result(measured, with, without);
        }
    }

    /** Bits a second of the second connection, since super-packets are new to the subject; not a number when one failed, which is said. */
    private double tcp(WireTestbed bed, WireSubject subject) {
        try {
            WireTcp.bitsPerSecond(bed, subject.sinkAddress(), times.tcpWarmUp);
            return WireTcp.bitsPerSecond(bed, subject.sinkAddress(), times.tcp);
        } catch (IOException e) {
            err.println(subject.name() + ": no figure for TCP: " + e.getMessage());
            return Double.NaN;
        }
    }

    private Measured measure(WireTraffic traffic, WireFrames frames, @Nullable Process program, double common)
            throws IOException {
        reordered = 0;
        traffic.run(frames, WARM_RATE, times.warmUp);
        traffic.run(frames, Double.POSITIVE_INFINITY, times.trial);
        double[] processorNanos = {Double.NaN};
        WireSearch.Found found = WireSearch.run(
                rate -> {
                    double before = processorSeconds(program);
                    WireTrial trial = traffic.run(frames, rate, times.trial);
                    if (Double.isInfinite(rate)) {
                        processorNanos[0] = 1e9 * (processorSeconds(program) - before) / trial.received();
                    }
                    return checked(trial);
                },
                rate -> checked(traffic.run(frames, rate, times.longer)),
                SEARCH_STEPS);
        Latency own = latency(traffic, frames, LOAD * found.rate());
        return new Measured(
                found.rate(),
                found.flatOut().receivedRate(),
                own,
                Double.isNaN(common) ? own : latency(traffic, frames, common),
                reordered,
                processorNanos[0]);
    }

    private Latency latency(WireTraffic traffic, WireFrames frames, double load) throws IOException {
        if (load <= 0) return Latency.NONE;
        WireTrial trial = checked(traffic.run(frames, load, times.latency));
        LatencyHistogram seen = trial.latency();
        return new Latency(load, seen.quantile(0.5), seen.quantile(0.999), trial.lost());
    }

    private WireTrial checked(WireTrial trial) {
        reordered += trial.reordered();
        if (trial.sinkDropped() != 0) {
            err.println("the sink had no room for " + trial.sinkDropped() + " frames: counted as lost");
        }
        return trial;
    }

    /** utime and stime of proc(5), the 14th and 15th fields of stat; those before the third hold the name, in parentheses. */
    private static double processorSeconds(@Nullable Process program) throws IOException {
        if (program == null) return Double.NaN;
        String stat = Files.readString(Path.of("/proc/" + program.pid() + "/stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / TICKS_PER_SECOND;
    }
}
