package dev.weir.server.api;

import com.google.rpc.Code;
import dev.weir.api.v1.FlowChange;
import dev.weir.api.v1.UpdateFlowsRequest;
import dev.weir.api.v1.UpdateFlowsResponse;
import dev.weir.api.v1.UpdateFlowsResponse.Failure;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.FlowEdit;
import dev.weir.dataplane.graph.FlowEdit.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Changes of many flows at once, each for itself. Any thread. */
final class Updates {
    private static final int MAX_CHANGES = 10_000;

    private final Dataplane plane;
    private final Calls calls;

    Updates(Dataplane plane, Calls calls) {
        this.plane = plane;
        this.calls = calls;
    }

    /**
     * Makes the changes; tells which were not made.
     *
     * @throws Refusal when there are too many
     */
    CompletionStage<UpdateFlowsResponse> update(UpdateFlowsRequest request) {
        int count = request.getChangesCount();
        if (count > MAX_CHANGES) {
            throw Refusal.field("changes", "there are " + count + "; give " + MAX_CHANGES + " at the most");
        }
        var failures = new ArrayList<Failure>();
        var edits = new ArrayList<FlowEdit>(count);
        var indices = new int[count];
        for (int i = 0; i < count; i++) {
            try {
                FlowEdit edit = Edits.read(request.getChanges(i), "changes[" + i + "]");
                indices[edits.size()] = i;
                edits.add(edit);
            } catch (Refusal refusal) {
                failures.add(failure(i, refusal.code(), refusal.message()));
            }
        }
        return plane.edit(edits)
                .thenApplyAsync(outcomes -> answer(request, outcomes, indices, failures), calls.threads());
    }

    private UpdateFlowsResponse answer(
            UpdateFlowsRequest request, List<Outcome> outcomes, int[] indices, List<Failure> failures) {
        int updated = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            int index = indices[i];
            switch (outcomes.get(i)) {
                case CHANGED -> updated++;
                case NO_FLOW -> failures.add(failure(index, Code.NOT_FOUND_VALUE, "there is no such flow"));
                case NO_CHAIN -> {
                    Refusal refusal = noChain(request.getChanges(index), "changes[" + index + "]");
                    failures.add(failure(index, refusal.code(), refusal.message()));
                }
                case BUSY ->
                    failures.add(failure(
                            index,
                            Code.UNAVAILABLE_VALUE,
                            "the flow's worker has too many calls to answer already; ask again"));
            }
        }
        failures.sort(Comparator.comparingInt(Failure::getIndex));
        return UpdateFlowsResponse.newBuilder()
                .setUpdated(updated)
                .addAllFailures(failures)
                .build();
    }

    private static Failure failure(int index, int code, String message) {
        return Failure.newBuilder()
                .setIndex(index)
                .setCode(code)
                .setMessage(message)
                .build();
    }

    /** Why a change cannot be made that names a chain that there is not. */
    Refusal noChain(FlowChange change, String path) {
        var chains = plane.config().allChains().keySet();
        boolean forward = change.hasForwardChain() && !chains.contains(change.getForwardChain());
        return Refusal.field(
                path + (forward ? ".forward_chain" : ".reverse_chain"),
                "there is no such chain; there are " + chains.stream().sorted().toList());
    }
}
