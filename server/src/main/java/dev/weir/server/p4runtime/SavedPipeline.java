package dev.weir.server.p4runtime;

import dev.weir.api.p4.v1.WriteRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that was saved and does not run yet, with what is to be written to it when it does (P4Runtime 1.5, VERIFY_AND_SAVE). Updates are looked at when they
 * come; what tables say to them is known when they run. Any thread.
 */
final class SavedPipeline {
    /** Updates, in all requests together. */
    private static final int MOST_UPDATES = 1 << 20;

    private final PipelineConfigs.Verified verified;
    private final Changes changes;
    private final List<WriteRequest> requests = new ArrayList<>();
    private int updates;

    SavedPipeline(PipelineConfigs.Verified verified) {
        this.verified = verified;
        changes = new Changes(verified.info());
    }

    PipelineConfigs.Verified verified() {
        return verified;
    }

    Changes changes() {
        return changes;
    }

    /** @param request whose updates are right */
    synchronized void add(WriteRequest request) throws EntityFault {
        if (updates + request.getUpdatesCount() > MOST_UPDATES) {
            throw new EntityFault(
                    com.google.rpc.Code.RESOURCE_EXHAUSTED, "updates: too many since the program was saved; commit it");
        }
        updates += request.getUpdatesCount();
        requests.add(request);
    }

    /** Does what was written. */
    synchronized void replay(ForwardingPipeline runs, DigestLists digests) throws EntityFault {
        for (WriteRequest request : requests) {
            var _ = new WriteCall(request, changes, digests).on(runs).join();
        }
        requests.clear();
    }
}
