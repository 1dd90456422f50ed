package dev.weir.server.standby;

import dev.weir.api.v1.FollowFlowsRequest;
import dev.weir.api.v1.FollowFlowsResponse;
import dev.weir.api.v1.GetStandbyRequest;
import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.api.v1.StandbyGrpc;
import dev.weir.api.v1.TakeOverRequest;
import dev.weir.api.v1.TakeOverResponse;
import dev.weir.api.v1.YieldRequest;
import dev.weir.api.v1.YieldResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The calls of {@code weir.v1.Standby}. Any thread that may wait for some seconds. */
public final class StandbyService extends StandbyGrpc.StandbyImplBase {
    private final @Nullable Pair pair;

    /** @param pair null where there is no other machine */
    public StandbyService(@Nullable Pair pair) {
        this.pair = pair;
    }

    /** What a call does. */
    private interface Work<T> {
        T of(Pair pair) throws IOException;
    }

    private <T> void answer(StreamObserver<T> caller, Work<T> work) {
        try {
            Pair of = pair;
            if (of == null) {
                throw none();
            }
            caller.onNext(work.of(of));
            caller.onCompleted();
        } catch (IOException e) {
            caller.onError(
                    Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asRuntimeException());
        } catch (StatusRuntimeException e) {
            caller.onError(e);
        }
    }

    private static StatusRuntimeException none() {
        return Status.FAILED_PRECONDITION
                .withDescription(
                        "there is no second machine; give 'standby: {of: ..., file: ...}' in the configuration")
                .asRuntimeException();
    }

    @Override
    public void getStandby(GetStandbyRequest request, StreamObserver<GetStandbyResponse> caller) {
        answer(caller, Pair::status);
    }

    @Override
    public void takeOver(TakeOverRequest request, StreamObserver<TakeOverResponse> caller) {
        answer(
                caller,
                of -> TakeOverResponse.newBuilder()
                        .setTerm(of.takeOver().message())
                        .build());
    }

    @Override
    public void yield(YieldRequest request, StreamObserver<YieldResponse> caller) {
        answer(caller, of -> of.yieldTo(Term.of(request.getTerm())));
    }

    @Override
    public StreamObserver<FollowFlowsRequest> followFlows(StreamObserver<FollowFlowsResponse> caller) {
        try {
            Pair of = pair;
            if (of == null) {
                throw none();
            }
            return of.feeder().feed((ServerCallStreamObserver<FollowFlowsResponse>) caller);
        } catch (StatusRuntimeException e) {
            caller.onError(e);
            return new Ended();
        }
    }

    /** Takes what still comes of a call that was refused. */
    private static final class Ended implements StreamObserver<FollowFlowsRequest> {
        @Override
        public void onNext(FollowFlowsRequest request) {}

        @Override
        public void onError(Throwable why) {}

        @Override
        public void onCompleted() {}
    }
}
