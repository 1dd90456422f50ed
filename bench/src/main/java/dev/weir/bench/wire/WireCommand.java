package dev.weir.bench.wire;

import dev.weir.bench.Figure;
import dev.weir.bench.Figure.Target;
import dev.weir.bench.MeasuringCommand;
import dev.weir.bench.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weir run} between two cables beside what else forwards there and tracks connections: rate without loss, latency, TCP. */
@Command(
        name = "wire",
        description = {
            "Forwarding between two veth pairs, by turns: weir run, the kernel's bridge, its IP forwarding with conntrack, and Open vSwitch in user space with conntrack.",
            "The highest rate without loss; latency at 80 %% of it, and at the same load for all: 80 %% of Open vSwitch's rate; one TCP connection. Makes network namespaces, so it needs root; all is removed at the end."
        },
        footer = {
            "",
            "Example: weir bench wire --quick",
            "The peers, on Debian: apt-get install openvswitch-switch nftables iperf3 ethtool"
        })
public final class WireCommand extends MeasuringCommand {
    private static final List<WireMix> MIXES = List.of(WireMix.SMALL, WireMix.MIXED);
    private static final int MAX_FLOWS = 1 << 20;
    private static final double LEAST_SECONDS = 0.1, QUICK_SECONDS = 0.3, FLOOR_SECONDS = 10;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description =
                    "Of one trial in search of the rate, which must then hold for 5 s (default: ${DEFAULT-VALUE})")
    private double seconds = 0.5;

    @Option(names = "--quick", description = "One round with trials of 0.3 s")
    private boolean quick;

    @Option(names = "--flows", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE})")
    private int flows = 10_000;

    @Option(
            names = "--only",
            paramLabel = "WORDS",
            split = ",",
            description =
                    "Leave out subjects whose names, without commas, have none of these in them: ovs,'af_packet 1'")
    private List<String> only = List.of();

    @Option(
            names = "--isolate",
            description = {
                "Keep all other programs of the machine off the subject's processors in trials, where others are left for them, as who wants even latencies does; they get them back. Weir does it by its own option, for its workers",
                "A subject with two workers has all of two processors: there it is as without"
            })
    private boolean isolate;

    @Option(
            names = "--soak",
            paramLabel = "MINUTES",
            description =
                    "Then run Weir, the first of those measured, so long at 80 %% of its rate, and tell the pauses of its Java")
    private double soakMinutes;

    /** The rounds of one subject. */
    private record Subject(WireSubject subject, List<WireTurn.Result> results) {
        double[] each(WireMix mix, ToDoubleFunction<WireTurn.Measured> what) {
            return results.stream()
                    .mapToDouble(result -> what.applyAsDouble(measured(result, mix)))
                    .toArray();
        }

        private static WireTurn.Measured measured(WireTurn.Result result, WireMix mix) {
            WireTurn.Measured found = result.mixes().get(mix.name());
            if (found == null) throw new IllegalStateException("not measured: " + mix.name());
            return found;
        }

        double[] each(ToDoubleFunction<WireTurn.Result> what) {
            return results.stream().mapToDouble(what).toArray();
        }
    }

    public WireCommand(PrintStream out, PrintStream err) {
        super("wire", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        check();
        int rounds = quick ? 1 : rounds();
        double length = quick ? QUICK_SECONDS : seconds;
        report.condition("traffic", "%,d flows of UDP over IPv4 in one direction, in random order".formatted(flows));
        report.condition("processors", processors());
        report.condition("other programs", isolate ? "kept off the subject's processors" : "run where they like");
        report.condition("sizes", "64 B; IMIX: 7 of 64 B, 4 of 594 B, 1 of 1518 B");
        report.condition(
                "trials",
                "%.1f s each, the rate found holds for %.0f s; %d rounds by turns"
                        .formatted(length, WireTurn.Times.LONGER, rounds));
        var floors = new ArrayList<WireFloor>();
        List<Subject> subjects = takeTurns(candidates(report), rounds, length, floors, report);
        floor(floors, report);
        for (WireMix mix : MIXES) {
            subjects.forEach(each -> figures(each, mix, report));
        }
        subjects.forEach(each -> tcp(each, report));
        for (WireMix mix : MIXES) {
            ratios(subjects, mix, report);
        }
        if (soakMinutes > 0) soak(subjects, report);
    }

    private static String processors() {
        WireCores one = WireCores.forSubject(1), more = WireCores.forSubject(2);
        return "generator %d, sink %d, subject %s, with two workers %s"
                .formatted(one.generator(), one.sink(), one.subject(), more.subject());
    }

    private void check() throws IOException {
        if (!(seconds >= LEAST_SECONDS && seconds <= 60)) {
            throw new IllegalArgumentException("seconds out of range: seconds=" + seconds + ", limits=0.1..60");
        }
        if (flows < 1 || flows > MAX_FLOWS) {
            throw new IllegalArgumentException("flows out of range: flows=" + flows + ", limits=1.." + MAX_FLOWS);
        }
        WireTestbed.requireRoot();
    }

    /** Those asked for whose programs are installed. */
    private List<Subject> candidates(Report report) {
        List<WireSubject> all = List.of(
                new WireOpenvSwitch(1), // before who is compared with it, as its rate says at which load
                new WireOpenvSwitch(2),
                WireWeir.packetSockets(1),
                WireWeir.packetSockets(1).inFairShares(),
                WireWeir.packetSockets(2),
                WireWeir.packetSockets(2).inFairShares(),
                WireWeir.xdp(1),
                WireWeir.xdp(2),
                new WireBridge(),
                new WireRouter());
        var chosen = new ArrayList<Subject>();
        for (WireSubject each : all) {
            WireSubject subject = isolate && each instanceof WireWeir weir ? weir.isolated() : each;
            List<String> missing = subject.missing();
            if (!wanted(subject.name())) continue;
            if (missing.isEmpty()) {
                chosen.add(new Subject(subject, new ArrayList<>()));
            } else {
                leftOut(subject, "not installed; apt-get install " + String.join(" ", missing), report);
            }
        }
        if (!WireSubject.isInstalled("iperf3") || !WireSubject.isInstalled("ethtool")) {
            report.condition("TCP left out", "apt-get install iperf3 ethtool");
        }
        return chosen;
    }

    private boolean wanted(String name) {
        String lower = name.toLowerCase(Locale.ROOT).replace(",", "");
        return only.isEmpty() || only.stream().anyMatch(word -> lower.contains(word.toLowerCase(Locale.ROOT)));
    }

    private void leftOut(WireSubject subject, String why, Report report) {
        report.condition(subject.name() + " left out", why);
        err.println(subject.name() + ": left out: " + why);
    }

    /** Runs all rounds; who fails is left out from then on. Returns those that went through. */
    private List<Subject> takeTurns(
            List<Subject> subjects, int rounds, double length, List<WireFloor> floors, Report report)
            throws IOException {
        List<Subject> left = new ArrayList<>(subjects);
        for (int round = 1; round <= rounds; round++) {
            floors.add(WireFloor.measure(WireCores.forSubject(1), FLOOR_SECONDS, isolate));
            Map<Integer, Map<String, Double>> loads = new HashMap<>(); // by processors, then mix
            for (Subject each : List.copyOf(left)) {
                err.println("round " + round + " of " + rounds + ": " + each.subject.name());
                try {
                    var turn = new WireTurn(err, WireTurn.Times.of(length), flows, isolate);
                    WireTurn.Result result = turn.run(each.subject, MIXES, loadsFor(each.subject, loads));
                    each.results.add(result);
                    if (each.subject instanceof WireOpenvSwitch) {
                        Map<String, Double> own = new HashMap<>();
                        result.mixes().forEach((mix, found) -> own.put(mix, WireTurn.LOAD * found.rate()));
                        loads.put(each.subject.processors(), own);
                    }
                } catch (IOException e) {
                    leftOut(each.subject, String.valueOf(e.getMessage()), report);
                    left.remove(each);
                }
            }
        }
        return left;
    }

    /** Of the Open vSwitch that has as many processors, else of the other; the kernel's subjects are beside the one with one. Its own are its own. */
    private static Map<String, Double> loadsFor(WireSubject subject, Map<Integer, Map<String, Double>> loads) {
        if (subject instanceof WireOpenvSwitch) return Map.of();
        Map<String, Double> first = loads.values().stream().findFirst().orElse(Map.of());
        return loads.getOrDefault(Math.max(1, subject.processors()), first);
    }

    private static void floor(List<WireFloor> floors, Report report) {
        String title = "the machine: wait for a thread that never leaves the subject's processor, ";
        report.add(Figure.of(
                title + "99.9 %",
                "us",
                floors.stream().mapToDouble(floor -> 1e-3 * floor.p999()).toArray(),
                null));
        report.add(Figure.of(
                title + "longest",
                "us",
                floors.stream().mapToDouble(floor -> 1e-3 * floor.longest()).toArray(),
                null));
    }

    private static void figures(Subject each, WireMix mix, Report report) {
        String title = each.subject.name() + ", " + mix.name() + ": ";
        report.add(Figure.of(
                title + "rate without loss", "k/s", scaled(each.each(mix, WireTurn.Measured::rate), 1e-3), null));
        report.add(Figure.of(
                "  arriving when more is offered",
                "k/s",
                scaled(each.each(mix, WireTurn.Measured::flatOut), 1e-3),
                null));
        latency(each, mix, "80 %", WireTurn.Measured::own, report);
        if (hasCommonLoad(each)) latency(each, mix, "80 % of Open vSwitch's rate", WireTurn.Measured::common, report);
        report.add(Figure.of(
                "  out of order within a flow", "frames", each.each(mix, WireTurn.Measured::reordered), null));
        double[] clocks = scaled(
                each.each(mix, WireTurn.Measured::processorNanos),
                report.machine().clocks(1));
        if (!Double.isNaN(clocks[0])) report.add(Figure.of("  its process, a frame", "clocks", clocks, null));
    }

    /** Whether the common load is another than its own. */
    private static boolean hasCommonLoad(Subject each) {
        WireTurn.Measured found = Subject.measured(each.results.getFirst(), WireMix.SMALL);
        return !found.common().equals(found.own());
    }

    private static void latency(
            Subject each, WireMix mix, String at, Function<WireTurn.Measured, WireTurn.Latency> of, Report report) {
        String title = "  latency at " + at + ", ";
        report.add(Figure.of(
                title + "median",
                "us",
                scaled(each.each(mix, found -> of.apply(found).median()), 1e-3),
                null));
        report.add(Figure.of(
                title + "99.9 %",
                "us",
                scaled(each.each(mix, found -> of.apply(found).p999()), 1e-3),
                null));
        report.add(Figure.of(
                "  lost at " + at,
                "frames",
                each.each(mix, found -> of.apply(found).lost()),
                Target.atMost(0)));
    }

    private static void tcp(Subject each, Report report) {
        double[] with = measured(each.each(WireTurn.Result::tcpWithOffloads));
        double[] without = measured(each.each(WireTurn.Result::tcpWithout));
        String title = each.subject.name() + ": TCP";
        if (with.length != 0) report.add(Figure.of(title, "Gbit/s", scaled(with, 1e-9), null));
        if (without.length != 0) {
            report.add(Figure.of(title + ", offloads of both ends off", "Gbit/s", scaled(without, 1e-9), null));
        }
    }

    private static double[] measured(double[] values) {
        return Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
    }

    /** Each of ours against the peers in the same round. */
    private static void ratios(List<Subject> subjects, WireMix mix, Report report) {
        Subject tracking = find(subjects, each -> each instanceof WireRouter);
        for (Subject our : subjects) {
            if (!(our.subject instanceof WireWeir weir)) continue;
            Subject switching = find(subjects, each -> each.equals(new WireOpenvSwitch(weir.processors())));
            if (switching == null) switching = find(subjects, each -> each instanceof WireOpenvSwitch);
            String title = our.subject.name() + " over ";
            if (switching != null) {
                String over = title + switching.subject.name() + ", " + mix.name() + ": ";
                report.add(ratio(over + "rate", our, switching, mix, WireTurn.Measured::rate, Target.atLeast(1)));
                latencyRatios(
                        over + "latency, each at 80 % of its rate, ",
                        our,
                        switching,
                        mix,
                        WireTurn.Measured::own,
                        report);
                latencyRatios(
                        over + "latency at the same load, ", our, switching, mix, WireTurn.Measured::common, report);
            }
            if (tracking != null) {
                String over = title + tracking.subject.name() + ", " + mix.name() + ": ";
                report.add(ratio(over + "rate", our, tracking, mix, WireTurn.Measured::rate, Target.atLeast(0.5)));
            }
        }
    }

    private static void latencyRatios(
            String what,
            Subject our,
            Subject peer,
            WireMix mix,
            Function<WireTurn.Measured, WireTurn.Latency> of,
            Report report) {
        report.add(
                ratio(what + "median", our, peer, mix, found -> of.apply(found).median(), Target.atMost(1)));
        report.add(
                ratio(what + "99.9 %", our, peer, mix, found -> of.apply(found).p999(), Target.atMost(1)));
    }

    private static @Nullable Subject find(List<Subject> subjects, Predicate<WireSubject> wanted) {
        return subjects.stream()
                .filter(each -> wanted.test(each.subject))
                .findFirst()
                .orElse(null);
    }

    private static Figure ratio(
            String what,
            Subject our,
            Subject peer,
            WireMix mix,
            ToDoubleFunction<WireTurn.Measured> of,
            Target target) {
        double[] ratios = our.each(mix, of), theirs = peer.each(mix, of);
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] /= theirs[round];
        }
        return Figure.of(what, "x", ratios, target);
    }

    private static double[] scaled(double[] values, double factor) {
        double[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    private void soak(List<Subject> subjects, Report report) throws IOException {
        for (Subject each : subjects) {
            if (each.subject instanceof WireWeir weir) {
                double rate = Figure.median(each.each(WireMix.SMALL, WireTurn.Measured::rate));
                err.println("soaking " + weir.name());
                WireSoak.run(weir, flows, WireTurn.LOAD * rate, soakMinutes, report);
                return;
            }
        }
        throw new IOException("--soak: no Weir was measured; it needs one");
    }
}
