package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.cli.ProjectRoot;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.compile.P4Compiler.Compiled;
import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.jvm.ProgramCompiler;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.source.Diagnostics;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Programs in P4: the flow tracker beside the flow table that is built in, routing, and how long it takes until a program runs. */
@Command(
        name = "p4",
        description =
                "Compiled P4 programs of examples/p4: the flow tracker beside the built-in flow table, routing, compiling.",
        footer = {"", "Example: weir bench p4 --parts track,route --flows 8192,1000000"})
final class P4Command extends LoopCommand {
    /** Packets a second while programs are replaced: a ring of {@value SteadyPort#RING} places holds 41 and 14 ms of them. */
    private static final double[] REPLACING_RATES = {100_000, 300_000};

    private static final int LEAST_PACKETS = 1 << 18, PREFIXES = 1000, DESTINATIONS = 4096;
    private static final String TRACKER = "flow-tracker", ROUTING = "l3-routing", GATEWAY = "flow-cache";

    @Option(names = "--flows", split = ",", paramLabel = "N", description = "How many (default: 8192,1000000)")
    private List<Integer> flows = List.of(8_192, 1_000_000);

    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "PART",
            description = "What is measured: ${COMPLETION-CANDIDATES} (default: all)")
    private Set<Part> parts = EnumSet.allOf(Part.class);

    /** In the order in which they are measured. */
    enum Part {
        COMPILE,
        TRACK,
        ROUTE,
        TUNNEL,
        AGAIN,
        REPLACE
    }

    P4Command(PrintStream out, PrintStream err) {
        super("p4", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        report.condition("traffic", traffic() + ", one direction a flow, flows in random order");
        if (parts.contains(Part.COMPILE)) compiling(report);
        for (int count : flows) {
            if (parts.contains(Part.TRACK)) tracked(count, report);
        }
        if (parts.contains(Part.ROUTE)) routed(report);
        if (parts.contains(Part.TUNNEL)) tunnelled(report);
        if (parts.contains(Part.AGAIN)) again(report);
        for (int count : flows) {
            if (parts.contains(Part.REPLACE)) replaced(count, report);
        }
    }

    /** The first program of the process once more, compiled anew, after all others. */
    private void again(Report report) throws IOException {
        int count = flows.getFirst();
        CompiledProgram program = program(example(TRACKER), Map.of("FLOWS", Integer.toString(count)));
        int packets = Math.max(LEAST_PACKETS, 2 * count);
        try (var loop = new P4Loop(program);
                var hitting = new Trace(oneWay(packets, count, TrafficShape.Order.RANDOM))) {
            measured("%,d flows: the tracker after other programs".formatted(count), packets, report, null, () -> {
                hitting.rewind(1);
                loop.run(hitting);
            });
        }
    }

    private void replaced(int count, Report report) throws IOException {
        err.println("measuring: programs that take each other's place, %,d flows".formatted(count));
        List<P4Replacement.Replacing> programs = List.of(
                replacing("", count), replacing("the same", count), replacing("one with another size", count + 1));
        try (var traffic = new Trace(oneWay(count, count, TrafficShape.Order.ROUND_ROBIN))) {
            for (double rate : REPLACING_RATES) new P4Replacement(count, rate, report).measure(traffic, programs);
        }
    }

    private static P4Replacement.Replacing replacing(String what, int count) throws IOException {
        return new P4Replacement.Replacing(what, program(example(TRACKER), Map.of("FLOWS", Integer.toString(count))));
    }

    private static CompiledProgram program(Path file, Map<String, String> defines) throws IOException {
        Diagnostics diagnostics = new Diagnostics();
        Compiled compiled = P4Compiler.compile(
                P4Compiler.nameOf(file.toString()),
                IncludePath.read(file),
                new IncludePath(List.of()),
                defines,
                diagnostics);
        if (compiled == null) throw new IOException(diagnostics.render().strip());
        return ProgramCompiler.compile(compiled.pipeline());
    }

    private static Path example(String name) {
        return ProjectRoot.find().resolve("examples/p4").resolve(name).resolve(name + ".p4");
    }

    /** The largest example: the first time in this process, and then again and again. */
    private void compiling(Report report) throws IOException {
        Path largest = largest();
        String what = largest.getFileName() + " to code that runs";
        report.add(Figure.of(what + ", the first of the process", "ms", loadMillis(largest), Target.atMost(300)));
        double[] millis = new double[rounds()];
        for (int round = 0; round < millis.length; round++) millis[round] = loadMillis(largest);
        report.add(Figure.of(what + ", then", "ms", millis, null));
    }

    private static Path largest() throws IOException {
        try (Stream<Path> files = Files.walk(ProjectRoot.find().resolve("examples/p4"))) {
            return files.filter(file -> file.toString().endsWith(".p4"))
                    .filter(file -> !file.toString().contains("/include/"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow(() -> new IOException("no programs in examples/p4"));
        }
    }

    private static double loadMillis(Path file) throws IOException {
        long start = System.nanoTime();
        program(file, Map.of()).start(RunOptions.of(Rules.P4TC), P4Loop.VECTOR).close();
        return 1e-6 * (System.nanoTime() - start);
    }

    private TrafficShape oneWay(long packets, int flows, TrafficShape.Order order) {
        return shape(packets, flows, order).withReverse(0);
    }

    private void tracked(int count, Report report) throws IOException {
        int packets = Math.max(LEAST_PACKETS, 2 * count);
        String what = "%,d flows".formatted(count);
        CompiledProgram program = program(example(TRACKER), Map.of("FLOWS", Integer.toString(count)));
        try (var creating = new Trace(oneWay(count, count, TrafficShape.Order.ROUND_ROBIN));
                var hitting = new Trace(oneWay(packets, count, TrafficShape.Order.RANDOM))) {
            double[] builtIn = builtIn(what, count, packets, creating, hitting, report);
            creating.rewind(1);
            try (var loop = new P4Loop(program)) {
                loop.run(creating);
                if (loop.entries("Track.flows") != count) {
                    throw new IllegalStateException("entries: " + loop.entries("Track.flows") + ", flows: " + count);
                }
                hitting.startAfter(creating);
                Rounds measured = measured(what + ": the flow tracker in P4", packets, report, null, () -> {
                    hitting.rewind(1);
                    loop.run(hitting);
                });
                double[] ratio = measured.nanosPerOperation().clone();
                for (int i = 0; i < ratio.length; i++) ratio[i] /= builtIn[i];
                report.add(Figure.of(what + ": over the built-in flow table", "x", ratio, Target.atMost(2)));
                allocation(what, measured, report);
            }
        }
    }

    private double[] builtIn(String what, int count, int packets, Trace creating, Trace hitting, Report report)
            throws IOException {
        FlowTableConfig config = FlowTableConfig.defaults()
                .withMaxFlows(count)
                .withLifetime(Lifetime.NEVER)
                .withTcpClose(false)
                .withHashSeed(1);
        try (var loop = new TableLoop(config)) {
            loop.run(creating);
            hitting.startAfter(creating);
            return measured(what + ": the built-in flow table", packets, report, null, () -> {
                        hitting.rewind(1);
                        loop.run(hitting);
                    })
                    .nanosPerOperation();
        }
    }

    private void routed(Report report) throws IOException {
        CompiledProgram program = program(example(ROUTING), Map.of());
        try (var loop = new P4Loop(program);
                var routes = new P4Routes(PREFIXES, LEAST_PACKETS)) {
            routes.addTo(loop.state());
            String what = "%,d prefixes: an IPv4 router in P4".formatted(PREFIXES);
            forwarded(what, loop, routes.vectors(), P4Routes::isForwarded, Target.atLeast(10), report);
        }
    }

    /** Packets of servers into tunnels to destinations that the table of contexts has. */
    private void tunnelled(Report report) throws IOException {
        CompiledProgram program = program(example(GATEWAY), Map.of());
        try (var loop = new P4Loop(program, P4Gateway.HEADROOM);
                var gateway = new P4Gateway(DESTINATIONS, LEAST_PACKETS)) {
            gateway.addTo(loop.state());
            String what = "%,d destinations: the VXLAN gateway in P4".formatted(DESTINATIONS);
            forwarded(what, loop, gateway.vectors(), P4Gateway::isTunnelled, Target.atLeast(5), report);
        }
    }

    private void forwarded(
            String what, P4Loop loop, P4Vectors vectors, P4Vectors.Judge judge, Target target, Report report)
            throws IOException {
        Rounds measured = measured(
                what,
                new Rounds(rounds(), vectors.frames(), () -> vectors.run(loop, judge), vectors::nanos),
                report,
                null);
        double[] rate = measured.nanosPerOperation().clone();
        for (int i = 0; i < rate.length; i++) rate[i] = 1e3 / rate[i];
        report.add(Figure.of("  packets a second", "M/s", rate, target));
        allocation(what, measured, report);
        vectors.check(what);
    }
}
