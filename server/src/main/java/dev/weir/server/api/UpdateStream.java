package dev.weir.server.api;

import dev.weir.api.v1.UpdateFlowsRequest;
import dev.weir.api.v1.UpdateFlowsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * A stream of updates: takes the next request when the one before is answered, so answers are in the order of requests,
 * and nothing piles up.
 */
final class UpdateStream implements StreamObserver<UpdateFlowsRequest> {
    private static final String METHOD = "FlowTable.StreamUpdates";

    private final Updates updates;
    private final Calls calls;
    private final ServerCallStreamObserver<UpdateFlowsResponse> caller;
    /** Guarded by this. */
    private boolean busy, ended;

    UpdateStream(Updates updates, Calls calls, ServerCallStreamObserver<UpdateFlowsResponse> caller) {
        this.updates = updates;
        this.calls = calls;
        this.caller = caller;
        caller.disableAutoRequest();
        caller.setOnCancelHandler(() -> {});
        caller.request(1);
    }

    @Override
    public void onNext(UpdateFlowsRequest request) {
        synchronized (this) {
            busy = true;
        }
        calls.begin(METHOD, caller, () -> {
            var _ = updates.update(request)
                    .whenCompleteAsync(
                            (answer, why) -> {
                                if (why != null) {
                                    calls.refuse(METHOD, caller, why);
                                } else {
                                    tell(answer);
                                }
                            },
                            calls.threads());
        });
    }

    private void tell(UpdateFlowsResponse answer) {
        try {
            caller.onNext(answer);
            if (mayEnd()) {
                caller.onCompleted();
            } else {
                caller.request(1);
            }
        } catch (RuntimeException _) {
            // the caller has gone
        }
    }

    private synchronized boolean mayEnd() {
        busy = false;
        return ended;
    }

    @Override
    public void onError(Throwable why) {
        // the caller has gone
    }

    @Override
    public void onCompleted() {
        synchronized (this) {
            ended = true;
            if (busy) {
                return;
            }
        }
        caller.onCompleted();
    }
}
