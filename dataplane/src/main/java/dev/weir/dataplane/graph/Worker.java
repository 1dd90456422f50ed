package dev.weir.dataplane.graph;

import dev.weir.dataplane.nodes.reassemble.FragmentHold;
import dev.weir.packet.Malformed;
import dev.weir.table.EndReason;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowUpdate;
import dev.weir.table.FlowVector;
import dev.weir.table.FragmentTable;
import dev.weir.table.KeyExtractor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One worker: its shard of the flow table, its graph, its duty cycle. What is here is called by one thread, the worker's
 * ({@link WorkerLoop} is what makes it go), and allocates nothing per packet.
 */
final class Worker {
    /** How many flows a cycle looks at, at the least, where the time of so many may have run out. */
    private static final int EXPIRY = 512;
    /** What a vector can have: that of the table, and marks. */
    private static final int VECTOR_RECORDS = Batch.CAPACITY * (FlowTable.RECORDS_PER_PACKET + 1);
    /** Nodes are told the time this often. */
    private static final long TICK_NANOS = 100_000_000;

    private static final long FLUSH_PAUSE_NANOS = 1_000_000;
    /** How many numbers are passed over for packets that a run which was killed had after its flows were copied; none has more than one a nanosecond. */
    static final long MOST_LOST_NUMBERS = 1L << 36;
    /** Flow ids of workers differ above this bit. */
    private static final int WORKER_SHIFT = 48;

    private final WorkerPlace place;
    private final FlowTable table;
    private final RecordOutlet outlet;
    private final HandOff handOff;
    private final FragmentTable fragments;
    private final StageCounters stageCounters = FlowStage.counters();
    private final FragmentHold hold;
    private final Batch batch = new Batch();
    private final FlowRecord view = new FlowRecord();
    /** By {@link Malformed}. */
    private final long[] malformedBefore = new long[Malformed.COUNT];

    private Arena recordArena = Arena.ofShared();
    private FlowRecords records, expired;
    private Graph graph;
    private FlowStage stage;
    private KeyExtractor extractor;
    private Inputs inputs;
    private long unhandledBefore;
    private long nextNumber;
    private long nextTick;
    private long vectors, packetsIn;
    /** What had been handed and taken when the counters were cleared. */
    private long handedBefore, takenBefore;
    /** The {@link FlowEvent} kinds that the blocks record. */
    private int kinds;

    /** A worker of this graph, which receives nothing until {@link #open}. */
    Worker(WorkerPlace place, RecordOutlet outlet, HandOff handOff, Graph graph, boolean live) {
        this.place = place;
        this.table = place.table();
        this.outlet = outlet;
        this.handOff = handOff;
        this.graph = graph;
        fragments = new FragmentTable(table);
        hold = new FragmentHold(graph.plan.config.fragments(), stageCounters.own);
        extractor = extractor(graph.plan);
        stage = stage(graph.plan);
        inputs = new Inputs(live);
        nextNumber = ((long) place.worker() << WORKER_SHIFT) + 1;
        kinds = outlet.kinds() | FlowEvent.ENDED;
        records = block(VECTOR_RECORDS);
        expired = block(EXPIRY);
    }

    private KeyExtractor extractor(Plan plan) {
        return new KeyExtractor(table, plan.config.tunnels(), plan.config.tenantMode(), plan.portTenant);
    }

    private FlowStage stage(Plan plan) {
        return new FlowStage(plan, place, extractor, fragments, hold, handOff, place.aliases(), stageCounters);
    }

    private FlowRecords block(int capacity) {
        return new FlowRecords(capacity, kinds, recordArena, table.config().annexBytes());
    }

    /**
     * One turn: a vector of every port, of fragments set free and from every other worker, then time, expiry and records.
     *
     * @param now the worker's clock, where its ports have none
     * @return how much was done: packets, and flows whose time was looked at; 0 when there is nothing to do for now
     */
    int cycle(long now) {
        readKinds();
        if (inputs.isLive()) {
            table.advance(now);
        }
        int packets = 0;
        for (int round = inputs.rounds(); round > 0; round--) {
            packets += takeInput(now);
        }
        packets += takeReleased();
        for (int other = 0; other < place.workers(); other++) {
            packets += takeHanded(handOff.from(other), now);
        }
        int looked = expire(packets);
        place.ports().flush();
        if (table.now() >= nextTick) {
            nextTick = table.now() + TICK_NANOS;
            hold.expire(table.now());
            graph.tick(table.now());
            place.ports().flush();
        }
        exchangeLetters();
        graph.turn(table.now());
        return packets + looked;
    }

