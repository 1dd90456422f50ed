package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.GraphConfig.Fault;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.wire.Port;
import dev.weir.wire.PortException;
import dev.weir.wire.PortQueue;
import dev.weir.wire.linux.Poller;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
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
    private final List<Worker> workers = new ArrayList<>();
    private final WorkerLoop[] loops;
    private final List<Thread> threads = new ArrayList<>();
    private final RecordPump pump;
    private final PortKeeper keeper;
    /** Whether workers go by the machine's clock, not by what their packets say. */
    private final boolean live;

    /** Guards what changes of the configuration, and the end. */
    private final Object control = new Object();

    private volatile GraphConfig config;
    private volatile Map<String, Port> ports;
    private Numbering numbering;
    private boolean drained, closed;

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
        keeper = new PortKeeper(() -> this.ports.values(), options.listener());
        try {
            HandOff[] handOffs = HandOff.between(count, arena, other -> loops[other].wake());
            Letters[] letters = Letters.between(count, Letters.capacity(count), arena, other -> loops[other].wake());
            for (int w = 0; w < count; w++) {
                make(w, plan, handOffs[w], letters[w]);
            }
            pump = new RecordPump(rings, options);
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
        var place = new WorkerPlace(w, plan.config.workers(), tables.get(w), queues, letters);
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
        for (int p = 0; p < plan.ports(); p++) {
            Port port = plan.portExists[p] ? ports.get(plan.portName[p]) : null;
            if (port != null) {
                queues[p] = port.queues().get(worker);
                macAddresses[p] = port.macAddress();
            }
        }
        return new WorkerPorts(queues, macAddresses);
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
        run.threads.forEach(Thread::start);
        run.pump.start();
        run.keeper.start();
        return run;
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

    Collection<Port> ports() {
        return ports.values();
    }

    long droppedEvents() {
        return rings.stream().mapToLong(RecordRing::droppedEvents).sum();
    }

    /** The number of a chain. */
    int chain(String name) {
        synchronized (control) {
            if (!config.allChains().containsKey(name)) {
                throw new IllegalArgumentException("no such chain: chain=" + name + "; there are "
                        + config.allChains().keySet().stream().sorted().toList());
            }
            return numbering.chain(name);
        }
    }

    /** What one worker has counted. */
    record Part(
            List<NodeCounters> nodes, WorkerCounters worker, Map<String, Long> table, Map<String, Long> malformed) {}

    Part part(Worker worker) {
        return new Part(
                worker.counters(),
                loops[worker.handOff().worker()].counters(),
                worker.tableCounters(),
                worker.malformed());
    }

    /** Asks every worker, in its thread. */
    <T> CompletableFuture<List<T>> askAll(Function<Worker, T> question) {
        return collect(loop -> {
            var answer = new CompletableFuture<T>();
            loop.send(worker -> {
                try {
                    answer.complete(question.apply(worker));
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
                return true;
            });
            return answer;
        });
    }

    /** Walks over the flows of every worker. */
    <T> CompletableFuture<List<T>> walkAll(Supplier<Dataplane.Walk<T>> walks) {
        return collect(loop -> {
            var answer = new CompletableFuture<T>();
            Dataplane.Walk<T> walk = walks.get();
            var cursor = new long[1];
            loop.send(worker -> {
                try {
                    cursor[0] = walk.step(worker, cursor[0]);
                    if (cursor[0] != FlowTable.THROUGH) {
                        return false;
                    }
                    answer.complete(walk.result());
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
                return true;
            });
            return answer;
        });
    }

    private <T> CompletableFuture<List<T>> collect(Function<WorkerLoop, CompletableFuture<T>> ask) {
        var answers = new ArrayList<CompletableFuture<T>>();
        synchronized (control) {
            if (closed) {
                return CompletableFuture.failedFuture(new IllegalStateException("the data plane is closed"));
            }
            for (WorkerLoop loop : loops) {
                answers.add(ask.apply(loop));
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> answers.stream().map(CompletableFuture::join).toList());
    }

    CompletableFuture<List<String>> trace(String node, int packets, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean known = node.equals(GraphConfig.FLOW_TABLE)
                || config.nodes().stream().anyMatch(entry -> entry.name().equals(node));
        if (!known) {
            throw new IllegalArgumentException("no such node: node=" + node);
        }
        return this.<List<String>>collect(loop -> {
                    var answer = new CompletableFuture<List<String>>();
                    loop.send(new Tracing(node, packets, end, answer));
                    return answer;
                })
                .thenApply(all -> all.stream()
                        .flatMap(List::stream)
                        .sorted()
                        .limit(packets)
                        .toList());
    }

    /** Mail that follows packets until it has what it wants, or the time is over, or the graph is another. */
    private static final class Tracing implements Mail {
        private final String node;
        private final int packets;
        private final long end;
        private final CompletableFuture<List<String>> answer;
        private @Nullable Trace trace;
        private @Nullable Graph traced;

        Tracing(String node, int packets, long end, CompletableFuture<List<String>> answer) {
            this.node = node;
            this.packets = packets;
            this.end = end;
            this.answer = answer;
        }

        @Override
        public boolean run(Worker worker) {
            Graph graph = worker.graph();
            Trace following = trace;
            if (following == null) {
                boolean first = node.equals(GraphConfig.FLOW_TABLE);
                following = new Trace(graph.plan, first ? Trace.FLOW_TABLE : graph.plan.index(node), packets);
                trace = following;
                traced = graph;
                worker.trace(following);
                return false;
            }
            if (!following.isDone() && System.nanoTime() < end && graph.equals(traced)) {
                return false;
            }
            worker.trace(null);
            answer.complete(following.texts());
            return true;
        }
    }

    ReloadResult resize(int maxFlows) {
        synchronized (control) {
            FlowTableConfig table;
            try {
                table = config.table().withMaxFlows(maxFlows);
            } catch (IllegalArgumentException e) {
                return new ReloadResult.Refused(List.of(new Fault("flow-table.max-flows", "" + e.getMessage())));
            }
            return reload(Reload.withTable(config, table), List.of());
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
        askAll(worker -> {
                    int w = worker.handOff().worker();
                    worker.swap(graphs.get(w), queues.get(w), share);
                    return w;
                })
                .join();
        askAll(worker -> {
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
        return askAll(worker -> {
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
            askAll(worker -> {
                        worker.stopReceiving();
                        return 0;
                    })
                    .join();
            while (!quiet(true)) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    void close() {
        synchronized (control) {
            if (closed) {
                return;
            }
            drain();
            closed = true;
            keeper.stop();
            for (WorkerLoop loop : loops) {
                loop.stop();
            }
            threads.forEach(DataplaneRun::join);
            workers.forEach(Worker::flush);
            pump.finish();
            keeper.close(ports.values());
            free();
        }
    }

    private void free() {
        workers.forEach(Worker::close);
        places.forEach(WorkerPlace::close);
        rings.forEach(RecordRing::close);
        pollers.forEach(Poller::close);
        tables.forEach(FlowTable::close);
        arena.close();
    }

    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(1));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
