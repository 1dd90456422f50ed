package dev.weir.offload.memory;

import dev.weir.offload.check.FlowFault;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was done of a change so far, so that it can be told, or taken back. */
final class MemoryBatch {
    private final FlowChange change;
    /** Entries that were taken out, in order; with {@link #came} in step where flows are modified. */
    final List<MemoryEntry> gone;
    /** Entries that were put in, in order. */
    final List<MemoryEntry> came;

    private final List<Flow> told = new ArrayList<>();
    private long refused;
    private @Nullable Refusal first;

    MemoryBatch(FlowChange change) {
        this.change = change;
        int flows = change.flows().size();
        this.gone = new ArrayList<>(change.kind() == FlowChange.Kind.SET ? 0 : flows);
        this.came = new ArrayList<>(change.kind() == FlowChange.Kind.DELETE ? 0 : flows);
    }

    FlowChange change() {
        return change;
    }

    /** Notes a refused flow; returns whether the next is tried. */
    boolean goesOnAfter(Flow flow, FlowFault fault) {
        refused++;
        ErrorMode errors = change.errors();
        if (errors.tells()) told.add(flow.bare().with(fault.refusal()));
        if (first == null && errors != ErrorMode.CONTINUE) first = fault.refusal();
        return errors.goesOn();
    }

    /** Whether all that was done is to be undone. */
    boolean takesBack() {
        return change.errors() == ErrorMode.ATOMIC && refused > 0;
    }

    BatchResult result() {
        return new BatchResult(takesBack() ? 0 : Math.max(gone.size(), came.size()), refused, first, told);
    }
}
