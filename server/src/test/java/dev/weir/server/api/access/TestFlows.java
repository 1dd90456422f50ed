package dev.weir.server.api.access;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import dev.weir.api.v1.ConfigureRequest;
import dev.weir.api.v1.ConfigureResponse;
import dev.weir.api.v1.DeleteFlowRequest;
import dev.weir.api.v1.DeleteFlowResponse;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.FlowTableGrpc;
import dev.weir.api.v1.ListFlowsRequest;
import dev.weir.api.v1.ListFlowsResponse;
import dev.weir.api.v1.ScanFlowsRequest;
import dev.weir.api.v1.ScanFlowsResponse;
import dev.weir.api.v1.UpdateFlowsRequest;
import dev.weir.api.v1.UpdateFlowsResponse;
import dev.weir.api.v1.WatchFlowsRequest;
import dev.weir.api.v1.WatchFlowsResponse;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicInteger;

/** A flow table whose flows are numbers: it lists as many as it is asked for, and fails where the filter says so. */
final class TestFlows extends FlowTableGrpc.FlowTableImplBase {
    static final String SECRET = "an internal name that nobody may read";

    /** How many messages of a scan have been made. */
    final AtomicInteger scanned = new AtomicInteger();

    @Override
    public void listFlows(ListFlowsRequest request, StreamObserver<ListFlowsResponse> answer) {
        switch (request.getFilter()) {
            case "throw" -> throw new IllegalStateException(SECRET);
            case "fail" -> answer.onError(new IllegalStateException(SECRET));
            case "refuse" ->
                answer.onError(StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                        .setCode(Code.INVALID_ARGUMENT_VALUE)
                        .setMessage("there is no such column")
                        .addDetails(Any.pack(BadRequest.newBuilder()
                                .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                                        .setField("filter")
                                        .setDescription("refuse"))
                                .build()))
                        .build()));
            default -> {
                ListFlowsResponse.Builder flows = ListFlowsResponse.newBuilder();
                for (int i = 1; i <= request.getPageSize(); i++) {
                    flows.addFlows(Flow.newBuilder().setFlowId(i));
                }
                answer.onNext(flows.build());
                answer.onCompleted();
            }
        }
    }

    @Override
    public void scanFlows(ScanFlowsRequest request, StreamObserver<ScanFlowsResponse> answer) {
        ServerCallStreamObserver<ScanFlowsResponse> stream = (ServerCallStreamObserver<ScanFlowsResponse>) answer;
        AtomicInteger next = new AtomicInteger();
        stream.setOnReadyHandler(() -> {
            while (stream.isReady() && next.get() < request.getLimit()) {
                scanned.incrementAndGet();
                stream.onNext(ScanFlowsResponse.newBuilder()
                        .addFlows(Flow.newBuilder().setFlowId(next.incrementAndGet()))
                        .build());
            }
            if (next.get() == request.getLimit() && next.getAndIncrement() == request.getLimit()) {
                if (request.getFilter().equals("cut")) {
                    stream.onError(Status.UNAVAILABLE
                            .withDescription("the data plane is ending")
                            .asRuntimeException());
                } else {
                    stream.onCompleted();
                }
            }
        });
    }

    /** Tells nothing, for ever. */
    @Override
    public void watchFlows(WatchFlowsRequest request, StreamObserver<WatchFlowsResponse> answer) {
        ((ServerCallStreamObserver<WatchFlowsResponse>) answer).setOnCancelHandler(() -> {});
    }

    @Override
    public void deleteFlow(DeleteFlowRequest request, StreamObserver<DeleteFlowResponse> answer) {
        answer.onNext(DeleteFlowResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void configure(ConfigureRequest request, StreamObserver<ConfigureResponse> answer) {
        answer.onNext(ConfigureResponse.newBuilder().addChanges("max-flows").build());
        answer.onCompleted();
    }

    @Override
    public void updateFlows(UpdateFlowsRequest request, StreamObserver<UpdateFlowsResponse> answer) {
        answer.onNext(updated(request));
        answer.onCompleted();
    }

    @Override
    public StreamObserver<UpdateFlowsRequest> streamUpdates(StreamObserver<UpdateFlowsResponse> answer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(UpdateFlowsRequest request) {
                answer.onNext(updated(request));
            }

            @Override
            public void onError(Throwable why) {}

            @Override
            public void onCompleted() {
                answer.onCompleted();
            }
        };
    }

    private static UpdateFlowsResponse updated(UpdateFlowsRequest request) {
        return UpdateFlowsResponse.newBuilder()
                .setUpdated(request.getChangesCount())
                .build();
    }
}
