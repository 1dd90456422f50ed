package dev.weir.dataplane.graph;

import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FragmentTable;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * One worker: its shard of the flow table, its graph, its duty cycle. What is here is called by one thread, the worker's,
 * and allocates nothing per packet.
 */
final class Worker {
    /** How many flows a cycle ends at the least, where so many are due. */
    private static final int EXPIRY = 512;
    /** Nodes are told the time this often. */
    private static final long TICK_NANOS = 100_000_000;
    /** Flow ids of workers differ above this bit. */
    private static final int WORKER_SHIFT = 48;

    private final WorkerPlace place;
    private final FlowTable table;
    private final RecordOutlet outlet;
    private final FragmentTable fragments;
    private final StageCounters stageCounters = FlowStage.counters();
    private final Batch batch = new Batch();
    private final FlowRecord view = new FlowRecord();

    private final Arena recordArena = Arena.ofShared();
    private final FlowRecords records, expired;
    private final Graph graph;
    private final FlowStage stage;
    private final Inputs inputs;
    private long nextNumber;
    private long nextTick;

    /** A worker that begins with this graph. */
    Worker(WorkerPlace place, RecordOutlet outlet, Plan plan, Graph graph) {
        this.place = place;
        this.table = place.table();
        this.outlet = outlet;
        this.graph = graph;
        fragments = new FragmentTable(table);
        stage = new FlowStage(plan, place, fragments, stageCounters);
        inputs = new Inputs(plan, place.ports());
        nextNumber = ((long) place.worker() << WORKER_SHIFT) + 1;
        int kinds = kinds();
        records = new FlowRecords(
                Batch.CAPACITY * FlowTable.RECORDS_PER_PACKET,
                kinds,
                recordArena,
                table.config().annexBytes());
        expired = new FlowRecords(EXPIRY, kinds, recordArena, table.config().annexBytes());
    }

    private int kinds() {
        return outlet.kinds() | FlowEvent.ENDED;
    }

    /**
     * One turn: a vector of every port, then time, expiry and records.
     *
     * @return how much was done: packets and flows that ended; 0 when there is nothing to do for now
     */
    int cycle(long now) {
        if (inputs.isLive()) {
            table.advance(now);
        }
        int packets = 0;
        for (int round = inputs.rounds(); round > 0; round--) {
            int n = inputs.receive(batch.packets, now);
            if (n != 0) {
                packets += n;
                handle(n);
                inputs.release();
            }
        }
        int ended = expire(packets);
        place.ports().flush();
        if (table.now() >= nextTick) {
            nextTick = table.now() + TICK_NANOS;
            graph.tick(table.now());
            place.aliases().retry();
            place.ports().flush();
        }
        return packets + ended;
    }

    private void handle(int n) {
        batch.packets.first = nextNumber;
        nextNumber += n;
        long before = System.nanoTime();
        int going = stage.run(batch, records);
        stageCounters.nanos += System.nanoTime() - before;
        releaseAliases(records);
        graph.run(batch, stage.through(), going);
        report(records);
    }

    /** Ends flows whose time has run out, not so many that packets wait long, and more than the packets can have begun. */
    private int expire(int packets) {
        int ended = 0;
        boolean through = outlet.isCongested();
        while (!through) {
            through = table.expire(expired);
            ended += expired.size();
            releaseAliases(expired);
            report(expired);
            through |= ended >= Math.max(EXPIRY, 2 * packets);
        }
        return ended;
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

    /** Ends all flows as flushed. */
    void flush() {
        boolean through = false;
        while (!through) {
            through = table.flush(records);
            releaseAliases(records);
            report(records);
        }
    }

    /** Moves the clock of a worker whose ports are capture files. */
    void advance(long time) {
        table.advance(time);
    }

    boolean isExhausted() {
        return inputs.isExhausted();
    }

    FlowTable table() {
        return table;
    }

    Graph graph() {
        return graph;
    }

    StageCounters stageCounters() {
        return stageCounters;
    }

    /** Follows packets from now on; null for none. */
    void trace(@Nullable Trace following) {
        graph.trace(following);
        stage.trace(following);
    }
}
