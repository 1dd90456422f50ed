package dev.weir.offload.memory;

import dev.weir.offload.check.FlowFault;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was done of a batch so far, so that it can be told, or taken back. */
final class MemoryBatch {
    /** An entry that came, went, or took another's place. */
    record Step(
            MemoryTable table,
            @Nullable MemoryEntry before,
            @Nullable MemoryEntry after) {}

    private final ErrorMode errors;
    private final List<Step> steps = new ArrayList<>();
    private final List<Flow> told = new ArrayList<>();
    private long refused;
    private @Nullable Refusal first;

    MemoryBatch(ErrorMode errors) {
        this.errors = errors;
    }

    void did(Step step) {
        steps.add(step);
    }

    List<Step> steps() {
        return steps;
    }

    /** Notes a refused flow; returns whether the next is tried. */
    boolean goesOnAfter(Flow flow, FlowFault fault) {
        refused++;
        if (errors.tells()) told.add(flow.bare().with(fault.refusal()));
        if (first == null && errors != ErrorMode.CONTINUE) first = fault.refusal();
        return errors.goesOn();
    }

    /** Whether all that was done is to be undone. */
    boolean takesBack() {
        return errors == ErrorMode.ATOMIC && refused > 0;
    }

    BatchResult result() {
        return new BatchResult(takesBack() ? 0 : steps.size(), refused, first, told);
    }
}
