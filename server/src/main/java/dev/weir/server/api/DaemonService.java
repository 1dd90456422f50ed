package dev.weir.server.api;

import com.google.protobuf.Timestamp;
import dev.weir.api.v1.DaemonGrpc;
import dev.weir.api.v1.GetCallerRequest;
import dev.weir.api.v1.GetCallerResponse;
import dev.weir.api.v1.GetHealthRequest;
import dev.weir.api.v1.GetHealthResponse;
import dev.weir.api.v1.GetVersionRequest;
import dev.weir.api.v1.GetVersionResponse;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.server.api.access.Callers;
import dev.weir.wire.PortState;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** The calls of {@code weir.v1.Daemon}. Any thread. */
final class DaemonService extends DaemonGrpc.DaemonImplBase {
    private static final String API = "weir.v1";

    private final Dataplane plane;
    private final Calls calls;
    private final GetVersionResponse version;

    DaemonService(Dataplane plane, Calls calls, String version, String run) {
        this.plane = plane;
        this.calls = calls;
        Instant now = Instant.now();
        this.version = GetVersionResponse.newBuilder()
                .setVersion(version)
                .setJava(Runtime.version().toString())
                .setStarted(
                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .setRun(run)
                .addApi(API)
                .build();
    }

    @Override
    public void getHealth(GetHealthRequest request, StreamObserver<GetHealthResponse> caller) {
        calls.answer("Daemon.GetHealth", caller, () -> CompletableFuture.completedFuture(health()));
    }

    private GetHealthResponse health() {
        long down = plane.ports().stream()
                .filter(port -> port.state() == PortState.DOWN || port.state() == PortState.GONE)
                .count();
        return GetHealthResponse.newBuilder()
                .setServing(plane.isServing())
                .setPortsDown((int) down)
                .build();
    }

    @Override
    public void getVersion(GetVersionRequest request, StreamObserver<GetVersionResponse> caller) {
        calls.answer("Daemon.GetVersion", caller, () -> CompletableFuture.completedFuture(version));
    }

    @Override
    public void getCaller(GetCallerRequest request, StreamObserver<GetCallerResponse> caller) {
        GetCallerResponse who = Callers.current();
        calls.answer("Daemon.GetCaller", caller, () -> CompletableFuture.completedFuture(who));
    }
}
