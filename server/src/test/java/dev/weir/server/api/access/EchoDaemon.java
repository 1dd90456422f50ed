package dev.weir.server.api.access;

import dev.weir.api.v1.DaemonGrpc;
import dev.weir.api.v1.GetHealthRequest;
import dev.weir.api.v1.GetHealthResponse;
import dev.weir.api.v1.GetVersionRequest;
import dev.weir.api.v1.GetVersionResponse;
import io.grpc.stub.StreamObserver;

/** A daemon that says it is well and of which version it is. */
final class EchoDaemon extends DaemonGrpc.DaemonImplBase {
    static final String VERSION = "9.9";

    @Override
    public void getHealth(GetHealthRequest request, StreamObserver<GetHealthResponse> answer) {
        answer.onNext(GetHealthResponse.newBuilder().setServing(true).build());
        answer.onCompleted();
    }

    @Override
    public void getVersion(GetVersionRequest request, StreamObserver<GetVersionResponse> answer) {
        answer.onNext(GetVersionResponse.newBuilder().setVersion(VERSION).build());
        answer.onCompleted();
    }
}