    /** Takes note of what events are wanted from now on. Ends of flows are always recorded: nodes want to know. */
    void readKinds() {
        int wanted = outlet.kinds() | FlowEvent.ENDED;
        if (wanted != kinds) {
            kinds = wanted;
            records.want(wanted);
            expired.want(wanted);
        }
    }

    /** Lets no letters pile up where no packets come. */
    private void exchangeLetters() {
        place.aliases().refresh();
        place.aliases().retry();
        place.letters().wake();
        place.offload().held().retry();
    }

    /**
     * Whether a vector may be taken. Live ports do not wait: what finds no room for a letter is dropped. Capture files do,
     * until those that are behind have read theirs.
     */
    private boolean mayTake() {
        return inputs.isLive() || place.letters().hasRoom(Letters.capacity(place.workers()) / 2);
    }

    private int takeInput(long now) {
        if (!mayTake()) {
            return 0;
        }
        int n = inputs.receive(batch.packets, now, handOff);
        if (n != 0) {
            try {
                number(n);
                packetsIn += n;
                long before = System.nanoTime();
                forward(stage.run(batch, records), before);
            } finally {
                inputs.release();
            }
        }
        return n;
    }

    /** Fragments whose first one has come. */
    private int takeReleased() {
        if (hold.ready() == 0) {
            return 0;
        }
        int n = hold.receive(batch.packets);
        try {
            number(n);
            long before = System.nanoTime();
            forward(stage.run(batch, records), before);
        } finally {
            hold.release();
        }
        return n;
    }

    private int takeHanded(HandOffRing ring, long now) {
        if (ring.isEmpty() || !mayTake()) {
            return 0;
        }
        int n = stage.poll(ring, batch);
        handOff.taken += n;
        if (inputs.isLive()) {
            Arrays.fill(batch.packets.time, 0, n, now);
        }
        try {
            number(n);
            long before = System.nanoTime();
            forward(stage.resume(batch, records), before);
        } finally {
            ring.release();
        }
        return n;
    }

    private void number(int n) {
        batch.packets.first = nextNumber;
        nextNumber += n;
        vectors++;
    }

    private void forward(int going, long before) {
        stageCounters.nanos += System.nanoTime() - before;
        stage.countBypassed(graph);
        releaseAliases(records);
        graph.run(batch, stage.through(), going);
        place.offload().conclude(batch, graph, records);
        report(records);
    }

    /** Ends flows whose time has run out. Looks at not so many that packets wait long, and at more than packets can have prolonged. */
    private int expire(int packets) {
        outlet.advance();
        int most = Math.max(EXPIRY, 2 * packets);
        int looked = 0;
        boolean full = !outlet.isCongested();
        while (full && looked < most) {
            looked += table.expire(expired, most - looked);
            full = expired.room() == 0;
            releaseAliases(expired);
            report(expired);
        }
        return looked;
    }

    /** Takes back the second keys of flows that ended: before nodes give those that began in the same vector theirs. */
    private void releaseAliases(FlowRecords block) {
        FlowAliases aliases = place.aliases();
        for (int r = 0; r < block.size() && aliases.size() != 0; r++) {
            if (hasEnded(block.get(r, view))) {
                aliases.ended(view);
            }
        }
    }

    private static boolean hasEnded(FlowRecord record) {
        return record.kind() == FlowEvent.ENDED && record.reason() != EndReason.ACTIVE;
    }

    /** Tells nodes and outlet what happened, and empties the block. */
    private void report(FlowRecords block) {
        if (block.size() == 0) {
            return;
        }
        place.offload().held().keepLate(block);
        if (graph.wantsEnded()) {
            for (int r = 0; r < block.size(); r++) {
                if (hasEnded(block.get(r, view))) {
                    graph.ended(view);
                }
            }
        }
        outlet.accept(block);
        block.clear();
    }

