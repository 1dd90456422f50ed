package dev.weir.server.api;

import dev.weir.api.v1.ChangeTableFlowsRequest;
import dev.weir.api.v1.ChangeTableFlowsResponse;
import dev.weir.api.v1.FlowTableDriver;
import dev.weir.api.v1.FlowTablesGrpc;
import dev.weir.api.v1.GetModelRequest;
import dev.weir.api.v1.GetModelResponse;
import dev.weir.api.v1.ListDriversRequest;
import dev.weir.api.v1.ListDriversResponse;
import dev.weir.api.v1.ReadTableFlowsRequest;
import dev.weir.api.v1.ReadTableFlowsResponse;
import dev.weir.api.v1.WatchTableFlowsRequest;
import dev.weir.api.v1.WatchTableFlowsResponse;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.Capabilities;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.loopback.LoopbackCounts;
import dev.weir.offload.loopback.LoopbackDriver;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Selection;
import dev.weir.server.flowtables.FlowTableDrivers;
import dev.weir.server.flowtables.FlowTableDrivers.Device;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** The calls of {@code weir.v1.FlowTables}. Any thread. */
final class FlowTablesService extends FlowTablesGrpc.FlowTablesImplBase {
    private final FlowTableDrivers drivers;
    private final Calls calls;
    private final TableWatchers watchers;
    private final DeviceCalls devices;

    FlowTablesService(FlowTableDrivers drivers, Calls calls, TableWatchers watchers) {
        this.drivers = drivers;
        this.calls = calls;
        this.watchers = watchers;
        devices = new DeviceCalls(drivers);
    }

    @Override
    public void listDrivers(ListDriversRequest request, StreamObserver<ListDriversResponse> caller) {
        calls.answer("FlowTables.ListDrivers", caller, () -> {
            ListDriversResponse.Builder answer = ListDriversResponse.newBuilder();
            drivers.all().forEach((name, driver) -> answer.addDrivers(described(name, driver)));
            return CompletableFuture.completedFuture(answer.build());
        });
    }

    private static FlowTableDriver described(String name, FlowDriver driver) {
        Capabilities can = driver.capabilities();
        FlowTableDriver.Builder described = FlowTableDriver.newBuilder()
                .setName(name)
                .setKind(driver.name())
                .setMaxBatch(can.maxBatch())
                .setReady(true);
        new TreeSet<>(driver.interfaces()).forEach(ifindex -> described.addInterfaces((int) (long) ifindex));
        new TreeSet<>(can.features()).forEach(feature -> described.addFeatures(feature.toString()));
        if (driver instanceof LoopbackDriver loopback) {
            String problem = loopback.problem();
            described
                    .setReady(loopback.isReady())
                    .setProblem(problem == null ? "" : problem)
                    .putAllCounters(counters(loopback.counts()));
        }
        return described.build();
    }

    private static Map<String, Long> counters(LoopbackCounts counts) {
        return Map.of(
                "links",
                counts.links(),
                "timed_out",
                counts.timedOut(),
                "stray",
                counts.stray(),
                "wrong",
                counts.wrong(),
                "repaired",
                counts.repaired(),
                "lost",
                counts.lost());
    }

    @Override
    public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> caller) {
        calls.answer("FlowTables.GetModel", caller, () -> {
            Device device = devices.found(request.getInterface());
            GetModelRequest.Part part = request.getPart();
            if (part == GetModelRequest.Part.PART_UNSPECIFIED || part == GetModelRequest.Part.UNRECOGNIZED) {
                throw Refusal.field("part", "is missing; give HEADERS, ACTIONS, TABLES, HEADER_GRAPH or TABLE_GRAPH");
            }
            return DeviceCalls.answered(device.driver().model(device.ifindex()))
                    .thenApply(model -> GetModelResponse.newBuilder()
                            .setDocument(JsonDocuments.write(part(model, part)))
                            .build());
        });
    }

    private static Document part(Model model, GetModelRequest.Part part) {
        return switch (part) {
            case HEADERS -> new Document.Headers(model.headers());
            case ACTIONS -> new Document.Actions(model.actions());
            case HEADER_GRAPH -> new Document.HeaderGraph(model.headerGraph());
            case TABLE_GRAPH -> new Document.TableGraph(model.tableGraph());
            default -> new Document.Tables(model.tables());
        };
    }

    @Override
    public void readTableFlows(ReadTableFlowsRequest request, StreamObserver<ReadTableFlowsResponse> caller) {
        var reader = (ServerCallStreamObserver<ReadTableFlowsResponse>) caller;
        TableReading reading = new TableReading(calls, reader);
        reader.setOnReadyHandler(reading::wake);
        reader.setOnCancelHandler(() -> {});
        calls.begin(TableReading.METHOD, caller, () -> reading.begin(devices.found(request.getInterface()), request));
    }

    @Override
    public void changeTableFlows(ChangeTableFlowsRequest request, StreamObserver<ChangeTableFlowsResponse> caller) {
        calls.answer("FlowTables.ChangeTableFlows", caller, () -> {
            Device device = devices.found(request.getInterface());
            FlowChange change = change(device, request);
            return DeviceCalls.answered(device.driver().change(change)).thenApply(FlowTablesService::told);
        });
    }

    private static FlowChange change(Device device, ChangeTableFlowsRequest request) {
        FlowChange.Kind kind = switch (request.getKind()) {
            case SET -> FlowChange.Kind.SET;
            case MODIFY -> FlowChange.Kind.MODIFY;
            case DELETE -> FlowChange.Kind.DELETE;
            default -> throw Refusal.field("kind", "is missing; give SET, MODIFY or DELETE");
        };
        if (request.getSelectionValue() != 0 && kind != FlowChange.Kind.DELETE) {
            throw Refusal.field("selection", "is only for deletions; leave it out");
        }
        try {
            return new FlowChange(
                    kind,
                    device.ifindex(),
                    DeviceCalls.flows(request.getDocument()),
                    Selection.ofNumber(request.getSelectionValue()),
                    ErrorMode.ofNumber(request.getOnErrorValue()));
        } catch (IllegalArgumentException e) {
            throw Refusal.field("on_error", String.valueOf(e.getMessage()));
        }
    }

    private static ChangeTableFlowsResponse told(BatchResult result) {
        String first = result.first() == null ? null : result.first().reason();
        return ChangeTableFlowsResponse.newBuilder()
                .setApplied(result.applied())
                .setRefused(result.refused())
                .setFirst(first == null ? "" : first)
                .setTold(result.told().isEmpty() ? "" : DeviceCalls.document(result.told()))
                .build();
    }

    @Override
    public void watchTableFlows(WatchTableFlowsRequest request, StreamObserver<WatchTableFlowsResponse> caller) {
        watchers.watch(request, (ServerCallStreamObserver<WatchTableFlowsResponse>) caller);
    }
}
