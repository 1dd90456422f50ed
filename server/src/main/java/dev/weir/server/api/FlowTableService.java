package dev.weir.server.api;

import com.google.protobuf.Duration;
import dev.weir.api.v1.ConfigureRequest;
import dev.weir.api.v1.ConfigureResponse;
import dev.weir.api.v1.DeleteFlowRequest;
import dev.weir.api.v1.DeleteFlowResponse;
import dev.weir.api.v1.FlowTableGrpc;
import dev.weir.api.v1.GetFlowRequest;
import dev.weir.api.v1.GetFlowResponse;
import dev.weir.api.v1.GroupFlowsRequest;
import dev.weir.api.v1.GroupFlowsResponse;
import dev.weir.api.v1.ListFlowsRequest;
import dev.weir.api.v1.ListFlowsResponse;
import dev.weir.api.v1.PurgeFlowsRequest;
import dev.weir.api.v1.PurgeFlowsResponse;
import dev.weir.api.v1.ScanFlowsRequest;
import dev.weir.api.v1.ScanFlowsResponse;
import dev.weir.api.v1.UpdateFlowRequest;
import dev.weir.api.v1.UpdateFlowResponse;
import dev.weir.api.v1.UpdateFlowsRequest;
import dev.weir.api.v1.UpdateFlowsResponse;
import dev.weir.api.v1.WatchFlowsRequest;
import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.FlowEdit;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.Lifetime;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The calls of {@code weir.v1.FlowTable}. Any thread. */
final class FlowTableService extends FlowTableGrpc.FlowTableImplBase {
    /** Walks over all flows at a time: each costs every worker some time between its vectors. */
    private static final int MAX_WALKS = 32;
    /** Of those, calls that sum up: each takes up to 8 MiB a grouping, of which there are four at the most, and as much again of one that grows. */
    private static final int MAX_GROUPINGS = 8;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Dataplane plane;
    private final Calls calls;
    private final Watchers watchers;
    private final FlowLists lists;
    private final Updates updates;
    private final Walks walks = new Walks(MAX_WALKS, "look at all flows");
    private final Walks groupings = new Walks(MAX_GROUPINGS, "add up flows");

    FlowTableService(Dataplane plane, Calls calls, Watchers watchers) {
        this.watchers = watchers;
        this.plane = plane;
        this.calls = calls;
        lists = new FlowLists(plane, calls.threads());
        updates = new Updates(plane, calls);
    }

    @Override
    public void configure(ConfigureRequest request, StreamObserver<ConfigureResponse> caller) {
        calls.answer(
                "FlowTable.Configure",
                caller,
                () -> CompletableFuture.completedFuture(Configuring.configure(plane, request)));
    }

    @Override
    public void getFlow(GetFlowRequest request, StreamObserver<GetFlowResponse> caller) {
        calls.answer(
                "FlowTable.GetFlow",
                caller,
                () -> plane.lookup(Keys.read(request.getKey(), "key"))
                        .thenApplyAsync(flow -> answer(found(flow)), calls.threads()));
    }

    private static GetFlowResponse answer(FlowRecord flow) {
        var answer = GetFlowResponse.newBuilder().setFlow(Messages.flow(flow));
        if (flow.lifetimeMillis() != Lifetime.NEVER) {
            // the record is of the table's own time
            long left = Math.max(0, flow.endTime() + lifetimeNanos(flow) - flow.at());
            answer.setRemaining(
                    Duration.newBuilder().setSeconds(left / SECOND_NANOS).setNanos((int) (left % SECOND_NANOS)));
        }
        return answer.build();
    }

