package dev.weir.bench.wire;

import dev.weir.api.UnixSockets;
import dev.weir.api.v1.ClearCountersRequest;
import dev.weir.api.v1.DataplaneGrpc;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.FlowChange;
import dev.weir.api.v1.FlowTableGrpc;
import dev.weir.api.v1.GetCountersRequest;
import dev.weir.api.v1.GetCountersResponse;
import dev.weir.api.v1.ListWorkersRequest;
import dev.weir.api.v1.ScanFlowsRequest;
import dev.weir.api.v1.ScanFlowsResponse;
import dev.weir.api.v1.UpdateFlowsRequest;
import dev.weir.api.v1.UpdateFlowsResponse;
import dev.weir.api.v1.Worker;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** An application: one connection to a daemon's Unix socket, and the calls that are measured. One thread. */
final class ApiClient implements AutoCloseable {
    /** Requests of a stream of updates that may be under way. */
    private static final int WINDOW = 8;

    private final ManagedChannel channel;

    ApiClient(Path socket) {
        channel = open(socket);
    }

    static ManagedChannel open(Path socket) {
        return OkHttpChannelBuilder.forAddress("127.0.0.1", 1)
                .overrideAuthority("localhost")
                .proxyDetector(_ -> null)
                .usePlaintext()
                .socketFactory(new UnixSockets(socket))
                .build();
    }

    GetCountersResponse counters() {
        return DataplaneGrpc.newBlockingStub(channel).getCounters(GetCountersRequest.getDefaultInstance());
    }

    List<Worker> workers() {
        return DataplaneGrpc.newBlockingStub(channel)
                .listWorkers(ListWorkersRequest.getDefaultInstance())
                .getWorkersList();
    }

    void clearCounters() {
        DataplaneGrpc.newBlockingStub(channel).clearCounters(ClearCountersRequest.getDefaultInstance());
    }

    /** Reads up to {@code limit} flows, all of them where that is 0; how many came. */
    long scan(long limit, Consumer<Flow> each) {
        var answers = FlowTableGrpc.newBlockingStub(channel)
                .scanFlows(ScanFlowsRequest.newBuilder().setLimit(limit).build());
        long count = 0;
        while (answers.hasNext()) {
            ScanFlowsResponse answer = answers.next();
            answer.getFlowsList().forEach(each);
            count += answer.getFlowsCount();
        }
        return count;
    }

    /** Requests that each give {@code batch} of {@code flows} flows a number. */
    List<UpdateFlowsRequest> updates(int flows, int batch) {
        var requests = new ArrayList<UpdateFlowsRequest>();
        var next = UpdateFlowsRequest.newBuilder();
        var changes = new ArrayList<FlowChange>();
        scan(
                flows,
                flow -> changes.add(FlowChange.newBuilder()
                        .setKey(flow.getKey())
                        .setCtxId(changes.size())
                        .build()));
        for (FlowChange change : changes) {
            next.addChanges(change);
            if (next.getChangesCount() == batch) {
                requests.add(next.build());
                next.clear();
            }
        }
        return requests;
    }

    /** Sends the requests over and over on one stream for that long; flows changed a second. */
    double updatesPerSecond(List<UpdateFlowsRequest> requests, double seconds) throws IOException {
        var window = new Semaphore(WINDOW);
        var changed = new AtomicLong();
        var over = new CompletableFuture<Void>();
        StreamObserver<UpdateFlowsRequest> stream = FlowTableGrpc.newStub(channel)
                .streamUpdates(new StreamObserver<>() {
                    @Override
                    public void onNext(UpdateFlowsResponse answer) {
                        changed.addAndGet(answer.getUpdated());
                        window.release();
                    }

                    @Override
                    public void onError(Throwable why) {
                        over.completeExceptionally(why);
                        window.release(WINDOW);
                    }

                    @Override
                    public void onCompleted() {
                        over.complete(null);
                    }
                });
        long begun = System.nanoTime();
        try {
            for (int i = 0; System.nanoTime() - begun < seconds * 1e9 && !over.isDone(); i++) {
                window.acquire();
                stream.onNext(requests.get(i % requests.size()));
            }
            stream.onCompleted();
            over.get();
        } catch (ExecutionException e) {
            throw new IOException("updates ended: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while flows were updated", e);
        }
        return changed.get() * 1e9 / (System.nanoTime() - begun);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