    /** What control has the table do, which ends or changes flows: called with a block, again until it says that it got through. */
    interface Ending {
        boolean run(FlowRecords out);
    }

    /** Does it, and reports what it did. */
    void end(Ending ending) {
        boolean through = false;
        while (!through) {
            through = ending.run(records);
            releaseAliases(records);
            report(records);
        }
    }

    /**
     * Changes a flow; false when there is none.
     *
     * @param forward the number of its initiator's next chain, 0 for the one it has; {@code reverse} its responder's
     */
    boolean edit(FlowKey key, FlowUpdate update, int forward, int reverse, FlowRecords out) {
        if ((forward | reverse) != 0) {
            int flow = table.flow(key);
            if (flow == FlowVector.NO_FLOW) {
                return false;
            }
            FlowContext context = table.context().at(flow);
            long decision = context.getLong(FlowLayout.DECISION);
            int forwardChain = forward != 0 ? forward : FlowLayout.chain(decision, 0);
            int reverseChain = reverse != 0 ? reverse : FlowLayout.chain(decision, 1);
            context.setLong(FlowLayout.DECISION, FlowLayout.withChains(decision, forwardChain, reverseChain));
        }
        boolean changed = table.update(key, update, out);
        place.offload().held().edited(key, (forward | reverse) != 0);
        return changed;
    }

    /** What carries flows below, as this worker sees it. */
    FlowOffload offload() {
        return place.offload();
    }

    /** Ends all flows as flushed, as fast as their records are taken. */
    void flush() {
        end(out -> {
            awaitOutlet();
            return table.flush(out);
        });
        end(place.offload().held()::endAll);
        graph.tick(table.now());
        place.ports().flush();
    }

    /** Ends the flows that are over, and no others, as fast as their records are taken: for when they go on in another run. */
    void settle(long now) {
        table.advance(now);
        end(out -> {
            awaitOutlet();
            return table.settle(out);
        });
        end(place.offload().held()::endAll);
        graph.tick(table.now());
        place.ports().flush();
    }

    private void awaitOutlet() {
        while (outlet.isWaiting()) {
            outlet.advance();
            LockSupport.parkNanos(FLUSH_PAUSE_NANOS);
        }
    }

    /** What the next packet is numbered. */
    long nextNumber() {
        return nextNumber;
    }

    /** Which worker gives such numbers. */
    static int numberer(long number) {
        return (int) (number >>> WORKER_SHIFT);
    }

    /** Has packets be numbered from there, unless they would have come to later numbers anyway. */
    void numberFrom(long number) {
        long first = (long) place.worker() << WORKER_SHIFT;
        if (number - first >= 0 && number - first < 1L << WORKER_SHIFT) {
            nextNumber = Math.max(nextNumber, number);
        }
    }

    /** Goes on counting from what all workers of another run have counted. */
    void resumeCounters(FlowsLegend.Counted counted) {
        table.addCounters(counted.table());
        unhandledBefore += counted.table().getOrDefault("UNHANDLED", 0L);
        for (int kind = 0; kind < Malformed.COUNT; kind++) {
            malformedBefore[kind] += counted.malformed().getOrDefault(Malformed.name(kind), 0L);
        }
        for (NodeCounters before : counted.nodes()) {
            if (before.name().equals(GraphConfig.FLOW_TABLE)) {
                stageCounters.resume(before, FlowStage.GAUGES);
            } else if (before.name().equals(GraphConfig.OUTPUT)) {
                graph.output().resume(before, List.of());
            } else {
                NodeSlot slot = graph.slot(before.name());
                if (slot != null && slot.config.type().equals(before.type())) {
                    slot.resume(before);
                }
            }
        }
    }

    FlowAliases aliases() {
        return place.aliases();
    }

    /** Moves the clock of a worker whose ports are capture files. */
    void advance(long time) {
        table.advance(time);
    }

