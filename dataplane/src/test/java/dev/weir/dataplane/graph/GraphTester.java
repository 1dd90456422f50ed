package dev.weir.dataplane.graph;

import dev.weir.table.FlowEvent;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowUpdate;
import dev.weir.wire.Port;
import dev.weir.wire.PortQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A graph on the thread of a test: frames in by ports, frames out by ports, with nothing in between but the real thing,
 * one worker's. Use: {@code GraphTester.of(config).in("a", time, frame).run().out("b")}. Times are nanoseconds; the graph's
 * clock is that of the frames, and {@link #advance}. Ports have the Ethernet addresses 02:00:00:00:00:01 and so on, in
 * the order of the configuration.
 */
public final class GraphTester implements AutoCloseable {
    private static final long FIRST_MAC_ADDRESS = 0x0200_0000_0001L;

    private final Map<String, MemoryPort> ports = new LinkedHashMap<>();
    private final FlowTable table;
    private final WorkerPlace place;
    private final Worker worker;
    private final List<FlowRecord> records = new ArrayList<>();

    private GraphTester(GraphConfig config) {
        List<GraphConfig.Fault> faults = config.faults();
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(faults.toString());
        }
        var plan = new Plan(config, new Numbering());
        config.ports()
                .forEach(port ->
                        ports.put(port.name(), new MemoryPort(port.name(), FIRST_MAC_ADDRESS + ports.size(), 1)));
        table = new FlowTable(config.table().withAnnexBytes(plan.annexBytes));
        var workerPorts = new WorkerPorts(
                ports.values().stream().map(port -> port.queues().getFirst()).toArray(PortQueue[]::new),
                ports.values().stream().mapToLong(MemoryPort::macAddress).toArray(),
                ports.values().toArray(Port[]::new));
        Letters letters = Letters.between(1, Letters.capacity(1), Arena.ofAuto(), _ -> {})[0];
        place = new WorkerPlace(0, 1, table, workerPorts, letters, () -> {});
        var slots = new ArrayList<NodeSlot>();
        for (int k = 0; k < plan.nodes(); k++) {
            slots.add(new NodeSlot(plan, k, place, workerPorts));
        }
        var graph = new Graph(plan, slots, place, Graph.outputCounters());
        HandOff handOff = HandOff.between(1, Arena.ofAuto(), _ -> {})[0];
        worker = new Worker(place, new Outlet(records), handOff, graph, false);
        worker.open();
    }

    /** A graph of one worker with a port in memory for each that {@code config} names. */
    public static GraphTester of(GraphConfig config) {
        return new GraphTester(config);
    }

    /** Puts a frame in by a port. */
    public GraphTester in(String port, long time, byte[] frame) {
        return in(port, time, frame, 0);
    }

    /** The same for one with an {@link dev.weir.packet.Offload} word. */
    public GraphTester in(String port, long time, byte[] frame, long offload) {
        port(port).put(0, new MemoryPort.Frame(time, frame, offload));
        return this;
    }

    /** Takes all that is in through the graph. */
    public GraphTester run() {
        while (worker.cycle(0) != 0 || !worker.isExhausted()) {
            Thread.onSpinWait();
        }
        return this;
    }

    /** The frames that have left by a port since the last call. */
    public List<byte[]> out(String port) {
        return port(port).sent().stream().map(MemoryPort.Frame::octets).toList();
    }

    /** A port, to be asked for frames with their offload words, or to be made to refuse. */
    public MemoryPort port(String name) {
        return Objects.requireNonNull(ports.get(name), name);
    }

    /** Moves the clock, so that flows end and nodes hear of it. */
    public GraphTester advance(long time) {
        worker.advance(time);
        return run();
    }

    /** The final records of the flows that have ended so far. */
    public List<FlowRecord> records() {
        return List.copyOf(records);
    }

    /** How many flows there are. */
    public int flows() {
        return table.size();
    }

    /** Changes a flow; false when there is none. */
    public boolean update(FlowKey key, FlowUpdate update) {
        return table.update(key, update);
    }

    /** The worker, whose thread is the test's. */
    Worker worker() {
        return worker;
    }

    /** The node of that name, to be asked what only its own test knows. */
    public Node node(String name) {
        return slot(name).node;
    }

    /** What a node has counted; also of {@link GraphConfig#OUTPUT} and {@link GraphConfig#FLOW_TABLE}. */
    public NodeCounters counters(String name) {
        CounterCopy copy = worker.counterCopy();
        worker.copyCounters(copy);
        return copy.part().nodes().stream()
                .filter(counters -> counters.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    private NodeSlot slot(String name) {
        return Objects.requireNonNull(worker.graph().slot(name), name);
    }

    /** How the next packets that come to a node go on from there; run at least so many before. */
    public Trace trace(String node, int packets) {
        Plan plan = worker.graph().plan;
        var trace = new Trace(plan, node.equals(GraphConfig.FLOW_TABLE) ? Trace.FLOW_TABLE : plan.index(node), packets);
        worker.trace(trace);
        return trace;
    }

    @Override
    public void close() {
        worker.close();
        place.close();
        table.close();
    }

    private record Outlet(List<FlowRecord> records) implements RecordOutlet {
        @Override
        public int kinds() {
            return FlowEvent.ENDED;
        }

        @Override
        public void accept(FlowRecords block) {
            var view = new FlowRecord();
            for (int r = 0; r < block.size(); r++) {
                block.get(r, view);
                MemorySegment copy = MemorySegment.ofArray(new long[FlowRecord.SIZE / Long.BYTES]);
                MemorySegment.copy(view.segment(), view.offset(), copy, 0, FlowRecord.SIZE);
                records.add(new FlowRecord().wrap(copy, 0));
            }
        }

        @Override
        public boolean isCongested() {
            return false;
        }
    }
}
