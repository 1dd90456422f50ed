package dev.weir.server.state;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.dataplane.nodes.meter.MeterConfig;
import dev.weir.dataplane.nodes.meter.MeterUnit;
import dev.weir.dataplane.nodes.nat.NatConfig;
import dev.weir.dataplane.nodes.nat.SourceRule;
import dev.weir.server.DaemonLog;
import dev.weir.server.api.TestPort;
import dev.weir.server.config.StateSettings;
import dev.weir.server.programs.Programs;
import dev.weir.testing.Frames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A data plane that translates, and keeps its state in a file; time is that of the packets. */
public final class StateRig implements AutoCloseable {
    private static final long SECOND = 1_000_000_000L;

    public final List<TestPort> ports;
    public final Programs programs;
    final StateKeeper keeper;
    public final Dataplane plane;
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final int workers;
    private boolean ended;

    StateRig(Path file, int workers) throws IOException {
        this(file, workers, graph(workers));
    }

    StateRig(Path file, int workers, GraphConfig graph) throws IOException {
        this(file, workers, graph, null);
    }

    /** @param restore puts back what is known from elsewhere; null for what is in the file */
    StateRig(Path file, int workers, GraphConfig graph, @Nullable BiConsumer<FlowRestore, Programs> restore)
            throws IOException {
        this(file, workers, graph, _ -> {}, restore);
    }

    /** @param resume has programs run that were loaded elsewhere */
    StateRig(
            Path file,
            int workers,
            GraphConfig graph,
            Consumer<Programs> resume,
            @Nullable BiConsumer<FlowRestore, Programs> restore)
            throws IOException {
        this.workers = workers;
        ports = List.of(new TestPort("inside", workers), new TestPort("outside", workers));
        programs = new Programs(graph);
        var log = new DaemonLog(new PrintStream(told, true, StandardCharsets.UTF_8));
        keeper = StateKeeper.open(new StateSettings(file.toString(), Duration.ofHours(1)), programs, log, () -> {});
        resume.accept(programs);
        if (restore == null) {
            keeper.resume();
        }
        plane = Dataplane.start(
                programs.graph(),
                ports,
                DataplaneOptions.defaults()
                        .withRestore(restore == null ? keeper::restore : into -> restore.accept(into, programs)));
        programs.runIn(plane);
        keeper.start(plane);
    }

    static GraphConfig graph(int workers) {
        return translating(GraphConfig.builder(), workers);
    }

    /** The nodes of {@code first}, then those that translate and forward. */
    static GraphConfig translating(GraphConfig.Builder first, int workers) {
        return first.ports("inside", "outside")
                .node("meter", new MeterConfig(MeterUnit.PACKETS, 1000, 1000, false, false))
                .node(
                        "nat",
                        NatConfig.ofSource(SourceRule.toPool(
                                "out",
                                FlowMatch.ALL.from(IpPrefix.of("10.0.0.0/8")),
                                PortRange.of("20000-30000"),
                                IpPrefix.of("198.51.100.1"))))
                .node("wires", new CrossConnectConfig(List.of(new CrossConnectConfig.Pair("inside", "outside"))))
                .workers(workers)
                .build();
    }

    /** Packets of flows 0 to {@code flows} - 1 from inside. */
    public void packets(int flows, long seconds) {
        for (int flow = 0; flow < flows; flow++) {
            byte[] frame = Frames.udpFrame("10.0.0.1", 1000 + flow, "192.0.2.1", 53, 8);
            ports.get(0).put(flow % workers, seconds * SECOND, frame);
        }
        settle();
    }

    public void settle() {
        while (!plane.isFinished()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    public long flows() {
        return plane.counters().join().workers().stream()
                .mapToLong(worker -> worker.flows())
                .sum();
    }

    /** What the log was told. */
    String told() {
        return told.toString(StandardCharsets.UTF_8);
    }

    /** A clean stop. */
    void end() {
        if (!ended) {
            ended = true;
            plane.drain();
            keeper.end(plane);
        }
    }

    /** As if it was killed: nothing more is written. */
    @Override
    public void close() throws IOException {
        keeper.close();
        programs.close();
        plane.close();
    }
}
