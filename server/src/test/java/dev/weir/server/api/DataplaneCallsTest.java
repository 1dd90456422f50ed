package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import com.google.protobuf.util.JsonFormat;
import dev.weir.api.v1.Chain;
import dev.weir.api.v1.ClearCountersRequest;
import dev.weir.api.v1.ConfigureRequest;
import dev.weir.api.v1.GetCountersRequest;
import dev.weir.api.v1.GetCountersResponse;
import dev.weir.api.v1.GetHealthRequest;
import dev.weir.api.v1.GetHealthResponse;
import dev.weir.api.v1.GetVersionRequest;
import dev.weir.api.v1.GetVersionResponse;
import dev.weir.api.v1.ListChainsRequest;
import dev.weir.api.v1.ListNodesRequest;
import dev.weir.api.v1.ListPortsRequest;
import dev.weir.api.v1.ListTenantsRequest;
import dev.weir.api.v1.ListTenantsResponse;
import dev.weir.api.v1.ListWorkersRequest;
import dev.weir.api.v1.Node;
import dev.weir.api.v1.Port;
import dev.weir.api.v1.TracePacketsRequest;
import dev.weir.api.v1.TracePacketsResponse;
import dev.weir.api.v1.Worker;
import dev.weir.wire.PortState;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls about the data plane and the daemon, through a real channel. */
@Timeout(60)
class DataplaneCallsTest {
    private final ApiRig rig = new ApiRig(2);

    @AfterEach
    void close() {
        rig.close();
    }

    private void traffic() {
        for (int n = 0; n < 100; n++) {
            rig.packet(n, false, 1000);
            rig.packet(n, true, 1001);
        }
        rig.settle();
    }

    private GetCountersResponse counters() {
        return rig.dataplane.getCounters(GetCountersRequest.getDefaultInstance());
    }

    private List<Worker> workers() {
        return rig.dataplane
                .listWorkers(ListWorkersRequest.getDefaultInstance())
                .getWorkersList();
    }

    private List<Node> nodes() {
        return rig.dataplane.listNodes(ListNodesRequest.getDefaultInstance()).getNodesList();
    }

    private List<Port> ports() {
        return rig.dataplane.listPorts(ListPortsRequest.getDefaultInstance()).getPortsList();
    }

    @Test
    void counters_nodesPortsAndWorkers_tellWhatWasForwarded_andCanBeCleared() {
        traffic();
        assertThat(counters().getFlowTableMap())
                .containsEntry("CREATED", 100L)
                .containsEntry("HIT", 100L)
                .containsEntry("THRU", 200L);
        assertThat(counters().getFlows()).isEqualTo(100);
        assertThat(counters().getMaxFlows()).isEqualTo(1_000_000);
        assertThat(nodes().stream().map(Node::getName)).containsExactly("flowtable", "wires", "output");
        assertThat(nodes().get(1).getType()).isEqualTo("cross-connect");
        assertThat(nodes().get(1).getPackets()).isEqualTo(200);
        assertThat(nodes().get(2).getDropsMap()).containsEntry("no-egress", 0L);
        assertThat(ports().stream().map(Port::getRxPackets)).containsExactly(100L, 100L);
        assertThat(ports().stream().map(Port::getState)).containsOnly("up");
        assertThat(workers().stream().mapToLong(Worker::getPackets).sum()).isEqualTo(200);
        assertThat(workers().stream().mapToLong(Worker::getFlows).sum()).isEqualTo(100);
        assertThat(workers().stream().mapToLong(Worker::getHanded).sum())
                .isEqualTo(workers().stream().mapToLong(Worker::getTaken).sum())
                .isPositive();
        rig.dataplane.clearCounters(ClearCountersRequest.getDefaultInstance());
        assertThat(counters().getFlowTableMap()).containsEntry("CREATED", 0L).containsEntry("THRU", 0L);
        assertThat(counters().getFlows()).isEqualTo(100);
        assertThat(nodes().get(1).getPackets()).isZero();
        assertThat(workers().stream().mapToLong(worker -> worker.getPackets() + worker.getHanded() + worker.getTaken()))
                .containsOnly(0L);
        assertThat(ports().stream().map(Port::getRxPackets))
                .as("ports keep theirs")
                .containsExactly(100L, 100L);
    }

