package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.FlowEdit.Outcome;
import dev.weir.dataplane.graph.GraphConfig.Fault;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowUpdate;
import dev.weir.wire.Port;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import dev.weir.wire.SendFault;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A running data plane: workers that take packets from ports through the graph to ports, and what controls them. Any
 * thread may call; nothing here is on the way of a packet. What is asked of the workers is done between their vectors,
 * and answered by a future, which is never left open: where a worker has too much to do already, and after
 * {@link #close}, it fails with {@link UnavailableException}. Workers complete the futures: what hangs on them is small, or
 * another thread's.
 *
 * <p>Use: {@code try (var plane = Dataplane.start(config, ports, options)) { … }}.
 */
public final class Dataplane implements AutoCloseable {
    /** How many flows a walk looks at between two vectors. */
    private static final int PIECE = 1024;
    /** The values of a port's counters. */
    private static final int PORT_VALUES = PortCounters.TX_FAULTS + SendFault.COUNT;

    private final DataplaneRun run;

    private Dataplane(DataplaneRun run) {
        this.run = run;
    }

    /**
     * Starts the workers. The ports are the data plane's from then on, which closes them, also when this fails.
     *
     * @param ports one for each that the configuration names, with as many queues as there are workers
     * @throws IllegalArgumentException when the configuration has faults (ask {@link GraphConfig#faults} before), a port
     *     is missing, or a node refuses its configuration
     * @throws PortException when the kernel refuses what workers need to wait
     */
    public static Dataplane start(GraphConfig config, Collection<? extends Port> ports, DataplaneOptions options)
            throws PortException {
        try {
            List<Fault> faults = config.faults();
            if (!faults.isEmpty()) {
                throw new IllegalArgumentException(faults.toString());
            }
            return new Dataplane(DataplaneRun.start(config, ports, options));
        } catch (PortException | RuntimeException | Error e) {
            ports.forEach(Port::close);
            throw e;
        }
    }

    /** The configuration in force. */
    public GraphConfig config() {
        return run.config();
    }

    /**
     * Changes the configuration while packets flow: nodes and ports that are equal go on as they are, flows stay, and
     * each worker goes over between two of its vectors. Refuses what cannot change without loss: the number of workers,
     * what tells tenants apart, whose headers make keys, the secret of the hash.
     *
     * @param ports those that {@code next} names and that are not there yet, or are to take the place of those that are.
     *     They are the data plane's from then on, but not when it refuses
     */
    public ReloadResult reload(GraphConfig next, Collection<? extends Port> ports) {
        return run.reload(next, ports);
    }

    /**
     * Changes the configuration in force to what {@code change} makes of it, which is called while nobody else can change
     * it. As {@link #reload} with no new ports. Waits until every worker has gone over.
     */
    public ReloadResult change(UnaryOperator<GraphConfig> change) {
        return run.change(change);
    }

    /** Gives the flow table room for another number of flows of each family, over all workers. */
    public ReloadResult resize(int maxFlows) {
        try {
            return run.change(config -> config.withTable(config.table().withMaxFlows(maxFlows)));
        } catch (IllegalArgumentException e) {
            return new ReloadResult.Refused(List.of(new Fault("flow-table.max-flows", "" + e.getMessage())));
        }
    }

    /** Whether packets are forwarded: all workers run, and nobody has begun to end them. */
    public boolean isServing() {
        return run.isServing();
    }

    /** The flow of that name, either orientation, as it is now. */
    public CompletableFuture<Optional<FlowRecord>> lookup(FlowKey key) {
        return run.calls().ask(owner(key), worker -> lookup(worker, key));
    }

    private static Optional<FlowRecord> lookup(Worker worker, FlowKey key) {
        var view = new FlowRecord();
        return worker.table().lookup(key, view) ? Optional.of(copy(view)) : Optional.empty();
    }

    private int owner(FlowKey key) {
        return Owners.of(key, config().workers());
    }

    /** Changes a flow; false when there is none. */
    public CompletableFuture<Boolean> update(FlowKey key, FlowUpdate update) {
        return edit(new FlowEdit(key, update)).thenApply(result -> result.outcome() == Outcome.CHANGED);
    }

    /** Changes a flow, and tells how it is then. */
    public CompletableFuture<FlowEdit.Result> edit(FlowEdit edit) {
        int forward = chain(edit.forwardChain()), reverse = chain(edit.reverseChain());
        if (forward < 0 || reverse < 0) {
            return CompletableFuture.completedFuture(new FlowEdit.Result(Outcome.NO_CHAIN, Optional.empty()));
        }
        return run.calls().ask(owner(edit.key()), worker -> {
            worker.end(out -> {
                worker.edit(edit.key(), edit.update(), forward, reverse, out);
                return true;
            });
            Optional<FlowRecord> flow = lookup(worker, edit.key());
            return new FlowEdit.Result(flow.isPresent() ? Outcome.CHANGED : Outcome.NO_FLOW, flow);
        });
    }

    /** The number of a chain; 0 for none that is named, -1 where there is none of that name. */
    private int chain(@Nullable String name) {
        if (name == null) {
            return 0;
        }
        int chain = run.chain(name);
        return chain == 0 ? -1 : chain;
    }

    /**
     * Changes many flows, each for itself, in one message to every worker that owns some of them; those of one flow in
     * their order.
     *
     * @return what became of each, in their order
     */
    public CompletableFuture<List<Outcome>> edit(List<FlowEdit> edits) {
        int workers = config().workers();
        var outcomes = new Outcome[edits.size()];
        var chains = new int[2 * edits.size()];
        var chosen = new int[workers][edits.size()];
        var counts = new int[workers];
        for (int i = 0; i < edits.size(); i++) {
            FlowEdit edit = edits.get(i);
            chains[2 * i] = chain(edit.forwardChain());
            chains[2 * i + 1] = chain(edit.reverseChain());
            if (chains[2 * i] < 0 || chains[2 * i + 1] < 0) {
                outcomes[i] = Outcome.NO_CHAIN;
            } else {
                int owner = Owners.of(edit.key(), workers);
                chosen[owner][counts[owner]++] = i;
            }
        }
        return run.calls()
                .collect(worker -> {
                    int[] own = Arrays.copyOf(chosen[worker], counts[worker]);
                    return own.length == 0
                            ? CompletableFuture.completedFuture(true)
                            : edit(worker, new Edits(edits, own, chains, outcomes), own, outcomes);
                })
                .thenApply(_ -> List.of(outcomes));
    }

    private CompletableFuture<Boolean> edit(int worker, Edits mail, int[] own, Outcome[] outcomes) {
        return run.calls().send(worker, mail).exceptionally(why -> {
            for (int i : own) {
                outcomes[i] = outcomes[i] == null ? Outcome.BUSY : outcomes[i];
            }
            if (why instanceof UnavailableException) {
                return false;
            }
            throw new CompletionException(why);
        });
    }

    /**
     * Has the packets of a flow visit other chains from now on; false when there is no such flow.
     *
     * @throws IllegalArgumentException when there is no chain of that name
     */
    public CompletableFuture<Boolean> route(FlowKey key, String forward, String reverse) {
        if (run.chain(forward) == 0 || run.chain(reverse) == 0) {
            throw new IllegalArgumentException("no such chain: chain=" + forward + ", " + reverse + "; there are "
                    + config().allChains().keySet().stream().sorted().toList());
        }
        return edit(new FlowEdit(key, FlowUpdate.NOTHING, forward, reverse))
                .thenApply(result -> result.outcome() == Outcome.CHANGED);
    }

    /** Ends a flow as deleted; false when there is none. */
    public CompletableFuture<Boolean> delete(FlowKey key) {
        return run.calls().ask(owner(key), worker -> {
            var deleted = new boolean[1];
            worker.end(out -> {
                deleted[0] = worker.table().delete(key, out);
                return true;
            });
            return deleted[0];
        });
    }

    /**
     * Copies flows that {@code which} chooses from a place on, until {@code into} is full or a worker has no more: then
     * the answer is where the next call goes on. Flows that come and go between two calls may be missed, and so may
     * others where the table gets another size; none comes twice.
     *
     * @param which is asked by a worker's thread; the view is valid during the call only
     * @param into is that thread's until the answer comes
     */
    public CompletableFuture<FlowCursor> read(FlowCursor from, Predicate<FlowRecord> which, FlowBlock into) {
        int worker = from.worker(), workers = config().workers();
        if (worker < 0 || worker >= workers || into.room() == 0) {
            return CompletableFuture.completedFuture(into.room() == 0 ? from : FlowCursor.END);
        }
        var place = new long[1];
        return run.calls().walk(worker, from.place(), new WorkerCalls.Walk<FlowCursor>() {
            @Override
            public long step(Worker owner, long cursor) {
                place[0] = copySome(owner.table(), cursor, which, into);
                return into.room() == 0 ? FlowTable.THROUGH : place[0];
            }

            @Override
            public FlowCursor result() {
                if (place[0] != FlowTable.THROUGH) {
                    return new FlowCursor(worker, place[0]);
                }
                return worker + 1 == workers ? FlowCursor.END : new FlowCursor(worker + 1, 0);
            }
        });
    }

    /** Looks at a piece of a table, or less where the block is full: never at more places than there is room for flows. */
    private static long copySome(FlowTable table, long from, Predicate<FlowRecord> which, FlowBlock into) {
        long cursor = from;
        int left = PIECE;
        while (left > 0 && into.room() > 0 && cursor != FlowTable.THROUGH) {
            int slots = Math.min(left, into.room());
            cursor = table.forEach(cursor, slots, view -> {
                if (which.test(view)) {
                    into.add(view);
                }
                return true;
            });
            left -= slots;
        }
        return cursor;
    }

    /**
     * Looks at all flows, each worker at its own, some and after its next vector some more; so flows that come and go
     * meanwhile may be missed.
     *
     * @param walks makes one for each worker
     * @return what each saw, by worker
     */
    public <T> CompletableFuture<List<T>> walk(Supplier<? extends FlowWalk<T>> walks) {
        return run.calls().walkAll(() -> {
            FlowWalk<T> walk = walks.get();
            return new WorkerCalls.Walk<T>() {
                @Override
                public long step(Worker worker, long cursor) {
                    return worker.table().forEach(cursor, PIECE, walk::visit);
                }

                @Override
                public T result() {
                    return walk.result();
                }
            };
        });
    }

    /**
     * The flows that {@code which} chooses, as they are now; {@code limit} of them at the most.
     *
     * @param which is asked by the workers' threads, several at once; the view is valid during the call only
     */
    public CompletableFuture<List<FlowRecord>> list(Predicate<FlowRecord> which, int limit) {
        return this.<List<FlowRecord>>walk(() -> new FlowWalk<>() {
                    private final List<FlowRecord> found = new ArrayList<>();

                    @Override
                    public boolean visit(FlowRecord flow) {
                        if (found.size() < limit && which.test(flow)) {
                            found.add(copy(flow));
                        }
                        return found.size() < limit;
                    }

                    @Override
                    public List<FlowRecord> result() {
                        return found;
                    }
                })
                .thenApply(
                        all -> all.stream().flatMap(List::stream).limit(limit).toList());
    }

    /** Ends the flows that {@code which} chooses as deleted, as {@link #walk} goes about it; how many. */
    public CompletableFuture<Long> purge(Predicate<FlowRecord> which) {
        return run.calls()
                .walkAll(() -> {
                    var ended = new long[1];
                    return new WorkerCalls.Walk<Long>() {
                        @Override
                        public long step(Worker worker, long cursor) {
                            var next = new long[1];
                            worker.end(out -> {
                                next[0] = worker.table().purge(cursor, PIECE, which, out);
                                ended[0] += out.size();
                                return true;
                            });
                            return next[0];
                        }

                        @Override
                        public Long result() {
                            return ended[0];
                        }
                    };
                })
                .thenApply(all -> all.stream().mapToLong(Long::longValue).sum());
    }

    /**
     * From now on events of these {@link dev.weir.table.FlowEvent} kinds too are passed to the sink, beside those that
     * {@link DataplaneOptions#kinds} says and those that others want.
     *
     * @param asker who wants them, in place of what the same one wanted before
     * @return done when every worker knows: nothing that happens after that is missed
     */
    public CompletableFuture<?> wantEvents(String asker, int kinds) {
        return run.wantEvents(asker, kinds);
    }

    /** Has the flow table, the stages and the workers count anew; ports go on. */
    public CompletableFuture<?> clearCounters() {
        return run.clearCounters();
    }

    /** What has been counted so far. */
    public CompletableFuture<DataplaneCounters> counters() {
        return run.counters().thenApply(this::sum);
    }

    private DataplaneCounters sum(List<CounterCopy.Part> parts) {
        return sum(parts, ports(), run.droppedEvents());
    }

    static DataplaneCounters sum(
            List<CounterCopy.Part> parts, List<DataplaneCounters.PortEntry> ports, long droppedEvents) {
        var nodes = new LinkedHashMap<String, NodeCounters>();
        Map<String, Long> table = Map.of();
        Map<String, Long> malformed = new TreeMap<>();
        for (CounterCopy.Part part : parts) {
            part.nodes().forEach(node -> nodes.merge(node.name(), node, NodeCounters::plus));
            table = NodeCounters.sum(table, part.table());
            malformed = new TreeMap<>(NodeCounters.sum(malformed, part.malformed()));
        }
        return new DataplaneCounters(
                List.copyOf(nodes.values()),
                ports,
                parts.stream().map(CounterCopy.Part::worker).toList(),
                table,
                Collections.unmodifiableMap(malformed),
                droppedEvents);
    }

    /** The names of ports by the numbers that nodes know them by, which stay over reloads; empty where the port is gone. */
    public List<String> portNames() {
        return run.portNames();
    }

    /** The ports, and what they have counted so far, in the order of the configuration. Asks no worker. */
    public List<DataplaneCounters.PortEntry> ports() {
        return run.ports().stream().map(Dataplane::entry).toList();
    }

    private static DataplaneCounters.PortEntry entry(Port port) {
        List<Long> values = IntStream.range(0, PORT_VALUES)
                .mapToLong(counter -> port.queues().stream()
                        .mapToLong(queue -> queue.counters().get(counter))
                        .sum())
                .boxed()
                .toList();
        return new DataplaneCounters.PortEntry(port.name(), port.state(), values);
    }

    /**
     * Follows the next {@code packets} packets that come to a node, or with {@link GraphConfig#FLOW_TABLE} to the graph,
     * until they leave it. One text a packet: when and where it came in, then a line a stage. Answers with what there is
     * when the time is over.
     *
     * @throws IllegalArgumentException when there is no such node
     */
    public CompletableFuture<List<String>> trace(String node, int packets, Duration limit) {
        return run.trace(node, packets, limit);
    }

    /** Whether all ports are capture files that have been read to their end, and every packet has gone its way. */
    public boolean isFinished() {
        return run.isFinished();
    }

    /**
     * Has something carry offloaded flows below from now on, by the link: to be asked for once. Closed before the data
     * plane is drained.
     */
    public OffloadLink offload(OffloadPolicy policy) {
        return OffloadLink.open(run, policy);
    }

    /** Takes no packets from ports any more, and brings those that are under way out. */
    public void drain() {
        run.drain();
    }

    /**
     * Drains, ends all flows as flushed, passes the last records on, and closes the ports. A second call does nothing.
     */
    @Override
    public void close() {
        run.close(null);
    }

    /**
     * The same, but flows do not end: {@code keeper} gets them all, as they are after the last packet, and another run may go on with them
     * ({@link DataplaneOptions#withRestore}). Those that are over end as ever. Where {@code keeper} fails, all are flushed.
     */
    public void close(FlowSink keeper) {
        run.close(keeper);
    }

    /**
     * Has a sink get copies of all flows, in the calling thread, which waits until that is done. Workers copy some at a time between two vectors, for 20 us,
     * and wait for nobody. Each flow is copied as it is at one moment between the beginning and the end of the call; one that begins or ends meanwhile may be
     * among them or not.
     *
     * @return whether all are; false where the configuration changed meanwhile: what the sink got is of no use, and the call may be made again
     * @throws IOException of the sink's
     * @throws java.util.concurrent.CompletionException with an {@link UnavailableException} where the data plane is closed
     */
    public boolean copyFlows(FlowSink sink) throws IOException {
        return run.copyFlows(sink);
    }

    /**
     * Follows what becomes of flows, for a second machine that is to take over.
     *
     * @throws IllegalStateException where somebody does already
     */
    public FlowFollowing followFlows() {
        if (!run.following(true)) {
            throw new IllegalStateException("flows are followed already; close what follows them before");
        }
        return new FlowFollowing(run);
    }

    private static FlowRecord copy(FlowRecord view) {
        MemorySegment copy = MemorySegment.ofArray(new long[FlowRecord.SIZE / Long.BYTES]);
        MemorySegment.copy(view.segment(), view.offset(), copy, 0, FlowRecord.SIZE);
        return new FlowRecord().wrap(copy, 0);
    }
}
