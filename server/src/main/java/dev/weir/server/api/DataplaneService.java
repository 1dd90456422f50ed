package dev.weir.server.api;

import com.google.protobuf.Duration;
import dev.weir.api.v1.Chain;
import dev.weir.api.v1.ClearCountersRequest;
import dev.weir.api.v1.ClearCountersResponse;
import dev.weir.api.v1.DataplaneGrpc;
import dev.weir.api.v1.GetCountersRequest;
import dev.weir.api.v1.GetCountersResponse;
import dev.weir.api.v1.GetHistoryRequest;
import dev.weir.api.v1.GetHistoryResponse;
import dev.weir.api.v1.GetOffloadRequest;
import dev.weir.api.v1.GetOffloadResponse;
import dev.weir.api.v1.GetStateRequest;
import dev.weir.api.v1.GetStateResponse;
import dev.weir.api.v1.ListChainsRequest;
import dev.weir.api.v1.ListChainsResponse;
import dev.weir.api.v1.ListNodesRequest;
import dev.weir.api.v1.ListNodesResponse;
import dev.weir.api.v1.ListPortsRequest;
import dev.weir.api.v1.ListPortsResponse;
import dev.weir.api.v1.ListTenantsRequest;
import dev.weir.api.v1.ListTenantsResponse;
import dev.weir.api.v1.ListWorkersRequest;
import dev.weir.api.v1.ListWorkersResponse;
import dev.weir.api.v1.Node;
import dev.weir.api.v1.Port;
import dev.weir.api.v1.TakeSnapshotRequest;
import dev.weir.api.v1.TakeSnapshotResponse;
import dev.weir.api.v1.Tenant;
import dev.weir.api.v1.TracePacketsRequest;
import dev.weir.api.v1.TracePacketsResponse;
import dev.weir.api.v1.Worker;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneCounters;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.NodeCounters;
import dev.weir.dataplane.graph.WorkerCounters;
import dev.weir.offload.circle.CircleStatus;
import dev.weir.server.state.StateKeeper;
import dev.weir.table.TenantMode;
import dev.weir.wire.PortCounters;
import dev.weir.wire.SendFault;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls of {@code weir.v1.Dataplane}. Any thread. */
final class DataplaneService extends DataplaneGrpc.DataplaneImplBase {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int DEFAULT_PACKETS = 10, MAX_PACKETS = 1000, MAX_SECONDS = 60;
    private static final java.time.Duration DEFAULT_LIMIT = java.time.Duration.ofSeconds(5);

    private final Dataplane plane;
    private final Calls calls;
    private final History history;
    private final Supplier<Optional<CircleStatus>> offload;
    private final @Nullable StateKeeper state;
    /** A worker follows the packets of one trace at a time. */
    private final Semaphore traces = new Semaphore(1);

    DataplaneService(
            Dataplane plane,
            Calls calls,
            History history,
            Supplier<Optional<CircleStatus>> offload,
            @Nullable StateKeeper state) {
        this.plane = plane;
        this.history = history;
        this.calls = calls;
        this.offload = offload;
        this.state = state;
    }

    @Override
    public void getCounters(GetCountersRequest request, StreamObserver<GetCountersResponse> caller) {
        calls.answer(
                "Dataplane.GetCounters",
                caller,
                () -> plane.counters().thenApplyAsync(this::counters, calls.threads()));
    }

    private GetCountersResponse counters(DataplaneCounters counters) {
        return GetCountersResponse.newBuilder()
                .putAllFlowTable(counters.table())
                .putAllMalformed(counters.malformed())
                .setFlows(counters.workers().stream()
                        .mapToLong(WorkerCounters::flows)
                        .sum())
                .setMaxFlows(plane.config().table().maxFlows())
                .setDroppedEvents(counters.droppedEvents())
                .build();
    }

    @Override
    public void getHistory(GetHistoryRequest request, StreamObserver<GetHistoryResponse> caller) {
        calls.answer(
                "Dataplane.GetHistory",
                caller,
                () -> CompletableFuture.completedFuture(history.since(request.getAfter())));
    }

    @Override
    public void clearCounters(ClearCountersRequest request, StreamObserver<ClearCountersResponse> caller) {
        calls.answer(
                "Dataplane.ClearCounters",
                caller,
                () -> plane.clearCounters().thenApply(_ -> ClearCountersResponse.getDefaultInstance()));
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> caller) {
        calls.answer(
                "Dataplane.ListNodes",
                caller,
                () -> plane.counters()
                        .thenApplyAsync(
                                counters -> ListNodesResponse.newBuilder()
                                        .addAllNodes(counters.nodes().stream()
                                                .map(node -> node(
                                                        node, history.rates().node(node.name())))
                                                .toList())
                                        .build(),
                                calls.threads()));
    }

