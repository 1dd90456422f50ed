package dev.weir.dataplane.graph;

import dev.weir.dataplane.Threads;
import dev.weir.dataplane.graph.GraphConfig.Fault;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.wire.Port;
import dev.weir.wire.PortException;
import dev.weir.wire.PortQueue;
import dev.weir.wire.linux.Poller;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The parts of a running {@link Dataplane}, and what it takes to start, change and end them. */
final class DataplaneRun {
    /** Descriptors that a worker can wait for. */
    private static final int DESCRIPTORS = 1024;

    private static final long POLL_NANOS = 1_000_000;

    private final DataplaneOptions options;
    private final Arena arena = Arena.ofShared();
    private final LiveClock clock = new LiveClock();
    private final List<Poller> pollers = new ArrayList<>();
    private final List<FlowTable> tables;
    private final List<WorkerPlace> places = new ArrayList<>();
    private final List<RecordRing> rings = new ArrayList<>();
    /** Kinds of events beside those of the options, by who wants them. Guarded by itself. */
    private final Map<String, Integer> wanted = new LinkedHashMap<>();

    private final List<Worker> workers = new ArrayList<>();
    private final WorkerLoop[] loops;
    private final WorkerCalls calls;
    private final List<Thread> threads = new ArrayList<>();
    private final RecordPump pump;
    private final PortKeeper keeper;
    private final @Nullable RealTimeWatch realTime;
    /** Whether workers go by the machine's clock, not by what their packets say. */
    private final boolean live;

    /** Guards what changes of the configuration, and the end. */
    private final Object control = new Object();

    private volatile GraphConfig config;
    private volatile Map<String, Port> ports;
    private volatile Numbering numbering;
    private final AtomicBoolean isFollowed = new AtomicBoolean();
    private volatile boolean drained;
    private boolean closed;

    private DataplaneRun(GraphConfig config, Map<String, Port> ports, DataplaneOptions options) throws PortException {
        this.options = options;
        this.config = config;
        this.ports = ports;
        live = ports.values().stream().anyMatch(DataplaneRun::isLive);
        numbering = new Numbering();
        var plan = new Plan(config, numbering);
        int count = config.workers();
        loops = new WorkerLoop[count];
        tables = FlowTable.shards(config.table().withAnnexBytes(plan.annexBytes), count);
        calls = new WorkerCalls(loops, options.listener());
        keeper = new PortKeeper(() -> this.ports.values(), options.listener());
        try {
            HandOff[] handOffs = HandOff.between(count, arena, other -> loops[other].wake());
            Letters[] letters = Letters.between(count, Letters.capacity(count), arena, other -> loops[other].wake());
            for (int w = 0; w < count; w++) {
                make(w, plan, handOffs[w], letters[w]);
            }
            pump = new RecordPump(rings, options);
            boolean watched = live && options.scheduling() == Scheduling.REAL_TIME;
            realTime = watched ? new RealTimeWatch(List.of(loops), new JitCompilers(), options.listener()) : null;
        } catch (PortException | RuntimeException | Error e) {
            free();
            throw e;
        }
    }

    private static boolean isLive(Port port) {
        return port.queues().stream().anyMatch(queue -> queue.descriptor() >= 0);
    }

    private void make(int w, Plan plan, HandOff handOff, Letters letters) throws PortException {
        WorkerPorts queues = queues(plan, ports, w);
        var place = new WorkerPlace(w, plan.config.workers(), tables.get(w), queues, letters, () -> calls.rouse(w));
        places.add(place);
        var poller = new Poller(DESCRIPTORS);
        pollers.add(poller);
        var ring = new RecordRing(options.sink() == null ? 0 : options.kinds(), arena);
        rings.add(ring);
        var slots = new ArrayList<NodeSlot>();
        for (int k = 0; k < plan.nodes(); k++) {
            slots.add(new NodeSlot(plan, k, place, queues));
        }
        var graph = new Graph(plan, slots, place, Graph.outputCounters());
        var worker = new Worker(place, ring, handOff, graph, live);
        worker.open();
        workers.add(worker);
        OptionalInt cpu = w < options.processors().size()
                ? OptionalInt.of(options.processors().get(w))
                : OptionalInt.empty();
        loops[w] = new WorkerLoop(worker, poller, clock, cpu, new LoopListener(w, options.listener()));
        threads.add(Thread.ofPlatform().name("weir-worker-" + w).unstarted(loops[w]));
    }