    /** From the next vector on there are these ports, but for those to receive from: see {@link #open}. */
    void swap(Graph next, WorkerPorts ports, FlowTableConfig share) {
        if (!table.config().equals(share)) {
            end(out -> table.reconfigure(share, out));
        }
        Graph before = graph;
        graph = next;
        place.offload().held().nextGeneration();
        place.ports().become(ports);
        next.replace(before);
        remakeBlocks();
        rememberCounted();
        extractor = extractor(next.plan);
        stage = stage(next.plan);
        inputs = inputs.become(next.plan, place.ports(), true);
    }

    private void remakeBlocks() {
        Arena before = recordArena;
        recordArena = Arena.ofShared();
        records = block(VECTOR_RECORDS);
        expired = block(EXPIRY);
        before.close();
    }

    private void rememberCounted() {
        extractor.addMalformed(malformedBefore);
        unhandledBefore += extractor.unhandled();
    }

    /** Receives from all ports from now on. */
    void open() {
        inputs = inputs.become(graph.plan, place.ports(), false);
    }

    /** Receives nothing any more. */
    void stopReceiving() {
        inputs = new Inputs(inputs.isLive());
    }

    /** Whether nothing will ever come in again by a port, and nothing of other workers is here to be taken. */
    boolean isExhausted() {
        return (inputs.isExhausted() || inputs.rounds() == 0) && hold.ready() == 0 && handOff.isEmpty();
    }

    /** Whether there are packets from other workers. */
    boolean hasHanded() {
        return !handOff.isEmpty();
    }

    /** Whether there are letters from other workers. */
    boolean hasLetters() {
        return !place.letters().isEmpty();
    }

    HandOff handOff() {
        return handOff;
    }

    Inputs inputs() {
        return inputs;
    }

    FlowTable table() {
        return table;
    }

    Graph graph() {
        return graph;
    }

    RecordOutlet outlet() {
        return outlet;
    }

    /** Follows packets from now on; null for none. */
    void trace(@Nullable Trace following) {
        graph.trace(following);
        stage.trace(following);
    }

    /** Room for what it counts. Any thread. Allocates. */
    CounterCopy counterCopy() {
        return new CounterCopy(place.worker(), stageCounters, graph);
    }

    /** Copies what it has counted. Allocates nothing but after a reload. */
    void copyCounters(CounterCopy to) {
        stageCounters.own[FlowStage.ALIASES] = place.aliases().size();
        stageCounters.own[FlowStage.ALIAS_CLASHES] = place.aliases().clashes();
        to.copyStages(graph);
        table.copyCounters(to.table, 0);
        to.unhandled = unhandledBefore + extractor.unhandled();
        System.arraycopy(malformedBefore, 0, to.malformed, 0, malformedBefore.length);
        extractor.addMalformed(to.malformed);
    }

    /** Vectors that were taken through the graph. */
    long vectors() {
        return vectors;
    }

    /** Packets that came in by ports. */
    long packetsIn() {
        return packetsIn;
    }

    /** Packets given to other workers. */
    long handed() {
        return handOff.handed - handedBefore;
    }

    /** Packets got from other workers. */
    long taken() {
        return handOff.taken - takenBefore;
    }

    /** Begins to count anew. Allocates. */
    void clearCounters() {
        table.clearCounters();
        stageCounters.clear();
        graph.slots().forEach(slot -> slot.counters.clear());
        graph.output().clear();
        unhandledBefore = -extractor.unhandled();
        Arrays.fill(malformedBefore, 0);
        extractor.addMalformed(malformedBefore);
        Arrays.setAll(malformedBefore, kind -> -malformedBefore[kind]);
        vectors = 0;
        packetsIn = 0;
        handedBefore = handOff.handed;
        takenBefore = handOff.taken;
    }

    /** Drops the packets that are under way in the graph; for after a node failed. */
    void abandonVector() {
        graph.clear();
        place.offload().abandonVector();
        place.offload().held().keepLate(records);
        outlet.accept(records);
        records.clear();
    }

    /** Gives back what is not the table's or the ports'. */
    void close() {
        graph.slots().forEach(slot -> slot.node.close());
        recordArena.close();
    }
}