    @Override
    public void getOffload(GetOffloadRequest request, StreamObserver<GetOffloadResponse> caller) {
        calls.answer(
                "Dataplane.GetOffload",
                caller,
                () -> CompletableFuture.completedFuture(
                        offload.get().map(OffloadMessages::of).orElse(GetOffloadResponse.getDefaultInstance())));
    }

    @Override
    public void getState(GetStateRequest request, StreamObserver<GetStateResponse> caller) {
        calls.answer(
                "Dataplane.GetState",
                caller,
                () -> CompletableFuture.completedFuture(
                        state == null ? GetStateResponse.getDefaultInstance() : StateMessages.of(state.status())));
    }

    @Override
    public void takeSnapshot(TakeSnapshotRequest request, StreamObserver<TakeSnapshotResponse> caller) {
        calls.answer("Dataplane.TakeSnapshot", caller, () -> {
            StateKeeper keeper = state;
            if (keeper == null) {
                throw Refusal.precondition(
                        "there is no file for snapshots; give 'state: {file: ...}' in the configuration");
            }
            return CompletableFuture.supplyAsync(() -> snapshot(keeper), calls.threads());
        });
    }

    private static TakeSnapshotResponse snapshot(StateKeeper keeper) {
        try {
            return TakeSnapshotResponse.newBuilder()
                    .setSnapshot(StateMessages.of(keeper.save()))
                    .build();
        } catch (IOException e) {
            throw Refusal.precondition("no snapshot could be written: " + e.getMessage());
        }
    }

    private static Node node(NodeCounters node, Rates.OfNode rates) {
        return Node.newBuilder()
                .setName(node.name())
                .setType(node.type())
                .setCalls(node.calls())
                .setPackets(node.packets())
                .setBusy(Duration.newBuilder()
                        .setSeconds(node.nanos() / SECOND_NANOS)
                        .setNanos((int) (node.nanos() % SECOND_NANOS)))
                .putAllDrops(node.drops())
                .putAllCounters(node.own())
                .setPacketRate(rates.packets())
                .putAllDropRates(rates.drops())
                .build();
    }

    @Override
    public void listPorts(ListPortsRequest request, StreamObserver<ListPortsResponse> caller) {
        calls.answer("Dataplane.ListPorts", caller, () -> CompletableFuture.completedFuture(ports()));
    }

    private ListPortsResponse ports() {
        GraphConfig config = plane.config();
        var answer = ListPortsResponse.newBuilder();
        for (DataplaneCounters.PortEntry counters : plane.ports()) {
            config.ports().stream()
                    .filter(port -> port.name().equals(counters.name()))
                    .forEach(port -> answer.addPorts(
                            port(port, counters, config, history.rates().port(port.name()))));
        }
        return answer.build();
    }

    private static Port port(
            GraphConfig.PortEntry entry, DataplaneCounters.PortEntry counters, GraphConfig config, Rates.OfPort rates) {
        Port.Builder port = Port.newBuilder()
                .setName(entry.name())
                .setState(counters.state().name().toLowerCase(Locale.ROOT))
                .setRxPackets(counters.get(PortCounters.RX_PACKETS))
                .setRxBytes(counters.get(PortCounters.RX_BYTES))
                .setTxPackets(counters.get(PortCounters.TX_PACKETS))
                .setTxBytes(counters.get(PortCounters.TX_BYTES))
                .putDrops("rx-dropped", counters.get(PortCounters.RX_DROPPED))
                .setFlowTable(entry.flowTable())
                .setRxPacketRate(rates.rxPackets())
                .setRxByteRate(rates.rxBytes())
                .setTxPacketRate(rates.txPackets())
                .setTxByteRate(rates.txBytes())
                .setDropRate(rates.drops());
        for (int fault = SendFault.NONE + 1; fault < SendFault.COUNT; fault++) {
            port.putDrops(SendFault.name(fault), counters.get(PortCounters.TX_FAULTS + fault));
        }
        String next = entry.next();
        if (next != null) {
            port.setNextNode(next);
        }
        config.tenants().stream()
                .filter(tenant -> tenant.name().equals(entry.tenant()))
                .forEach(tenant -> port.setTenant(tenant.number()));
        return port.build();
    }

