package dev.weir.server.p4runtime;

import dev.weir.api.p4.v1.ForwardingPipelineConfig;
import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.Outcome;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.run.Origin;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The program that a device runs, as controllers know it. Immutable; any thread.
 *
 * @param config as it was set; where the program came another way, its P4Info alone
 */
record ForwardingPipeline(ProgramRuntime runtime, ProgramInfo info, ForwardingPipelineConfig config) {
    private static final Origin CONTROLLER = Origin.control("p4runtime", 0);

    CompletableFuture<List<Outcome>> write(List<Change> changes, Atomicity atomicity) {
        return runtime.write(changes, atomicity, CONTROLLER);
    }
}
