package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.Status;
import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import dev.weir.api.v1.DaemonGrpc;
import dev.weir.api.v1.DataplaneGrpc;
import dev.weir.api.v1.FlowTableGrpc;
import dev.weir.api.v1.FlowTablesGrpc;
import dev.weir.api.v1.ProgramsGrpc;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.offload.dataplane.StandardModel;
import dev.weir.server.DaemonLog;
import dev.weir.server.api.access.ApiContent;
import dev.weir.server.api.access.ApiServer;
import dev.weir.server.config.ApiSettings;
import dev.weir.server.config.FlowTableDriverSettings;
import dev.weir.server.events.EventLog;
import dev.weir.server.flowtables.FlowTableDrivers;
import dev.weir.server.metrics.Metrics;
import dev.weir.server.programs.Programs;
import dev.weir.testing.Frames;
import dev.weir.wire.PortException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A data plane between two ports, its API on listeners as the settings say, and clients of it by the Unix socket: all that
 * a call passes in a daemon. Time is that of the packets, in milliseconds here. To close it fails when the daemon told of
 * an internal error.
 */
final class ApiRig implements AutoCloseable {
    static final long MILLI = 1_000_000L;

    final List<TestPort> ports;
    final Dataplane plane;
    final Programs registry;
    final EventLog events;
    final ApiServices services;
    final ApiServer server;
    final FlowTableGrpc.FlowTableBlockingStub flows;
    final FlowTableGrpc.FlowTableStub flowsAsync;
    final DataplaneGrpc.DataplaneBlockingStub dataplane;
    final DaemonGrpc.DaemonBlockingStub daemon;
    final ProgramsGrpc.ProgramsBlockingStub programs;
    final ProgramsGrpc.ProgramsStub programsAsync;
    final FlowTablesGrpc.FlowTablesBlockingStub tables;
    final FlowTablesGrpc.FlowTablesStub tablesAsync;
    /** Two, in memory: {@code sim0} has one interface, {@code sims} has 1 and 2. */
    final FlowTableDrivers flowTables;

    private final int workers;
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final Path folder;

    ApiRig(int workers) {
        this(workers, 1 << 12, ApiSettings::at);
    }

    /**
     * Starts it all.
     *
     * @param settings of the listeners; given the path of the Unix socket that {@link #flows} and the others use
     */
    ApiRig(int workers, int logCapacity, Function<Path, ApiSettings> settings) {
        this.workers = workers;
        ports = List.of(new TestPort("left", workers), new TestPort("right", workers));
        events = new EventLog(logCapacity);
        GraphConfig config = GraphConfig.builder()
                .ports("left", "right")
                .node("wires", new CrossConnectConfig(List.of(new CrossConnectConfig.Pair("left", "right"))))
                .workers(workers)
                .build();
        var log = new DaemonLog(new PrintStream(told, true, StandardCharsets.UTF_8));
        Path socket;
        try {
            folder = Files.createTempDirectory("weir-api");
            socket = folder.resolve("socket");
            registry = new Programs(config);
            plane = Dataplane.start(
                    registry.graph(), ports, DataplaneOptions.defaults().withSink(events, 0));
            registry.runIn(plane);
            flowTables = FlowTableDrivers.open(drivers(), Map.of());
            services = ApiServices.start(plane, registry, flowTables, events, Optional::empty, null, log, "1.2.3");
            var metrics = new Metrics(
                    plane::counters,
                    registry,
                    Optional::empty,
                    java.util.Map::of,
                    Optional::empty,
                    Optional::empty,
                    services::watchers);
            server = ApiServer.start(
                    settings.apply(socket),
                    new ApiContent(services.all(), List.of(metrics.interceptor()), Map.of("/metrics", metrics.page())),
                    log);
        } catch (PortException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        GrpcClientBuilder client = GrpcClients.builder(
                        SessionProtocol.H2C, DomainSocketAddress.of(socket).asEndpoint())
                .responseTimeoutMillis(0);
        flows = client.build(FlowTableGrpc.FlowTableBlockingStub.class);
        flowsAsync = client.build(FlowTableGrpc.FlowTableStub.class);
        dataplane = client.build(DataplaneGrpc.DataplaneBlockingStub.class);
        daemon = client.build(DaemonGrpc.DaemonBlockingStub.class);
        programs = client.build(ProgramsGrpc.ProgramsBlockingStub.class);
        programsAsync = client.build(ProgramsGrpc.ProgramsStub.class);
        tables = client.build(FlowTablesGrpc.FlowTablesBlockingStub.class);
        tablesAsync = client.build(FlowTablesGrpc.FlowTablesStub.class);
    }

    private static Map<String, FlowTableDriverSettings> drivers() {
        Map<String, FlowTableDriverSettings> drivers = new LinkedHashMap<>();
        drivers.put("sim0", new FlowTableDriverSettings.Memory(StandardModel.model(), List.of(1L)));
        drivers.put("sims", new FlowTableDriverSettings.Memory(StandardModel.model(), List.of(1L, 2L)));
        return drivers;
    }

    /** A UDP packet of flow {@code n}: from 10.0.x.y port 1000 to 10.255.0.1 port 53, or back. */
    void packet(int n, boolean reverse, long millis) {
        String initiator = "10.0." + (n >> 8) + "." + (n & 0xFF), responder = "10.255.0.1";
        byte[] packet = reverse
                ? Frames.ip(responder, initiator, Frames.UDP, Frames.udp(53, 1000, Frames.payload(10)))
                : Frames.ip(initiator, responder, Frames.UDP, Frames.udp(1000, 53, Frames.payload(10)));
        frame(n % workers, reverse, millis, packet);
    }

    /** A packet with whatever it has. */
    void frame(int worker, boolean reverse, long millis, byte[] packet) {
        ports.get(reverse ? 1 : 0).put(worker, millis * MILLI, Frames.ethernet(packet));
    }

    /** The text of the key of flow {@code n}. */
    static String key(int n) {
        return "udp 10.0." + (n >> 8) + "." + (n & 0xFF) + ":1000 > 10.255.0.1:53";
    }

    /** Waits until all packets have gone their way. */
    void settle() {
        while (!plane.isFinished()) {
            LockSupport.parkNanos(MILLI);
        }
    }

    /** What the daemon's log was told, a line each. */
    List<String> told() {
        return told.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** A status as {@code CODE message}. */
    static String status(StatusRuntimeException e) {
        return e.getStatus().getCode() + " " + e.getStatus().getDescription();
    }

    /** The field that a status says is at fault. */
    static String field(StatusRuntimeException e) {
        Status status = StatusProto.fromThrowable(e);
        try {
            for (Any detail : status.getDetailsList()) {
                if (detail.is(BadRequest.class)) {
                    return detail.unpack(BadRequest.class).getFieldViolations(0).getField();
                }
            }
        } catch (InvalidProtocolBufferException bad) {
            throw new IllegalStateException(bad);
        }
        return "";
    }

    @Override
    public void close() {
        services.close();
        try {
            server.close();
            flowTables.close();
            registry.close();
            plane.close();
            events.close();
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(told()).noneMatch(line -> line.contains("internal error"));
    }
}