    private static long lifetimeNanos(FlowRecord flow) {
        return TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(flow.lifetimeMillis()));
    }

    private static FlowRecord found(Optional<FlowRecord> flow) {
        return flow.orElseThrow(FlowTableService::noFlow);
    }

    private static Refusal noFlow() {
        return Refusal.notFound("there is no such flow");
    }

    @Override
    public void listFlows(ListFlowsRequest request, StreamObserver<ListFlowsResponse> caller) {
        calls.answer("FlowTable.ListFlows", caller, () -> walks.during(() -> lists.list(request)));
    }

    @Override
    public void groupFlows(GroupFlowsRequest request, StreamObserver<GroupFlowsResponse> caller) {
        calls.answer(
                "FlowTable.GroupFlows",
                caller,
                () -> walks.during(() -> groupings.during(() -> Grouping.of(request, plane, calls.threads()))));
    }

    @Override
    public void scanFlows(ScanFlowsRequest request, StreamObserver<ScanFlowsResponse> caller) {
        var reader = (ServerCallStreamObserver<ScanFlowsResponse>) caller;
        var scan = new LateScan();
        reader.setOnReadyHandler(scan::wake);
        reader.setOnCancelHandler(scan::wake);
        boolean binary = Wire.isBinary();
        calls.begin("FlowTable.ScanFlows", caller, () -> {
            Filters filter = Filters.read(request.getFilter(), "filter");
            long limit = request.getLimit() == 0 ? Long.MAX_VALUE : request.getLimit() & Long.MAX_VALUE;
            walks.begin();
            scan.begin(new Scan(plane, calls, filter, limit, reader, binary, walks::end));
        });
    }

    /** A scan that may not have begun when its stream already tells that it is ready. */
    private static final class LateScan {
        private volatile Optional<Scan> scan = Optional.empty();

        void begin(Scan made) {
            scan = Optional.of(made);
            made.start();
        }

        void wake() {
            scan.ifPresent(Scan::wake);
        }
    }

    @Override
    public void updateFlow(UpdateFlowRequest request, StreamObserver<UpdateFlowResponse> caller) {
        calls.answer(
                "FlowTable.UpdateFlow",
                caller,
                () -> plane.edit(Edits.read(request.getChange(), "change"))
                        .thenApplyAsync(
                                result -> UpdateFlowResponse.newBuilder()
                                        .setFlow(Messages.flow(changed(result, request)))
                                        .build(),
                                calls.threads()));
    }

    private FlowRecord changed(FlowEdit.Result result, UpdateFlowRequest request) {
        return switch (result.outcome()) {
            case CHANGED -> found(result.flow());
            case NO_FLOW -> throw noFlow();
            case NO_CHAIN -> throw updates.noChain(request.getChange(), "change");
            case BUSY -> throw Refusal.unavailable("the flow's worker has too many calls to answer already; ask again");
        };
    }

    @Override
    public void updateFlows(UpdateFlowsRequest request, StreamObserver<UpdateFlowsResponse> caller) {
        calls.answer("FlowTable.UpdateFlows", caller, () -> updates.update(request));
    }

    @Override
    public StreamObserver<UpdateFlowsRequest> streamUpdates(StreamObserver<UpdateFlowsResponse> caller) {
        return new UpdateStream(updates, calls, (ServerCallStreamObserver<UpdateFlowsResponse>) caller);
    }

    @Override
    public void deleteFlow(DeleteFlowRequest request, StreamObserver<DeleteFlowResponse> caller) {
        calls.answer("FlowTable.DeleteFlow", caller, () -> {
            FlowKey key = Keys.read(request.getKey(), "key");
            return plane.delete(key).thenApply(deleted -> {
                if (!deleted) {
                    throw noFlow();
                }
                return DeleteFlowResponse.getDefaultInstance();
            });
        });
    }

    @Override
    public void purgeFlows(PurgeFlowsRequest request, StreamObserver<PurgeFlowsResponse> caller) {
        calls.answer("FlowTable.PurgeFlows", caller, () -> {
            Filters filter = Filters.read(request.getFilter(), "filter");
            return walks.during(() -> plane.purge(filter.which())
                    .thenApply(purged ->
                            PurgeFlowsResponse.newBuilder().setPurged(purged).build()));
        });
    }

    @Override
    public void watchFlows(WatchFlowsRequest request, StreamObserver<WatchFlowsResponse> caller) {
        watchers.watch(request, (ServerCallStreamObserver<WatchFlowsResponse>) caller);
    }
}
