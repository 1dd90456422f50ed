package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.ReloadResult;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.node.P4Config;
import dev.weir.p4.run.Inheritance;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.wire.PortException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A worker of a graph that runs the flow tracker at a steady rate while other programs take its place. */
final class P4Replacement {
    private static final long SETTLE_NANOS = 3_000_000_000L;
    private static final String IN = "in", OUT = "out";

    private final int flows;
    private final double rate;
    private final Report report;

    /** @param rate packets a second */
    P4Replacement(int flows, double rate, Report report) {
        this.flows = flows;
        this.rate = rate;
        this.report = report;
    }

    private static GraphConfig graph(P4Config tracker) {
        return GraphConfig.builder()
                .node("tracker", tracker)
                .node("wires", new CrossConnectConfig(List.of(new CrossConnectConfig.Pair(IN, OUT))))
                .ports(IN, OUT)
                .build();
    }

    private static P4Config config(CompiledProgram program) {
        return P4Config.of(program, RunOptions.of(Rules.P4TC));
    }

    /**
     * Replaces one program by the next of a list, in turn.
     *
     * @param traffic in which each flow is there once before any comes again
     */
    void measure(Trace traffic, List<Replacing> programs) throws IOException {
        SteadyPort in = new SteadyPort(IN, traffic, rate), out = new SteadyPort(OUT, traffic, rate);
        P4Config running = config(programs.getFirst().program());
        try (Dataplane plane = Dataplane.start(graph(running), List.of(in, out), DataplaneOptions.defaults())) {
            System.gc(); // as weir run does when it has started
            in.begin();
            while (in.given() < flows) LockSupport.parkNanos(1_000_000);
            for (Replacing next : programs.subList(1, programs.size())) {
                LockSupport.parkNanos(SETTLE_NANOS);
                running = replaced(plane, next, in);
            }
            LockSupport.parkNanos(SETTLE_NANOS);
            in.end();
            while (out.sent() < in.given()) LockSupport.parkNanos(1_000_000);
        } catch (PortException e) {
            throw new IOException(e);
        }
    }

    /** @param what how it differs from the one before */
    record Replacing(String what, CompiledProgram program) {}

    private P4Config replaced(Dataplane plane, Replacing next, SteadyPort in) {
        in.forgetWaits();
        LockSupport.parkNanos(SETTLE_NANOS / 3);
        double usual = in.longestWaitMillis();
        long lost = in.lost();
        in.forgetWaits();
        long before = System.nanoTime();
        P4Config config = config(next.program());
        ReloadResult result = plane.reload(graph(config), List.of());
        double millis = 1e-6 * (System.nanoTime() - before);
        LockSupport.parkNanos(SETTLE_NANOS / 3);
        if (!(result instanceof ReloadResult.Applied)) throw new IllegalStateException(result.toString());
        Inheritance kept = config.control().workers().getFirst().inheritance().join();
        String what = "%,d flows, %,.0f packets a second: the tracker replaced by %s"
                .formatted(kept.entriesKept(), rate, next.what());
        report.add(Figure.of(what + ", packets lost", "", (double) (in.lost() - lost), Target.atMost(0)));
        report.add(Figure.of("  entries left", "", (double) kept.entriesLeft(), Target.atMost(0)));
        report.add(Figure.of("  longest wait of a packet", "ms", in.longestWaitMillis(), null));
        report.add(Figure.of("  the same in the second before", "ms", usual, null));
        report.add(Figure.of("  until it was done", "ms", millis, null));
        return config;
    }
}
