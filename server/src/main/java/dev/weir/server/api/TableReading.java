package dev.weir.server.api;

import dev.weir.api.v1.ReadTableFlowsRequest;
import dev.weir.api.v1.ReadTableFlowsResponse;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Table;
import dev.weir.server.flowtables.FlowTableDrivers.Device;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One stream of a device's flows: a document is made when its reader can take one. Turns are taken one at a time, in the threads of calls. */
final class TableReading {
    static final String METHOD = "FlowTables.ReadTableFlows";

    /** Flows a document. */
    private static final int MESSAGE = 500;

    private static final long NO_BOUND = 0xFFFF_FFFFL;

    private final Calls calls;
    private final ServerCallStreamObserver<ReadTableFlowsResponse> reader;
    /** Guarded by this. */
    private List<Flow> flows = List.of();

    private int told;
    private boolean ready, over;

    TableReading(Calls calls, ServerCallStreamObserver<ReadTableFlowsResponse> reader) {
        this.calls = calls;
        this.reader = reader;
    }

    /** Asks the device. */
    void begin(Device device, ReadTableFlowsRequest request) {
        var _ = DeviceCalls.answered(read(device, request))
                .whenCompleteAsync(
                        (all, why) -> {
                            if (all == null)
                                calls.refuse(METHOD, reader, why == null ? new IllegalStateException() : why);
                            else tell(all);
                        },
                        calls.threads());
    }

    private static CompletableFuture<List<Flow>> read(Device device, ReadTableFlowsRequest request) {
        if (request.hasTable()) {
            return device.driver().flows(device.ifindex(), query(request, Integer.toUnsignedLong(request.getTable())));
        }
        return device.driver().model(device.ifindex()).thenCompose(model -> all(device, request, model));
    }

    private static CompletionStage<List<Flow>> all(Device device, ReadTableFlowsRequest request, Model model) {
        CompletableFuture<List<Flow>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Table table : model.tables()) {
            all = all.thenCombine(
                    device.driver().flows(device.ifindex(), query(request, table.uid())), TableReading::joined);
        }
        return all;
    }

    private static List<Flow> joined(List<Flow> before, List<Flow> more) {
        before.addAll(more);
        return before;
    }

    private static FlowQuery query(ReadTableFlowsRequest request, long table) {
        long least = Integer.toUnsignedLong(request.getMinPriority());
        long greatest = request.hasMaxPriority() ? Integer.toUnsignedLong(request.getMaxPriority()) : NO_BOUND;
        try {
            return new FlowQuery(table, least, greatest);
        } catch (IllegalArgumentException e) {
            throw Refusal.field("min_priority", String.valueOf(e.getMessage()));
        }
    }

    private synchronized void tell(List<Flow> all) {
        flows = all;
        ready = true;
        turn();
    }

    /** The reader can take more. Any thread. */
    void wake() {
        if (!reader.isCancelled()) calls.threads().execute(this::turn);
    }

    private synchronized void turn() {
        if (!ready || over) return;
        try {
            while (told < flows.size() && reader.isReady()) {
                int end = Math.min(flows.size(), told + MESSAGE);
                reader.onNext(ReadTableFlowsResponse.newBuilder()
                        .setDocument(DeviceCalls.document(flows.subList(told, end)))
                        .build());
                told = end;
            }
            if (told < flows.size()) return;
            over = true;
            reader.onCompleted();
        } catch (RuntimeException _) {
            over = true; // the reader has gone
        }
    }
}
