package dev.weir.cli;

import com.linecorp.armeria.common.util.DomainSocketAddress;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.nodes.count.CountConfig;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.offload.dataplane.StandardModel;
import dev.weir.server.DaemonLog;
import dev.weir.server.api.ApiServices;
import dev.weir.server.config.FlowTableDriverSettings;
import dev.weir.server.events.EventLog;
import dev.weir.server.flowtables.FlowTableDrivers;
import dev.weir.server.programs.Programs;
import dev.weir.wire.FileClock;
import dev.weir.wire.FilePort;
import dev.weir.wire.Port;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A data plane that has forwarded {@code samples/web.pcap} from {@code in} to {@code out} and keeps its flows, and its API on a Unix
 * socket; and {@code sim0}, a device in memory. Time stands still at the last packet, so nothing ends but what is told to.
 */
final class DaemonRig implements AutoCloseable {
    private static final Path SAMPLE = Path.of("..", "samples", "web.pcap");

    final Path socket;
    private final Dataplane plane;
    private final EventLog events;
    private final FlowTableDrivers flowTables;
    private final ApiServices services;
    private final Server server;

    DaemonRig(Path folder) throws IOException {
        this(folder, "in", "out");
    }

    /** @param in the name of the port that packets come in by */
    DaemonRig(Path folder, String in, String out) throws IOException {
        socket = folder.resolve("weir.sock");
        Files.deleteIfExists(socket);
        FileClock clock = new FileClock();
        List<Port> ports = List.of(
                FilePort.open(in, List.of(SAMPLE.toString()), null, 1, 0, clock),
                FilePort.open(out, List.of(), folder.resolve("out.pcap"), 1, 1, clock));
        GraphConfig config = GraphConfig.builder()
                .ports(in, out)
                .node("seen", new CountConfig())
                .node("wires", new CrossConnectConfig(List.of(new CrossConnectConfig.Pair(in, out))))
                .workers(1)
                .build();
        events = new EventLog(1 << 12);
        Programs programs = new Programs(config);
        plane = Dataplane.start(
                programs.graph(), ports, DataplaneOptions.defaults().withSink(events, 0));
        programs.runIn(plane);
        while (!plane.isFinished()) {
            LockSupport.parkNanos(1_000_000);
        }
        DaemonLog log = new DaemonLog(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        flowTables = FlowTableDrivers.open(
                Map.of("sim0", new FlowTableDriverSettings.Memory(StandardModel.model(), List.of(1L))), Map.of());
        services = ApiServices.start(plane, programs, flowTables, events, Optional::empty, null, log, "1.2.3");
        server = Server.builder()
                .http(DomainSocketAddress.of(socket))
                .service(GrpcService.builder().addServices(services.all()).build())
                .requestTimeoutMillis(0)
                .build();
        server.start().join();
    }

    /** As {@code --server} names it. */
    String place() {
        return "unix:" + socket;
    }

    @Override
    public void close() throws IOException {
        services.close();
        server.stop().join();
        flowTables.close();
        plane.close();
        events.close();
        Files.deleteIfExists(socket);
    }
}
