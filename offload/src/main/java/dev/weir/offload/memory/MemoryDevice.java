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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One interface: its model, tables and flows. Any thread may call; one at a time is served. */
final class MemoryDevice {
    private final long ifindex;
    private final FlowCheck check;
    private final EngineSide engine;
    private final Watchers watchers;
    private final TableSet tables = new TableSet();
    private final Deadlines deadlines = new Deadlines();
    private final LookAhead lookAhead = new LookAhead(tables);

    MemoryDevice(long ifindex, Model model, FlowEngine engine, Watchers watchers) {
        this.ifindex = ifindex;
        this.check = FlowCheck.of(model);
        this.engine = new EngineSide(engine, ifindex);
        this.watchers = watchers;
        for (TableCheck table : check.tables()) {
            tables.add(new MemoryTable(table, engine.ordersEqualMatches()));
        }
    }

    Model model() {
        return check.model();
    }

    synchronized List<Flow> flows(FlowQuery query, long now) throws FlowFault {
        expire(now);
        List<Flow> flows = new ArrayList<>();
        for (MemoryEntry entry : table(Flow.named(query.table(), 0)).wanted(query)) {
            engine.look(entry);
            flows.add(entry.told(now));
        }
        return flows;
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
        MemoryBatch batch = new MemoryBatch(change);
        List<Flow> flows = change.flows();
        for (int i = 0; i < flows.size(); i++) {
            if (i % LookAhead.FLOWS == 0) lookAhead.at(change, i);
            try {
                change(batch, flows.get(i), lookAhead.match(i), now);
            } catch (FlowFault fault) {
                if (!batch.goesOnAfter(flows.get(i), fault)) break;
            }
        }
        if (batch.takesBack()) takeBack(batch, now);
        else finish(batch, now);
        return batch.result();
    }

    /** @param checked the flow's match, where it is known already that it fits */
    private void change(MemoryBatch batch, Flow flow, @Nullable Match checked, long now) throws FlowFault {
        MemoryTable table = table(flow);
        switch (batch.change().kind()) {
            case SET -> set(batch, table, flow, checked == null ? table.check().check(flow) : checked, now);
            case MODIFY -> modify(batch, table, flow);
            case DELETE -> delete(batch, table, flow);
        }
    }

    private void set(MemoryBatch batch, MemoryTable table, Flow flow, Match match, long now) throws FlowFault {
        MemoryEntry entry = new MemoryEntry(flow.bare(), match, now);
        table.add(entry);
        try {
            engine.put(entry);
        } catch (FlowFault fault) {
            table.remove(entry);
            throw fault;
        }
        deadlines.add(entry);
        batch.came.add(entry);
    }

    private void modify(MemoryBatch batch, MemoryTable table, Flow flow) throws FlowFault {
        MemoryEntry before = named(table, flow);
        MemoryEntry after = new MemoryEntry(flow.bare(), table.check().check(flow), before);
        table.remove(before);
        try {
            table.add(after);
            swap(table, before, after);
        } catch (FlowFault fault) {
            table.restore(before);
            throw fault;
        }
        deadlines.remove(before);
        deadlines.add(after);
        batch.gone.add(before);
        batch.came.add(after);
    }

    /** Has the engine do the one instead of the other; where it cannot, the table has neither, and it throws. */
    private void swap(MemoryTable table, MemoryEntry before, MemoryEntry after) throws FlowFault {
        try {
            engine.swap(before, after);
        } catch (FlowFault fault) {
            table.remove(after);
            throw fault;
        }
    }

    private void delete(MemoryBatch batch, MemoryTable table, Flow flow) throws FlowFault {
        switch (batch.change().selection()) {
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
        batch.gone.add(entry);
    }

    private void finish(MemoryBatch batch, long now) {
        switch (batch.change().kind()) {
            case SET -> tell(Cause.SET, batch.came, now);
            case MODIFY -> tell(Cause.MODIFIED, batch.came, now);
            case DELETE -> {
                engine.remove(batch.gone);
                tell(Cause.DELETED, batch.gone, now);
            }
        }
    }

    private void takeBack(MemoryBatch batch, long now) {
        switch (batch.change().kind()) {
            case SET -> {
                batch.came.reversed().forEach(this::takeOut);
                engine.remove(batch.came);
            }
            case DELETE -> batch.gone.reversed().forEach(this::putBack);
            case MODIFY -> {
                for (int i = batch.gone.size() - 1; i >= 0; i--) {
                    swapBack(batch.came.get(i), batch.gone.get(i), now);
                }
            }
        }
    }

    private void takeOut(MemoryEntry entry) {
        tableOf(entry).remove(entry);
        deadlines.remove(entry);
    }

    private void putBack(MemoryEntry entry) {
        tableOf(entry).restore(entry);
        deadlines.add(entry);
    }

    /** What was modified is as before; where the engine no longer can, the flow is lost. */
    private void swapBack(MemoryEntry after, MemoryEntry before, long now) {
        takeOut(after);
        try {
            engine.swap(after, before);
            putBack(before);
        } catch (FlowFault fault) {
            engine.remove(List.of(after));
            tell(Cause.LOST, List.of(after), now);
        }
    }

    private void tell(Cause cause, List<MemoryEntry> entries, long now) {
        if (!watchers.want(cause)) return;
        for (int i = 0; i < entries.size(); i++) {
            engine.look(entries.get(i));
            watchers.tell(new FlowEvent.Changed(ifindex, cause, entries.get(i).told(now)));
        }
    }

    /** Ends flows whose time is over. */
    synchronized void expire(long now) {
        MemoryEntry entry = deadlines.poll(now, engine);
        if (entry == null) return;
        List<MemoryEntry> ended = new ArrayList<>();
        for (; entry != null; entry = deadlines.poll(now, engine)) {
            tableOf(entry).remove(entry);
            ended.add(entry);
        }
        List<Cause> causes = ended.stream().map(MemoryDevice::cause).toList();
        engine.remove(ended);
        for (int i = 0; i < ended.size(); i++) tell(causes.get(i), List.of(ended.get(i)), now);
    }

    private static Cause cause(MemoryEntry entry) {
        return entry.hardDeadline() <= entry.idleDeadline() ? Cause.HARD_TIMEOUT : Cause.IDLE_TIMEOUT;
    }

    synchronized int timers() {
        return deadlines.size();
    }

    private MemoryTable tableOf(MemoryEntry entry) {
        return Objects.requireNonNull(tables.find(entry.flow.table()));
    }

    private MemoryTable table(Flow flow) throws FlowFault {
        MemoryTable table = tables.find(flow.table());
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
