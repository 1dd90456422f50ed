package dev.weir.bench;

import dev.weir.bench.wire.WireSnapshots;
import dev.weir.cli.ProjectRoot;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostics;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.StateSettings;
import dev.weir.server.programs.ProgramNode;
import dev.weir.server.programs.Programs;
import dev.weir.server.state.StateKeeper;
import dev.weir.table.FlowTableConfig;
import dev.weir.wire.PortException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What snapshots cost packets, and how long flows take to come back. */
@Command(
        name = "state",
        description = "Snapshots of flows while packets come at a steady rate: how long packets wait, what is lost.",
        footer = {"", "Example: weir bench state --flows 1000000"})
final class StateCommand extends LoopCommand {
    private static final long SECOND = 1_000_000_000L;
    private static final int SNAPSHOTS = 10;
    private static final String IN = "in", OUT = "out", TRACKER = "tracker";

    @Option(names = "--flows", split = ",", paramLabel = "N", description = "How many (default: 8192,1000000)")
    private List<Integer> flows = List.of(8_192, 1_000_000);

    @Option(
            names = "--rates",
            split = ",",
            paramLabel = "N",
            description = "Packets a second (default: 1000000,3000000)")
    private List<Integer> rates = List.of(1_000_000, 3_000_000);

    @Option(
            names = "--no-program",
            description =
                    "Without the flow tracker in P4, whose entries are else in the snapshots of the first rate too")
    private boolean noProgram;

    @Option(
            names = "--live",
            description =
                    "Measure weir run between two cables instead, its worker in the real-time class; makes network namespaces, so it needs root")
    private boolean live;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    StateCommand(PrintStream out, PrintStream err) {
        super("state", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        if (live) {
            refuseAllBut("--live", "--json");
            WireSnapshots.check();
            new WireSnapshots(err).measure(report);
            return;
        }
        report.condition("traffic", traffic() + ", one direction a flow, one worker, through a cross-connect");
        Path folder = Files.createTempDirectory("weir-bench-state");
        try {
            for (int count : flows) {
                for (int rate : rates) {
                    snapshots(folder.resolve("state"), count, rate, false, report);
                }
                if (!noProgram) snapshots(folder.resolve("state"), count, rates.getFirst(), true, report);
            }
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private void refuseAllBut(String... allowed) {
        for (OptionSpec given : spec.commandLine().getParseResult().matchedOptions()) {
            if (!List.of(allowed).contains(given.longestName())) {
                throw new IllegalArgumentException(
                        given.longestName() + ": not with --live, whose traffic is its own; leave it out");
            }
        }
    }

    private static GraphConfig graph(int count, boolean tracked) throws IOException {
        FlowTableConfig table = FlowTableConfig.defaults().withMaxFlows(Math.max(count, 1 << 14));
        GraphConfig.Builder graph = GraphConfig.builder();
        if (tracked) graph.node(TRACKER, tracker(count));
        return graph.node("wires", new CrossConnectConfig(List.of(new CrossConnectConfig.Pair(IN, OUT))))
                .ports(IN, OUT)
                .table(table)
                .build();
    }

    private static ProgramNode tracker(int count) throws IOException {
        Path file = ProjectRoot.find().resolve("examples/p4/flow-tracker/flow-tracker.p4");
        Diagnostics diagnostics = new Diagnostics();
        ProgramImage image = ProgramImage.compile(
                P4Compiler.nameOf(file.toString()),
                IncludePath.read(file),
                new IncludePath(List.of()),
                Map.of("FLOWS", Integer.toString(count)),
                null,
                diagnostics);
        if (image == null) throw new IOException(diagnostics.render().strip());
        return new ProgramNode(image, Map.of());
    }

    private void snapshots(Path file, int count, double rate, boolean tracked, Report report) throws IOException {
        String what = "%,d flows%s, %,.0f packets a second"
                .formatted(count, tracked ? " and as many entries of the tracker in P4" : "", rate);
        err.println("measuring: snapshots of " + what);
        GraphConfig graph = graph(count, tracked);
        var programs = new Programs(graph);
        var log = new DaemonLog(err);
        try (var traffic = new Trace(
                        shape(count, count, TrafficShape.Order.ROUND_ROBIN).withReverse(0));
                var keeper = StateKeeper.open(
                        new StateSettings(file.toString(), Duration.ofDays(1)), programs, log, () -> {})) {
            SteadyPort in = new SteadyPort(IN, traffic, rate), out = new SteadyPort(OUT, traffic, rate);
            try (Dataplane plane = Dataplane.start(programs.graph(), List.of(in, out), DataplaneOptions.defaults())) {
                programs.runIn(plane);
                keeper.start(plane);
                System.gc(); // as weir run does when it has started
                in.begin();
                while (in.given() < 2L * count) {
                    LockSupport.parkNanos(1_000_000);
                }
                keeper.save(); // compiled from here on
                LockSupport.parkNanos(2 * SECOND);
                var rounds = new SnapshotRounds(SNAPSHOTS);
                for (int n = 0; n < SNAPSHOTS; n++) {
                    rounds.measure(n, plane, in, keeper);
                    LockSupport.parkNanos(SECOND / 2);
                }
                rounds.addTo(report, what + ": ");
                in.end();
            }
            restored(keeper, traffic, programs.graph(), report);
        } catch (PortException e) {
            throw new IOException(e);
        }
    }

    /** What a start takes longer for the flows that come back. */
    private static void restored(StateKeeper keeper, Trace none, GraphConfig graph, Report report) throws IOException {
        SteadyPort in = new SteadyPort(IN, none, 1), out = new SteadyPort(OUT, none, 1);
        long[] nanos = new long[1];
        try (Dataplane plane = Dataplane.start(
                graph, List.of(in, out), DataplaneOptions.defaults().withRestore((FlowRestore restore) -> {
                    long begin = System.nanoTime();
                    keeper.resume();
                    keeper.restore(restore);
                    nanos[0] = System.nanoTime() - begin;
                }))) {
            if (!plane.isServing()) {
                throw new IllegalStateException("the data plane does not run");
            }
        }
        report.add(Figure.of("  flows come back in", "ms", nanos[0] * 1e-6, null));
    }
}