    /** Passes on what a worker's loop tells. */
    private record LoopListener(int worker, DataplaneListener told) implements WorkerLoop.Listener {
        @Override
        public void started() {
            told.workerStarted(worker);
        }

        @Override
        public void failed(Throwable why) {
            told.workerFailed(worker, why);
        }
    }

    private static WorkerPorts queues(Plan plan, Map<String, Port> ports, int worker) {
        var queues = new PortQueue[plan.ports()];
        var macAddresses = new long[plan.ports()];
        var its = new Port[plan.ports()];
        for (int p = 0; p < plan.ports(); p++) {
            Port port = plan.portExists[p] ? ports.get(plan.portName[p]) : null;
            if (port != null) {
                queues[p] = port.queues().get(worker);
                its[p] = port;
                macAddresses[p] = port.macAddress();
            }
        }
        return new WorkerPorts(queues, macAddresses, its);
    }

    static DataplaneRun start(GraphConfig config, Collection<? extends Port> ports, DataplaneOptions options)
            throws PortException {
        var byName = new LinkedHashMap<String, Port>();
        ports.forEach(port -> byName.put(port.name(), port));
        List<Fault> missing = missing(config, byName);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(missing.toString());
        }
        var run = new DataplaneRun(config, inOrder(config, byName), options);
        try {
            run.restore();
        } catch (RuntimeException | Error e) {
            run.free();
            throw e;
        }
        run.threads.forEach(Thread::start);
        run.pump.start();
        run.keeper.start();
        if (run.realTime != null) run.realTime.start();
        return run;
    }

    /** Puts flows of another run back, if somebody has some. */
    private void restore() {
        Consumer<? super FlowRestore> from = options.restore();
        if (from != null) {
            Plan plan = workers.getFirst().graph().plan;
            FlowKeeping.restore(from, new FlowRestore(plan, places, workers, live, clock.now()));
        }
    }

    /** Has a sink get copies of all flows; see {@link Dataplane#copyFlows}. */
    boolean copyFlows(FlowSink sink) throws IOException {
        return new FlowKeeping(this, workers).copy(sink);
    }

    /** Takes note of whether somebody follows flows; false where somebody does already. */
    boolean following(boolean follows) {
        return isFollowed.getAndSet(follows) != follows;
    }

    /** What flows' numbers mean now. */
    FlowsLegend legend(List<WorkerLegend> all) {
        Numbering names = numbering;
        List<String> chains = List.of(names.chainNames());
        return new FlowsLegend(
                config.tenantMode(),
                config.tunnels(),
                names.annexBytes(),
                names.portNames(),
                chains.subList(1, chains.size()),
                all.stream().map(WorkerLegend::named).toList());
    }

    /** What was counted so far. */
    FlowsLegend.Counted counted() {
        return counted(calls.sendAllWaiting(this::query).join());
    }

    FlowsLegend.Counted countedAtRest() {
        List<CounterCopy> copies = workers.stream().map(Worker::counterCopy).toList();
        for (int w = 0; w < loops.length; w++) {
            loops[w].copyCounters(copies.get(w));
        }
        return counted(copies);
    }

    private static FlowsLegend.Counted counted(List<CounterCopy> copies) {
        DataplaneCounters all = Dataplane.sum(parts(copies), List.of(), 0);
        return new FlowsLegend.Counted(all.table(), all.malformed(), all.nodes());
    }

    private static List<Fault> missing(GraphConfig config, Map<String, Port> ports) {
        var faults = new ArrayList<Fault>();
        for (GraphConfig.PortEntry entry : config.ports()) {
            Port port = ports.get(entry.name());
            if (port == null) {
                faults.add(new Fault("ports." + entry.name(), "it was not opened"));
            } else if (port.queues().size() != config.workers()) {
                faults.add(new Fault(
                        "ports." + entry.name(),
                        "it has not a queue for each worker: queues="
                                + port.queues().size() + ", workers=" + config.workers()));
            }
        }
        return faults;
    }

    private static Map<String, Port> inOrder(GraphConfig config, Map<String, Port> ports) {
        var all = new LinkedHashMap<String, Port>();
        for (GraphConfig.PortEntry entry : config.ports()) {
            Port port = ports.get(entry.name());
            if (port != null) {
                all.put(entry.name(), port);
            }
        }
        return all;
    }

    GraphConfig config() {
        return config;
    }

    /** The same, after a change that is under way, to which workers may have gone over already. */
    GraphConfig settledConfig() {
        synchronized (control) {
            return config;
        }
    }

    Collection<Port> ports() {
        return ports.values();
    }

    long droppedEvents() {
        return rings.stream().mapToLong(RecordRing::droppedEvents).sum();
    }

    /** The number of a chain, 0 where there is none of that name. Any thread. */
    int chain(String name) {
        // What is in force has had its numbers before, so nothing is added here.
        return config.allChains().containsKey(name) ? numbering.chain(name) : 0;
    }

    /** The names of ports by the numbers that nodes know them by. Any thread. */
    List<String> portNames() {
        Map<String, Port> now = ports;
        return numbering.portNames().stream()
                .map(name -> now.containsKey(name) ? name : "")
                .toList();
    }

    WorkerCalls calls() {
        return calls;
    }

    /** The workers' clock. */
    LiveClock clock() {
        return clock;
    }

    /** Whether packets are forwarded. Any thread. */
    boolean isServing() {
        return !drained && threads.stream().allMatch(Thread::isAlive);
    }

    /** From now on events of these kinds too are passed on; done when every worker knows. */
    CompletableFuture<List<Boolean>> wantEvents(String asker, int kinds) {
        synchronized (wanted) {
            wanted.put(asker, kinds);
            int all = wanted.values().stream().reduce(options.kinds(), (some, more) -> some | more);
            rings.forEach(ring -> ring.want(all));
        }
        return calls.askAll(worker -> {
            worker.readKinds();
            return true;
        });
    }

    /** Has every worker count anew. */
    CompletableFuture<List<Boolean>> clearCounters() {
        return calls.askAll(worker -> {
            loops[worker.handOff().worker()].clearCounters();
            return true;
        });
    }

    CompletableFuture<List<String>> trace(String node, int packets, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean known = node.equals(GraphConfig.FLOW_TABLE)
                || config.nodes().stream().anyMatch(entry -> entry.name().equals(node));
        if (!known) {
            throw new IllegalArgumentException("no such node: node=" + node);
        }
        return calls.collect(worker -> calls.send(worker, new Tracing(node, packets, end)))
                .thenApply(all -> all.stream()
                        .flatMap(List::stream)
                        .sorted()
                        .limit(packets)
                        .toList());
    }

    /** What each worker has counted. */
    CompletableFuture<List<CounterCopy.Part>> counters() {
        return calls.collect(w -> calls.send(w, query(w))).thenApply(DataplaneRun::parts);
    }

    private CounterCopy.Query query(int worker) {
        return new CounterCopy.Query(loops[worker], workers.get(worker).counterCopy());
    }

    private static List<CounterCopy.Part> parts(List<CounterCopy> copies) {
        return copies.stream().map(CounterCopy::part).toList();
    }

    /** Changes the configuration in force to what {@code change} makes of it, with nothing in between. */
    ReloadResult change(UnaryOperator<GraphConfig> change) {
        synchronized (control) {
            return reload(change.apply(config), List.of());
        }
    }

    ReloadResult reload(GraphConfig next, Collection<? extends Port> added) {
        synchronized (control) {
            if (closed || drained) {
                return new ReloadResult.Refused(List.of(new Fault("", "the data plane is ending")));
            }
            var faults = new ArrayList<>(Reload.unchangeable(config, next));
            var all = new LinkedHashMap<>(ports);
            added.forEach(port -> all.put(port.name(), port));
            if (faults.isEmpty()) {
                faults.addAll(missing(next, all));
            }
            if (!faults.isEmpty()) {
                return new ReloadResult.Refused(faults);
            }
            return apply(next, inOrder(next, all));
        }
    }

    private ReloadResult apply(GraphConfig next, Map<String, Port> nextPorts) {
        Numbering nextNumbering = numbering.copy();
        var plan = new Plan(next, nextNumbering);
        if (plan.annexBytes > FlowTableConfig.MAX_ANNEX_BYTES) {
            return new ReloadResult.Refused(List.of(new Fault(
                    "nodes",
                    "flows have no room left for what new nodes keep: octets=" + plan.annexBytes + ", limit="
                            + FlowTableConfig.MAX_ANNEX_BYTES + "; start anew")));
        }
        List<Graph> graphs = new ArrayList<>();
        List<WorkerPorts> queues = new ArrayList<>();
        List<NodeSlot> made = new ArrayList<>();
        try {
            for (int w = 0; w < loops.length; w++) {
                queues.add(queues(plan, nextPorts, w));
                graphs.add(Reload.graph(plan, workers.get(w).graph(), places.get(w), queues.get(w), made));
            }
        } catch (IllegalArgumentException e) {
            made.forEach(slot -> slot.node.close());
            return new ReloadResult.Refused(List.of(new Fault("nodes", "" + e.getMessage())));
        }
        FlowTableConfig share = next.table().withAnnexBytes(plan.annexBytes).shareOf(loops.length);
        List<String> changes = Reload.changes(config, next, ports, nextPorts);
        calls.sendAllWaiting(w -> new Changeover(graphs.get(w), queues.get(w), share))
                .join();
        calls.askAllWaiting(worker -> {
                    worker.open();
                    return 0;
                })
                .join();
        Map<String, Port> before = ports;
        numbering = nextNumbering;
        config = next;
        ports = nextPorts;
        keeper.close(before.values().stream()
                .filter(port -> !nextPorts.containsValue(port))
                .toList());
        return new ReloadResult.Applied(changes);
    }

    /** Has a worker go over to another graph, once the nodes that are new in it are ready. */
    private static final class Changeover extends WorkerCalls.Answering<Boolean> {
        private final Graph next;
        private final WorkerPorts ports;
        private final FlowTableConfig share;

        Changeover(Graph next, WorkerPorts ports, FlowTableConfig share) {
            this.next = next;
            this.ports = ports;
            this.share = share;
        }

        @Override
        boolean proceed(Worker worker) {
            if (!next.prepare(worker.graph())) {
                return false;
            }
            worker.swap(next, ports, share);
            give(true);
            return true;
        }
    }

    /** Of live ports nobody asks the workers, which would have to answer: they never are. */
    boolean isFinished() {
        return !live && quiet(false);
    }

    /**
     * Whether no worker has anything to take, and nothing is on its way between them. Asked twice: counts only grow, so
     * two answers that are the same held at every moment between them.
     */
    private boolean quiet(boolean drains) {
        List<Moved> first = moved(drains);
        long handed = first.stream().mapToLong(Moved::handed).sum();
        long taken = first.stream().mapToLong(Moved::taken).sum();
        return first.stream().allMatch(Moved::rests) && handed == taken && first.equals(moved(drains));
    }

    /** How many packets a worker has handed to others and taken from them, and whether it has nothing to take now. */
    private record Moved(long handed, long taken, boolean rests) {}

    private List<Moved> moved(boolean drains) {
        return calls.askAllWaiting(worker -> {
                    HandOff handOff = worker.handOff();
                    boolean rests = drains ? !worker.hasHanded() : worker.isExhausted();
                    return new Moved(handOff.handed, handOff.taken, rests);
                })
                .join();
    }

    void drain() {
        synchronized (control) {
            if (drained) {
                return;
            }
            drained = true;
            calls.askAllWaiting(worker -> {
                        worker.stopReceiving();
                        return 0;
                    })
                    .join();
            while (!quiet(true)) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    /** @param keeper gets the flows, which go on in another run if it takes them all; null ends them */
    void close(@Nullable FlowSink keeper) {
        synchronized (control) {
            if (closed) {
                return;
            }
            drain();
            closed = true;
            calls.close();
            this.keeper.stop();
            if (realTime != null) realTime.stop();
            for (WorkerLoop loop : loops) {
                loop.stop();
            }
            threads.forEach(Threads::join);
            if (keeper == null || !keep(keeper)) {
                workers.forEach(Worker::flush);
            }
            pump.finish();
            this.keeper.close(ports.values());
            free();
        }
    }

    private boolean keep(FlowSink sink) {
        workers.forEach(
                worker -> worker.settle(live ? clock.now() : worker.table().now()));
        try {
            new FlowKeeping(this, workers).copyAtRest(sink);
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private void free() {
        calls.end();
        workers.forEach(Worker::close);
        places.forEach(WorkerPlace::close);
        rings.forEach(RecordRing::close);
        pollers.forEach(Poller::close);
        tables.forEach(FlowTable::close);
        arena.close();
    }
}
