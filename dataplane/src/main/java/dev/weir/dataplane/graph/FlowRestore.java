package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.FlowsLegend.Before;
import dev.weir.dataplane.graph.FlowsLegend.OfNode;
import dev.weir.dataplane.graph.FlowsLegend.OfWorker;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTuple;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Puts flows back that were copied in another run ({@link Dataplane#copyFlows}), before workers begin and packets come. The configuration may be another, and so may the
 * number of workers: each flow goes to who owns its key now, its chains and ports are found by their names, and each node decides what of its octets can stand. What
 * fits no more is left out and counted. One thread, which starts the data plane; first {@link #begin}, then flows.
 */
public final class FlowRestore {
    /** Letters between workers are delivered after so many flows that have second keys, before rings are full. */
    private static final int DELIVERED = 256;

    /** The year 2116: later ones would have deadlines overflow. */
    private static final long LAST_TIME = 1L << 62;

    private final Plan plan;
    private final List<WorkerPlace> places;
    private final List<Worker> workers;
    private final boolean live;
    private final long now;
    private final FlowTuple tuple = new FlowTuple();
    private final FlowContext[] contexts;

    private int annexBytes;
    private int[] ports = {}, chains = {};
    private long[] shifts = {};
    /** By worker of before, by worker now: for each of its nodes that keep something what they kept before, if they did. */
    private final List<List<List<Part>>> parts = new ArrayList<>();

    private long restored;
    private int undelivered;
    private final Map<String, Long> leftOut = new TreeMap<>(), forgotten = new TreeMap<>();

    /** A node's octets of before, and where they are now. */
    private record Part(OfNode kept, Before before, NodeSlot slot) {}

    /** @param now the workers' clock, where it is not their packets' */
    FlowRestore(Plan plan, List<WorkerPlace> places, List<Worker> workers, boolean live, long now) {
        this.plan = plan;
        this.places = places;
        this.workers = workers;
        this.live = live;
        this.now = now;
        contexts = places.stream().map(place -> place.table().context()).toArray(FlowContext[]::new);
    }

    /**
     * What the flows' numbers mean, from now on.
     *
     * @return why none of the flows can be taken; empty where they can
     */
    public Optional<String> begin(FlowsLegend legend) {
        return begin(legend, worker -> Math.max(0, worker.now() - now));
    }

    /**
     * The same for flows of another machine, whose clock differs.
     *
     * @param ahead nanoseconds that its clock is ahead of this one's
     */
    public Optional<String> begin(FlowsLegend legend, long ahead) {
        return begin(legend, _ -> ahead);
    }

    private Optional<String> begin(FlowsLegend legend, ToLongFunction<OfWorker> ahead) {
        if (legend.tenantMode() != plan.config.tenantMode()) {
            return Optional.of("tenants were told apart by " + name(legend.tenantMode()) + ", now by "
                    + name(plan.config.tenantMode()));
        }
        if (legend.tunnels() != plan.config.tunnels()) {
            return Optional.of(
                    "keys were made of " + name(legend.tunnels()) + " headers, now of " + name(plan.config.tunnels()));
        }
        if (legend.workers().stream().anyMatch(worker -> worker.now() < 0 || worker.now() > LAST_TIME)) {
            return Optional.of("a worker's clock says what no clock does");
        }
        annexBytes = legend.annexBytes();
        ports = legend.ports().stream().mapToInt(this::port).toArray();
        chains = new int[legend.chains().size() + 1];
        for (int chain = 1; chain < chains.length; chain++) {
            chains[chain] = plan.chain(legend.chains().get(chain - 1));
        }
        int count = legend.workers().size();
        shifts = new long[count];
        for (int w = 0; w < count; w++) {
            OfWorker worker = legend.workers().get(w);
            shifts[w] = live ? ahead.applyAsLong(worker) : 0;
            parts.add(workers.stream().map(each -> parts(worker, each)).toList());
            if (w < workers.size()) {
                long passed = Math.clamp(now + shifts[w] - worker.now(), 0, Worker.MOST_LOST_NUMBERS);
                workers.get(w).numberFrom(worker.nextNumber() + (live ? passed : 0));
            }
        }
        long latest = legend.workers().stream().mapToLong(OfWorker::now).max().orElse(0);
        places.forEach(place -> place.table().advance(live ? now : latest));
        return Optional.empty();
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }

    private int port(String name) {
        for (int port = 0; port < plan.ports(); port++) {
            if (plan.portExists[port] && plan.portName[port].equals(name)) {
                return port;
            }
        }
        return Batch.NO_PORT;
    }

    private List<Part> parts(OfWorker before, Worker worker) {
        var found = new ArrayList<Part>();
        for (OfNode node : before.nodes()) {
            boolean inside = node.at() >= FlowLayout.BYTES
                    && node.at() % Long.BYTES == 0
                    && node.octets() >= 0
                    && node.octets() % Long.BYTES == 0
                    && node.at() <= annexBytes - node.octets();
            NodeSlot slot = worker.graph().slot(node.name());
            if (inside && slot != null && node.isOf(slot)) {
                found.add(new Part(node, node.before(slot), slot));
            }
        }
        return found;
    }

    /**
     * Puts a flow back.
     *
     * @param worker whose it was
     * @param record as it was copied, its annex behind it
     * @param aliases its second keys, as {@link FlowCopies} has them
     */
    public void flow(int worker, FlowRecord record, MemorySegment aliases, long aliasAt, int aliasCount) {
        if (worker < 0 || worker >= shifts.length || (record.family() != 4 && record.family() != 6)) {
            leaveOut("unsound");
            return;
        }
        tuple.ofRecord(record);
        int owner = places.getFirst().aliases().owner(tuple);
        WorkerPlace place = places.get(owner);
        int flow = place.table().restore(record, shifts[worker]);
        if (flow < 0) {
            leaveOut(flow == FlowTable.THERE ? "twice" : flow == FlowTable.FULL ? "no-room" : "unsound");
            return;
        }
        FlowContext context = contexts[owner].at(flow);
        decide(record, context);
        for (int a = 0; a < aliasCount; a++) {
            if (!place.aliases().restore(flow, tuple, aliases, aliasAt + (long) a * FlowCopies.ALIAS_BYTES)) {
                leaveOut("second-key-taken");
                place.aliases().detach(flow);
                place.table().forget(flow);
                return;
            }
        }
        if (aliasCount > 0 && ++undelivered == DELIVERED) {
            deliver();
        }
        for (Part part : parts.get(worker).get(owner)) {
            take(part, record, context.at(flow), flow);
        }
        int numberer = Worker.numberer(record.flowId());
        if (numberer < workers.size()) {
            workers.get(numberer).numberFrom(record.flowId() + 1);
        }
        restored++;
    }

    /** Which chains the flow's packets visit, by which ports they leave, and where its first one came in. */
    private void decide(FlowRecord record, FlowContext context) {
        long before = record.annexLong(FlowLayout.DECISION);
        int entry = mapped(ports, FlowLayout.entryPort(record.annexInt(FlowLayout.ENTRY)), Batch.NO_PORT);
        context.setInt(FlowLayout.ENTRY, entry + 1);
        if (entry == Batch.NO_PORT) {
            return;
        }
        int standard = plan.chainOf(record.tenant(), entry);
        int forward = mapped(chains, FlowLayout.chain(before, 0), 0);
        int reverse = mapped(chains, FlowLayout.chain(before, 1), 0);
        long decision = FlowLayout.withChains(0, forward == 0 ? standard : forward, reverse == 0 ? standard : reverse);
        for (int direction = 0; direction < 2; direction++) {
            int egress = mapped(ports, FlowLayout.egress(before, direction), Batch.NO_PORT);
            decision = FlowLayout.withEgress(decision, direction, egress);
        }
        context.setLong(FlowLayout.DECISION, decision);
    }

    private static int mapped(int[] by, int number, int none) {
        return number < 0 || number >= by.length ? none : by[number];
    }

    private void take(Part part, FlowRecord record, FlowContext context, int flow) {
        int at = part.slot.annex(), octets = part.kept.octets();
        for (int o = 0; o < octets; o += Long.BYTES) {
            context.setLong(at + o, record.annexLong(part.kept.at() + o));
        }
        if (!part.slot.node.restored(flow, part.before)) {
            for (int o = 0; o < octets; o += Long.BYTES) {
                context.at(flow).setLong(at + o, 0);
            }
            forgotten.merge(part.slot.name, 1L, Long::sum);
        }
    }

    private void leaveOut(String reason) {
        leftOut.merge(reason, 1L, Long::sum);
    }

    private void deliver() {
        undelivered = 0;
        places.forEach(place -> place.aliases().refresh());
    }

    /** Has counters go on from there: by name, so far as there are such; those that say how many there are now are left to who counts them. */
    public void counted(FlowsLegend.Counted counted) {
        workers.getFirst().resumeCounters(counted);
    }

    void finish() {
        deliver();
    }

    /** How many flows are back. */
    public long restored() {
        return restored;
    }

    /** How many are not, by reason: {@code no-room}, {@code second-key-taken}, {@code twice}, {@code unsound}. */
    public Map<String, Long> leftOut() {
        return Map.copyOf(leftOut);
    }

    /** Of how many flows that are back a node decides anew, by the node's name. */
    public Map<String, Long> forgotten() {
        return Map.copyOf(forgotten);
    }
}
