package dev.weir.offload.memory;

import dev.weir.offload.check.Fault;
import dev.weir.offload.check.FlowCheck;
import dev.weir.offload.check.FlowFault;
import dev.weir.offload.check.Match;
import dev.weir.offload.check.TableCheck;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowEvent;
import dev.weir.offload.driver.FlowEvent.Cause;
import dev.weir.offload.driver.Watchers;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One interface: its model, tables and flows. Any thread may call; one at a time is served. */
final class MemoryDevice {
    private final long ifindex;
    private final FlowCheck check;
    private final Watchers watchers;
    private final Map<Long, MemoryTable> tables = new HashMap<>();
    private final Deadlines deadlines = new Deadlines();

    MemoryDevice(long ifindex, Model model, Watchers watchers) {
        this.ifindex = ifindex;
        this.check = FlowCheck.of(model);
        this.watchers = watchers;
        for (TableCheck table : check.tables()) tables.put(table.table().uid(), new MemoryTable(table));
    }

    Model model() {
        return check.model();
    }

    synchronized List<Flow> flows(FlowQuery query, long now) throws FlowFault {
        expire(now);
        return table(Flow.named(query.table(), 0)).told(query, now);
    }

    /** The uid of the flow that the packet is of, which it is counted for; -1 where there is none. */
    synchronized long classify(long table, Match.Packet packet, long octets, long now) throws FlowFault {
        expire(now);
        MemoryEntry entry = table(Flow.named(table, 0)).best(packet);
        if (entry == null) return -1;
        entry.hit(octets, now);
        return entry.flow.uid();
    }

    synchronized BatchResult change(FlowChange change, long now) {
        expire(now);
        MemoryBatch batch = new MemoryBatch(change.errors());
        for (Flow flow : change.flows()) {
            try {
                switch (change.kind()) {
                    case SET -> set(batch, flow, now);
                    case MODIFY -> modify(batch, flow);
                    case DELETE -> delete(batch, flow, change);
                }
            } catch (FlowFault fault) {
                if (!batch.goesOnAfter(flow, fault)) break;
            }
        }
        if (batch.takesBack()) batch.steps().reversed().forEach(this::takeBack);
        else batch.steps().forEach(step -> tell(step, now));
        return batch.result();
    }

    private void set(MemoryBatch batch, Flow flow, long now) throws FlowFault {
        MemoryTable table = table(flow);
        MemoryEntry entry = new MemoryEntry(flow.bare(), table.check().check(flow), now);
        table.add(entry);
        deadlines.add(entry);
        batch.did(new MemoryBatch.Step(table, null, entry));
    }

    private void modify(MemoryBatch batch, Flow flow) throws FlowFault {
        MemoryTable table = table(flow);
        MemoryEntry before = named(table, flow);
        MemoryEntry after = new MemoryEntry(flow.bare(), table.check().check(flow), before);
        table.remove(before);
        try {
            table.add(after);
        } catch (FlowFault fault) {
            table.restore(before);
            throw fault;
        }
        deadlines.remove(before);
        deadlines.add(after);
        batch.did(new MemoryBatch.Step(table, before, after));
    }

    private void delete(MemoryBatch batch, Flow flow, FlowChange change) throws FlowFault {
        MemoryTable table = table(flow);
        switch (change.selection()) {
            case UID -> delete(batch, table, named(table, flow));
            case MATCH -> delete(batch, table, matching(table, flow));
            case COVERED -> {
                for (MemoryEntry each : table.coveredBy(table.check().match(flow))) delete(batch, table, each);
            }
        }
    }

    private void delete(MemoryBatch batch, MemoryTable table, MemoryEntry entry) {
        table.remove(entry);
        deadlines.remove(entry);
        batch.did(new MemoryBatch.Step(table, entry, null));
    }

    private void takeBack(MemoryBatch.Step step) {
        if (step.after() != null) {
            step.table().remove(step.after());
            deadlines.remove(step.after());
        }
        if (step.before() != null) {
            step.table().restore(step.before());
            deadlines.add(step.before());
        }
    }

    private void tell(MemoryBatch.Step step, long now) {
        if (step.after() == null) tell(Cause.DELETED, step.before(), now);
        else tell(step.before() == null ? Cause.SET : Cause.MODIFIED, step.after(), now);
    }

    private void tell(Cause cause, @Nullable MemoryEntry entry, long now) {
        if (entry != null && watchers.want(cause))
            watchers.tell(new FlowEvent.Changed(ifindex, cause, entry.told(now)));
    }

    /** Ends flows whose time is over. */
    synchronized void expire(long now) {
        for (MemoryEntry entry = deadlines.poll(now); entry != null; entry = deadlines.poll(now)) {
            MemoryTable table = tables.get(entry.flow.table());
            if (table != null) table.remove(entry);
            Cause cause = entry.hardDeadline() <= entry.idleDeadline() ? Cause.HARD_TIMEOUT : Cause.IDLE_TIMEOUT;
            tell(cause, entry, now);
        }
    }

    synchronized int timers() {
        return deadlines.size();
    }

    private MemoryTable table(Flow flow) throws FlowFault {
        MemoryTable table = tables.get(flow.table());
        if (table == null) throw check.unknownTable(flow);
        return table;
    }

    private static MemoryEntry named(MemoryTable table, Flow flow) throws FlowFault {
        MemoryEntry entry = table.find(flow.uid());
        if (entry == null) {
            throw table.check()
                    .fault(Fault.NOT_FOUND, flow, "", "there is no flow of that uid; set it first, or name another");
        }
        return entry;
    }

    private static MemoryEntry matching(MemoryTable table, Flow flow) throws FlowFault {
        MemoryEntry entry = table.find(table.check().match(flow), flow.priority());
        if (entry == null) {
            throw table.check()
                    .fault(
                            Fault.NOT_FOUND,
                            flow,
                            "",
                            "there is no flow with these matches and priority " + flow.priority()
                                    + "; name it by uid, or delete what is covered");
        }
        return entry;
    }
}
