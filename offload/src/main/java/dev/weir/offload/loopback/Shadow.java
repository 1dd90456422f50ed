package dev.weir.offload.loopback;

import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.FlowStats;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Selection;
import dev.weir.offload.model.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The flows that one interface of the backend is believed to have: those that it said it has set. Its clock stands still, so no flow times out here:
 * the backend tells. One thread at a time.
 */
final class Shadow {
    private static final long IFINDEX = 0;

    private final Model model;
    private final MemoryDriver flows;
    private final SharedParts parts = new SharedParts();

    /** @param model a sound one */
    Shadow(Model model) {
        this.model = model;
        this.flows = MemoryDriver.by(() -> 0, Map.of(IFINDEX, model));
    }

    Model model() {
        return model;
    }

    /** Does what the backend did; false where it cannot have done so. */
    boolean apply(FlowChange change, BatchResult said, List<Flow> refused) {
        if (change.errors() == ErrorMode.ATOMIC && said.refused() > 0) return true;
        List<Flow> accepted = accepted(change, refused);
        if (change.kind() != FlowChange.Kind.DELETE)
            accepted = accepted.stream().map(parts::of).toList();
        BatchResult done = apply(copy(change, accepted));
        if (change.kind() == FlowChange.Kind.DELETE) return done.applied() == said.applied();
        for (Flow each : done.told()) replace(each.bare());
        return said.applied() == change.flows().size() - said.refused()
                || !change.errors().goesOn();
    }

    private static FlowChange copy(FlowChange change, List<Flow> flows) {
        return new FlowChange(change.kind(), IFINDEX, flows, change.selection(), ErrorMode.CONTINUE_LOG);
    }

    /** The backend has a flow that clashes with one here: that one is no more, and its end is told later. */
    private void replace(Flow flow) {
        apply(FlowChange.delete(IFINDEX, List.of(flow), Selection.UID, ErrorMode.CONTINUE));
        apply(FlowChange.delete(IFINDEX, List.of(flow), Selection.MATCH, ErrorMode.CONTINUE));
        apply(FlowChange.set(IFINDEX, List.of(flow), ErrorMode.CONTINUE));
    }

    /** The flows of a change that were taken: without those refused, each at its last place, and without those after it that were not tried. */
    private static List<Flow> accepted(FlowChange change, List<Flow> refused) {
        if (refused.isEmpty()) return change.flows();
        List<Flow> accepted = new ArrayList<>(change.flows());
        for (Flow each : refused.reversed()) {
            int at = accepted.lastIndexOf(each.bare());
            if (at < 0) continue;
            if (change.errors().goesOn()) accepted.remove(at);
            else accepted.subList(at, accepted.size()).clear();
        }
        return accepted;
    }

    /** A flow is no more. */
    void ended(Flow flow) {
        apply(new FlowChange(FlowChange.Kind.DELETE, IFINDEX, List.of(flow), Selection.UID, ErrorMode.CONTINUE));
    }

    /** Takes over what another believed, as far as it fits; the rest is returned. */
    List<Flow> takeOver(Shadow before) {
        List<Flow> lost = new ArrayList<>();
        for (Table table : before.model.tables()) {
            lost.addAll(apply(FlowChange.set(IFINDEX, before.flows(table.uid()), ErrorMode.CONTINUE_LOG))
                    .told());
        }
        return lost;
    }

    /** The flows of a table, as they were asked for. */
    List<Flow> flows(long table) {
        return flows.flows(IFINDEX, FlowQuery.all(table)).join().stream()
                .map(flow -> flow.with((FlowStats) null))
                .toList();
    }

    private BatchResult apply(FlowChange change) {
        return flows.change(change).join();
    }
}
