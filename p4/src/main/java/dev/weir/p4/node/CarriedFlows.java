package dev.weir.p4.node;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.graph.OffloadReport;
import dev.weir.dataplane.graph.OffloadedFlow;
import dev.weir.p4.run.Grounds;
import dev.weir.table.FlowTraffic;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Flows that something below the data plane carries since this worker's program marked them, and the entries by which it did. What is carried counts as use of
 * those entries, so that they do not age out meanwhile; a flow comes back when one of them goes, or says something else.
 *
 * <p>The worker's thread. Allocates for each flow that begins or ends to be carried; a look at an entry by which nothing is carried is one load.
 */
final class CarriedFlows implements Grounds.Listener {
    /** A direction of a flow, and in each table the entry by which it was marked. */
    private static final class Direction {
        final OffloadedFlow flow;
        final int[] entries;

        Direction(OffloadedFlow flow, int[] entries) {
            this.flow = flow;
            this.entries = entries;
        }
    }

    private final Grounds grounds;
    private final NodeContext context;
    /** Forward and reverse, by the flow's number. */
    private final Map<Long, @Nullable Direction[]> flows = new HashMap<>();
    /** By table and entry. */
    private final @Nullable Set<Direction>[][] byEntry;

    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of sets
    CarriedFlows(Grounds grounds, NodeContext context) {
        this.grounds = grounds;
        this.context = context;
        byEntry = new Set[grounds.tables()][0];
        grounds.listen(this);
    }

    /** The direction of packet {@code i}, which the program marked, is carried from now on. */
    void add(Batch batch, int i, OffloadedFlow flow) {
        int[] entries = new int[grounds.tables()];
        for (int t = 0; t < entries.length; t++) entries[t] = grounds.entry(i, t);
        Direction direction = new Direction(flow, entries);
        int way = batch.isReverse(i) ? 1 : 0;
        remove(flow, way);
        flows.computeIfAbsent(flow.id(), _ -> new Direction[2])[way] = direction;
        for (int t = 0; t < entries.length; t++) {
            if (entries[t] >= 0) by(t, entries[t]).add(direction);
        }
        if (!grounds.holds(i)) context.recall(flow);
    }

    private Set<Direction> by(int table, int entry) {
        if (entry >= byEntry[table].length) {
            byEntry[table] = Arrays.copyOf(byEntry[table], Integer.highestOneBit(Math.max(entry, 32)) * 2);
        }
        Set<Direction> there = byEntry[table][entry];
        if (there == null) {
            there = new HashSet<>();
            byEntry[table][entry] = there;
        }
        return there;
    }

    @Override
    public void gone(int table, int entry) {
        Set<Direction> there = entry < byEntry[table].length ? byEntry[table][entry] : null;
        if (there == null) return;
        byEntry[table][entry] = null;
        for (Direction each : there) context.recall(each.flow);
    }

    /** What carries a flow has told of it. */
    void reported(OffloadReport report) {
        switch (report) {
            case OffloadReport.Carried(OffloadedFlow flow, FlowTraffic forward, FlowTraffic reverse) ->
                count(flow, forward, reverse);
            case OffloadReport.Released(OffloadedFlow flow, FlowTraffic forward, FlowTraffic reverse) -> {
                count(flow, forward, reverse);
                remove(flow, 0);
                remove(flow, 1);
            }
            case OffloadReport.Refused(OffloadedFlow flow, boolean reverse, boolean _) -> remove(flow, reverse ? 1 : 0);
            case OffloadReport.Recalled _ -> {}
        }
    }

    private void count(OffloadedFlow flow, FlowTraffic forward, FlowTraffic reverse) {
        @Nullable Direction[] directions = flows.get(flow.id());
        if (directions == null) return;
        count(directions[0], forward);
        count(directions[1], reverse);
    }

    private void count(@Nullable Direction direction, FlowTraffic news) {
        if (direction == null || news.packets() == 0) return;
        for (int t = 0; t < direction.entries.length; t++) {
            int entry = direction.entries[t];
            // an entry that went may be another one's by now
            if (entry < 0 || !isBy(direction, t, entry)) continue;
            grounds.carried(t, entry, news.packets(), news.frameOctets(), news.last());
        }
    }

    private boolean isBy(Direction direction, int table, int entry) {
        Set<Direction> there = entry < byEntry[table].length ? byEntry[table][entry] : null;
        return there != null && there.contains(direction);
    }

    private void remove(OffloadedFlow flow, int way) {
        @Nullable Direction[] directions = flows.get(flow.id());
        Direction gone = directions == null ? null : directions[way];
        if (directions == null || gone == null) return;
        directions[way] = null;
        if (directions[1 - way] == null) flows.remove(flow.id());
        for (int t = 0; t < gone.entries.length; t++) {
            int entry = gone.entries[t];
            if (entry < 0 || !isBy(gone, t, entry)) continue;
            Set<Direction> there = by(t, entry);
            there.remove(gone);
            if (there.isEmpty()) byEntry[t][entry] = null;
        }
    }

    /** All flows come back for another reason, and entries may be others. */
    void forget() {
        flows.clear();
        for (@Nullable Set<Direction>[] table : byEntry) Arrays.fill(table, null);
    }
}