    @Override
    public void listWorkers(ListWorkersRequest request, StreamObserver<ListWorkersResponse> caller) {
        calls.answer(
                "Dataplane.ListWorkers",
                caller,
                () -> plane.counters()
                        .thenApplyAsync(
                                counters -> ListWorkersResponse.newBuilder()
                                        .addAllWorkers(counters.workers().stream()
                                                .map(DataplaneService::worker)
                                                .toList())
                                        .build(),
                                calls.threads()));
    }

    private static Worker worker(WorkerCounters worker) {
        return Worker.newBuilder()
                .setNumber(worker.worker())
                .setLoad(worker.load())
                .setVectorSize(worker.vectorSize())
                .setPackets(worker.packets())
                .setVectors(worker.vectors())
                .setHanded(worker.handed())
                .setTaken(worker.taken())
                .setFlows(worker.flows())
                .setCycles(worker.cycles())
                .setLongestBusySeconds(worker.longestCycleNanos() / (double) SECOND_NANOS)
                .setLongestMailSeconds(worker.longestMailNanos() / (double) SECOND_NANOS)
                .build();
    }

    @Override
    public void tracePackets(TracePacketsRequest request, StreamObserver<TracePacketsResponse> caller) {
        calls.answer("Dataplane.TracePackets", caller, () -> {
            String node = node(request.getNode());
            int packets = packets(request.getPackets());
            java.time.Duration limit = request.hasLimit() ? limit(request.getLimit()) : DEFAULT_LIMIT;
            if (!traces.tryAcquire()) {
                throw Refusal.exhausted("another trace is under way; ask again");
            }
            return trace(node, packets, limit)
                    .thenApply(texts -> TracePacketsResponse.newBuilder()
                            .addAllPackets(texts)
                            .build());
        });
    }

    private CompletableFuture<java.util.List<String>> trace(String node, int packets, java.time.Duration limit) {
        try {
            return plane.trace(node, packets, limit).whenComplete((_, _) -> traces.release());
        } catch (RuntimeException | Error e) {
            traces.release();
            throw e;
        }
    }

    private String node(String name) {
        GraphConfig config = plane.config();
        boolean known = name.equals(GraphConfig.FLOW_TABLE)
                || config.nodes().stream().anyMatch(node -> node.name().equals(name));
        if (!known) {
            throw Refusal.field(
                    "node",
                    "there is no such node; there are " + GraphConfig.FLOW_TABLE
                            + config.nodes().stream()
                                    .map(entry -> ", " + entry.name())
                                    .reduce("", String::concat));
        }
        return name;
    }

    private static int packets(int asked) {
        if (asked < 0 || asked > MAX_PACKETS) {
            throw Refusal.field(
                    "packets", Integer.toUnsignedString(asked) + " is out of range; give 1 to " + MAX_PACKETS);
        }
        return asked == 0 ? DEFAULT_PACKETS : asked;
    }

    private static java.time.Duration limit(Duration asked) {
        long seconds = asked.getSeconds();
        int nanos = asked.getNanos();
        if (seconds < 0 || nanos < 0 || nanos >= SECOND_NANOS || seconds + Math.min(nanos, 1) > MAX_SECONDS) {
            throw Refusal.field("limit", "is out of range; give 0 to " + MAX_SECONDS + " seconds");
        }
        return java.time.Duration.ofSeconds(seconds, nanos);
    }

    @Override
    public void listTenants(ListTenantsRequest request, StreamObserver<ListTenantsResponse> caller) {
        calls.answer("Dataplane.ListTenants", caller, () -> CompletableFuture.completedFuture(tenants()));
    }

    private ListTenantsResponse tenants() {
        GraphConfig config = plane.config();
        var answer = ListTenantsResponse.newBuilder().setToldApartBy(word(config.tenantMode()));
        for (GraphConfig.Tenant tenant : config.tenants()) {
            Tenant.Builder one =
                    answer.addTenantsBuilder().setName(tenant.name()).setNumber(tenant.number());
            String chain = tenant.chain();
            if (chain != null) {
                one.setChain(chain);
            }
        }
        return answer.build();
    }

    private static String word(TenantMode mode) {
        return mode == TenantMode.INTERFACE ? "port" : mode.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void listChains(ListChainsRequest request, StreamObserver<ListChainsResponse> caller) {
        calls.answer("Dataplane.ListChains", caller, () -> CompletableFuture.completedFuture(chains()));
    }

    private ListChainsResponse chains() {
        var answer = ListChainsResponse.newBuilder();
        plane.config()
                .allChains()
                .forEach((name, chain) -> answer.addChains(Chain.newBuilder()
                        .setName(name)
                        .addAllForward(chain.forward())
                        .addAllReverse(chain.reverse())
                        .addAllUnhandled(chain.unhandled())));
        return answer.build();
    }
}