    @Test
    void tracePackets_followsThem_oneCallAtATime() {
        var request = TracePacketsRequest.newBuilder()
                .setNode("wires")
                .setPackets(2)
                .setLimit(Duration.newBuilder().setSeconds(30))
                .build();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<TracePacketsResponse>> both = Stream.generate(
                            () -> CompletableFuture.supplyAsync(() -> rig.dataplane.tracePackets(request), callers))
                    .limit(2)
                    .toList();
            assertThatThrownBy(() -> CompletableFuture.anyOf(both.toArray(CompletableFuture[]::new))
                            .join())
                    .hasRootCauseMessage("RESOURCE_EXHAUSTED: another trace is under way; ask again");
            var other = both.stream()
                    .filter(answer -> !answer.isCompletedExceptionally())
                    .findAny()
                    .orElseThrow();
            for (int n = 0; !other.isDone(); n++) {
                rig.packet(n % 100, false, 1000 + n);
                LockSupport.parkNanos(ApiRig.MILLI);
            }
            assertThat(other.join().getPacketsList()).hasSize(2).allMatch(text -> text.contains("wires"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"node": "lost"}                                | node: there is no such node; there are flowtable, wires
            {"node": "wires", "packets": 1001}              | packets: 1001 is out of range; give 1 to 1000
            {"node": "wires", "limit": "61s"}               | limit: is out of range; give 0 to 60 seconds
            {"node": "wires", "limit": "-1s"}               | limit: is out of range; give 0 to 60 seconds
            """)
    void tracePackets_ofWhatCannotBe_saysWhy(String json, String message) throws Exception {
        var request = TracePacketsRequest.newBuilder();
        JsonFormat.parser().merge(json, request);
        var e = catchThrowableOfType(StatusRuntimeException.class, () -> rig.dataplane.tracePackets(request.build()));
        assertThat(ApiRig.status(e)).isEqualTo("INVALID_ARGUMENT " + message);
    }

    @Test
    void configure_changesWhatIsNamed_andTellsWhatIsDifferent() {
        assertThat(configure(ConfigureRequest.newBuilder())).isEmpty();
        assertThat(configure(ConfigureRequest.newBuilder().setMaxFlows(5000)))
                .containsExactly("flow-table.max-flows: was 1000000, is 5000");
        assertThat(configure(ConfigureRequest.newBuilder().setMaxFlows(5000))).isEmpty();
        assertThat(configure(ConfigureRequest.newBuilder()
                        .setInterface("left")
                        .setNextNode("drop")
                        .setEnabled(false)))
                .containsExactly(
                        "ports.left.next: was the chain's first, is drop", "ports.left.flow-table: was true, is false");
        assertThat(counters().getMaxFlows()).isEqualTo(5000);
        assertThat(ports().getFirst().getNextNode()).isEqualTo("drop");
        assertThat(ports().getFirst().getFlowTable()).isFalse();
        traffic();
        assertThat(counters().getFlows()).as("those that come in at the right").isEqualTo(100);
        assertThat(ports().getLast().getTxPackets())
                .as("those of the left are dropped")
                .isZero();
        assertThat(nodes().getLast().getDropsMap()).containsEntry("no-egress", 100L);
        assertThat(configure(ConfigureRequest.newBuilder()
                        .setInterface("left")
                        .setNextNode("")
                        .setEnabled(true)))
                .hasSize(2);
    }

    private List<String> configure(ConfigureRequest.Builder request) {
        return rig.flows.configure(request.build()).getChangesList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"maxFlows": 0}                                     | max_flows: 0 is out of range; give 1 to 268435454
            {"maxFlows": 4000000000}                            | max_flows: 4000000000 is out of range; give 1 to 268435454
            {"enabled": true}                                   | interface: is missing: next_node and enabled are about a port; name it
            {"interface": "middle", "enabled": true}            | interface: there is no such port; there are left, right
            {"interface": "left", "nextNode": "lost"}           | next_node: there is no such node; there are wires, output, drop
            """)
    void configure_ofWhatCannotBe_saysWhy_andChangesNothing(String json, String message) throws Exception {
        var request = ConfigureRequest.newBuilder();
        JsonFormat.parser().merge(json, request);
        var e = catchThrowableOfType(StatusRuntimeException.class, () -> rig.flows.configure(request.build()));
        assertThat(ApiRig.status(e)).isEqualTo("INVALID_ARGUMENT " + message);
        assertThat(counters().getMaxFlows()).isEqualTo(1_000_000);
    }

    @Test
    void healthAndVersion_tellHowItIs() {
        GetVersionResponse version = rig.daemon.getVersion(GetVersionRequest.getDefaultInstance());
        assertThat(version.getVersion()).isEqualTo("1.2.3");
        assertThat(version.getRun()).isEqualTo(rig.events.run());
        assertThat(version.getApiList()).containsExactly("weir.v1");
        assertThat(version.getStarted().getSeconds()).isPositive();
        assertThat(rig.daemon.getHealth(GetHealthRequest.getDefaultInstance()))
                .isEqualTo(GetHealthResponse.newBuilder().setServing(true).build());
        rig.ports.getFirst().state = PortState.GONE;
        assertThat(rig.daemon.getHealth(GetHealthRequest.getDefaultInstance()).getPortsDown())
                .isOne();
        rig.plane.close();
        assertThat(rig.daemon.getHealth(GetHealthRequest.getDefaultInstance()).getServing())
                .isFalse();
        var e = catchThrowableOfType(StatusRuntimeException.class, this::counters);
        assertThat(ApiRig.status(e)).isEqualTo("UNAVAILABLE the data plane is closed");
    }

    @Test
    void chainsAndTenants_tellTheConfiguration() {
        assertThat(rig.dataplane
                        .listChains(ListChainsRequest.getDefaultInstance())
                        .getChainsList())
                .containsExactly(Chain.newBuilder()
                        .setName("default")
                        .addForward("wires")
                        .addReverse("wires")
                        .addUnhandled("wires")
                        .build());
        assertThat(rig.dataplane.listTenants(ListTenantsRequest.getDefaultInstance()))
                .isEqualTo(
                        ListTenantsResponse.newBuilder().setToldApartBy("none").build());
    }
}
