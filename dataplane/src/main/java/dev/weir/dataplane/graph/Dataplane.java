package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.GraphConfig.Fault;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowUpdate;
import dev.weir.table.FlowVector;
import dev.weir.wire.Port;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A running data plane: workers that take packets from ports through the graph to ports, and what controls them. Any
 * thread may call; nothing here is on the way of a packet. What is asked of the workers is done between their vectors,
 * and answered by a future, which is never left open: after {@link #close} it fails.
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

    /** The flow of that name, either orientation, as it is now. */
    public CompletableFuture<Optional<FlowRecord>> lookup(FlowKey key) {
        return run.askAll(worker -> {
                    var view = new FlowRecord();
                    return worker.table().lookup(key, view) ? Optional.of(copy(view)) : Optional.<FlowRecord>empty();
                })
                .thenApply(all -> all.stream().flatMap(Optional::stream).findFirst());
    }

    /** Changes a flow; false when there is none. */
    public CompletableFuture<Boolean> update(FlowKey key, FlowUpdate update) {
        return run.askAll(worker -> worker.table().update(key, update)).thenApply(all -> all.contains(true));
    }

    /**
     * Has the packets of a flow visit other chains from now on; false when there is no such flow.
     *
     * @throws IllegalArgumentException when there is no chain of that name
     */
    public CompletableFuture<Boolean> route(FlowKey key, String forward, String reverse) {
        int forwardChain = run.chain(forward), reverseChain = run.chain(reverse);
        return run.askAll(worker -> {
                    int flow = worker.table().flow(key);
                    if (flow == FlowVector.NO_FLOW) {
                        return false;
                    }
                    FlowContext context = worker.table().context().at(flow);
                    long decision = context.getLong(FlowLayout.DECISION);
                    context.setLong(FlowLayout.DECISION, FlowLayout.withChains(decision, forwardChain, reverseChain));
                    return true;
                })
                .thenApply(all -> all.contains(true));
    }

    /** Ends a flow as deleted; false when there is none. */
    public CompletableFuture<Boolean> delete(FlowKey key) {
        return run.askAll(worker -> {
                    var deleted = new boolean[1];
                    worker.end(out -> {
                        deleted[0] = worker.table().delete(key, out);
                        return true;
                    });
                    return deleted[0];
                })
                .thenApply(all -> all.contains(true));
    }

    /**
     * The flows that {@code which} chooses, as they are now; {@code limit} of them at the most. Workers look at some and
     * go on forwarding, then at more, so flows that come and go meanwhile may be missed.
     *
     * @param which is asked by the workers' threads, several at once; the view is valid during the call only
     */
    public CompletableFuture<List<FlowRecord>> list(Predicate<FlowRecord> which, int limit) {
        return run.walkAll(() -> {
                    var found = new ArrayList<FlowRecord>();
                    return new Walk<List<FlowRecord>>() {
                        @Override
                        public long step(Worker worker, long cursor) {
                            long next = worker.table().forEach(cursor, PIECE, view -> {
                                if (found.size() < limit && which.test(view)) {
                                    found.add(copy(view));
                                }
                                return found.size() < limit;
                            });
                            return found.size() < limit ? next : FlowTable.THROUGH;
                        }

                        @Override
                        public List<FlowRecord> result() {
                            return found;
                        }
                    };
                })
                .thenApply(
                        all -> all.stream().flatMap(List::stream).limit(limit).toList());
    }

    /** Ends the flows that {@code which} chooses as deleted, as {@link #list} goes about it; how many. */
    public CompletableFuture<Long> purge(Predicate<FlowRecord> which) {
        return run.walkAll(() -> {
                    var ended = new long[1];
                    return new Walk<Long>() {
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

    /** A walk over a worker's flows, in pieces. */
    interface Walk<T> {
        /** The next piece; the cursor to go on with, {@link FlowTable#THROUGH} at the end. */
        long step(Worker worker, long cursor);

        T result();
    }

    /** Gives the flow table room for another number of flows of each family, over all workers. */
    public ReloadResult resize(int maxFlows) {
        return run.resize(maxFlows);
    }

    /** What has been counted so far. */
    public CompletableFuture<DataplaneCounters> counters() {
        return run.askAll(run::part).thenApply(this::sum);
    }

    private DataplaneCounters sum(List<DataplaneRun.Part> parts) {
        var nodes = new LinkedHashMap<String, NodeCounters>();
        Map<String, Long> table = Map.of();
        Map<String, Long> malformed = new TreeMap<>();
        for (DataplaneRun.Part part : parts) {
            part.nodes().forEach(node -> nodes.merge(node.name(), node, NodeCounters::plus));
            table = NodeCounters.sum(table, part.table());
            malformed = new TreeMap<>(NodeCounters.sum(malformed, part.malformed()));
        }
        return new DataplaneCounters(
                List.copyOf(nodes.values()),
                run.ports().stream().map(Dataplane::entry).toList(),
                parts.stream().map(DataplaneRun.Part::worker).toList(),
                table,
                Collections.unmodifiableMap(malformed),
                run.droppedEvents());
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

    /** Takes no packets from ports any more, and brings those that are under way out. */
    public void drain() {
        run.drain();
    }

    /**
     * Drains, ends all flows as flushed, passes the last records on, and closes the ports. A second call does nothing.
     */
    @Override
    public void close() {
        run.close();
    }

    private static FlowRecord copy(FlowRecord view) {
        MemorySegment copy = MemorySegment.ofArray(new long[FlowRecord.SIZE / Long.BYTES]);
        MemorySegment.copy(view.segment(), view.offset(), copy, 0, FlowRecord.SIZE);
        return new FlowRecord().wrap(copy, 0);
    }
}
