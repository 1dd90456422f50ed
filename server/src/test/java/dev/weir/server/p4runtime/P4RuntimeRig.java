package dev.weir.server.p4runtime;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.api.p4.config.v1.Preamble;
import dev.weir.api.p4.v1.Action;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.FieldMatch;
import dev.weir.api.p4.v1.ForwardingPipelineConfig;
import dev.weir.api.p4.v1.P4RuntimeGrpc;
import dev.weir.api.p4.v1.ReadRequest;
import dev.weir.api.p4.v1.SetForwardingPipelineConfigRequest;
import dev.weir.api.p4.v1.TableAction;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.api.p4.v1.Uint128;
import dev.weir.api.p4.v1.Update;
import dev.weir.api.p4.v1.WriteRequest;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.server.DaemonLog;
import dev.weir.server.api.TestPort;
import dev.weir.server.config.ApiSettings;
import dev.weir.server.config.P4RuntimeSettings;
import dev.weir.server.programs.ProgramNode;
import dev.weir.server.programs.Programs;
import dev.weir.testing.Frames;
import dev.weir.wire.Port;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A data plane of two ports with a node for programs, and P4Runtime on a Unix socket; the device is 1. */
final class P4RuntimeRig implements AutoCloseable {
    static final long DEVICE = 1;

    private final List<TestPort> ports = List.of(new TestPort("left", 1), new TestPort("right", 1));
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final Programs programs;
    private final Dataplane plane;
    private final P4RuntimeServer server;
    private final Path folder;
    final P4RuntimeGrpc.P4RuntimeBlockingStub calls;
    final P4RuntimeGrpc.P4RuntimeStub async;
    final String source;
    final P4Info info;
    private long time = 1_000_000_000L;

    /** @param source of the program that controllers set */
    P4RuntimeRig(String source) {
        this.source = source;
        info = TestProgram.info(source);
        GraphConfig config = GraphConfig.builder()
                .ports("left", "right")
                .node("program", new ProgramNode(null, Map.of()))
                .build();
        try {
            folder = Files.createTempDirectory("weir-p4runtime");
            Path socket = folder.resolve("socket");
            programs = new Programs(config);
            plane = Dataplane.start(programs.graph(), List.<Port>copyOf(ports), DataplaneOptions.defaults());
            programs.runIn(plane);
            server = P4RuntimeServer.start(
                    new P4RuntimeSettings(ApiSettings.at(socket), Map.of(DEVICE, "program")),
                    new NodeHost(programs),
                    new DaemonLog(new PrintStream(told, true, StandardCharsets.UTF_8)));
            GrpcClientBuilder client = GrpcClients.builder(
                            SessionProtocol.H2C, DomainSocketAddress.of(socket).asEndpoint())
                    .responseTimeoutMillis(0);
            calls = client.build(P4RuntimeGrpc.P4RuntimeBlockingStub.class);
            async = client.build(P4RuntimeGrpc.P4RuntimeStub.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A controller with a stream, which is the primary when the election id is the highest. */
    TestController controller(long electionId) {
        TestController controller = new TestController(this, "");
        controller.arbitrate(electionId);
        return controller;
    }

    static Uint128 id(long low) {
        return Uint128.newBuilder().setLow(low).build();
    }

    ForwardingPipelineConfig config() {
        return ForwardingPipelineConfig.newBuilder()
                .setP4Info(info)
                .setP4DeviceConfig(ByteString.copyFromUtf8(source))
                .setCookie(ForwardingPipelineConfig.Cookie.newBuilder().setCookie(42))
                .build();
    }

    SetForwardingPipelineConfigRequest.Builder pipeline(
            long electionId, SetForwardingPipelineConfigRequest.Action action) {
        return SetForwardingPipelineConfigRequest.newBuilder()
                .setDeviceId(DEVICE)
                .setElectionId(id(electionId))
                .setAction(action);
    }

    /** Runs the program, for the primary with that id. */
    void run(long electionId) {
        var _ = calls.setForwardingPipelineConfig(
                pipeline(electionId, SetForwardingPipelineConfigRequest.Action.VERIFY_AND_COMMIT)
                        .setConfig(config())
                        .build());
    }

    int table(String alias) {
        return id(info.getTablesList().stream().map(each -> each.getPreamble()), alias);
    }

    int profile(String alias) {
        return id(info.getActionProfilesList().stream().map(each -> each.getPreamble()), alias);
    }

    int valueSet(String alias) {
        return id(info.getValueSetsList().stream().map(each -> each.getPreamble()), alias);
    }

    int action(String alias) {
        return id(info.getActionsList().stream().map(each -> each.getPreamble()), alias);
    }

    private static int id(Stream<Preamble> all, String alias) {
        return all.filter(each -> each.getAlias().equals(alias))
                .findFirst()
                .orElseThrow()
                .getId();
    }

    static ByteString hex(String text) {
        return ByteString.copyFrom(HexFormat.of().parseHex(text));
    }

    TableAction call(String action, String... params) {
        Action.Builder call = Action.newBuilder().setActionId(action(action));
        for (int i = 0; i < params.length; i++) {
            call.addParams(Action.Param.newBuilder().setParamId(i + 1).setValue(hex(params[i])));
        }
        return TableAction.newBuilder().setAction(call).build();
    }

    /** An entry of {@code hosts}, without an action. */
    TableEntry.Builder host(String mac) {
        return exact("hosts", mac);
    }

    /** An entry of a table with one key, which is exact, without an action. */
    TableEntry.Builder exact(String table, String key) {
        return TableEntry.newBuilder()
                .setTableId(table(table))
                .addMatch(FieldMatch.newBuilder()
                        .setFieldId(1)
                        .setExact(FieldMatch.Exact.newBuilder().setValue(hex(key))));
    }

    static Update update(Update.Type type, TableEntry.Builder entry) {
        return Update.newBuilder()
                .setType(type)
                .setEntity(Entity.newBuilder().setTableEntry(entry))
                .build();
    }

    static WriteRequest.Builder request(long electionId, Update... updates) {
        return WriteRequest.newBuilder()
                .setDeviceId(DEVICE)
                .setElectionId(id(electionId))
                .addAllUpdates(List.of(updates));
    }

    void write(long electionId, Update... updates) {
        var _ = calls.write(request(electionId, updates).build());
    }

    List<Entity> read(Entity... wanted) {
        List<Entity> all = new ArrayList<>();
        calls.read(ReadRequest.newBuilder()
                        .setDeviceId(DEVICE)
                        .addAllEntities(List.of(wanted))
                        .build())
                .forEachRemaining(answer -> all.addAll(answer.getEntitiesList()));
        return all;
    }

    List<TableEntry> entries(TableEntry.Builder wanted) {
        return read(Entity.newBuilder().setTableEntry(wanted).build()).stream()
                .map(Entity::getTableEntry)
                .toList();
    }

    /** A frame comes in by the left port. */
    void frame(String dst, String src, int type) {
        byte[] frame = HexFormat.of().parseHex(dst + src + HexFormat.of().toHexDigits((short) type) + "00".repeat(46));
        time += 10_000_000;
        ports.getFirst().put(0, time, frame);
    }

    /** A packet of a flow comes in, by whose time the data plane's clock goes: a hundredth of a second after the frame before. */
    void flow() {
        time += 10_000_000;
        byte[] packet = Frames.ip("10.0.0.1", "10.0.0.2", Frames.UDP, Frames.udp(1000, 53, Frames.payload(10)));
        ports.getFirst().put(0, time, Frames.ethernet(packet));
    }

    /** Has a port's interface go down, or come up; the data plane has noticed when this returns. */
    void setUp(int port, boolean up) {
        ports.get(port).setState(up ? PortState.UP : PortState.DOWN);
        for (int i = 0; i < 5; i++) {
            long handled = received();
            flow();
            var _ = Waiting.until(this::received, all -> all > handled);
        }
    }

    /** How many packets the node has seen. */
    private long received() {
        return plane.ports().stream()
                .mapToLong(port -> port.values().get(PortCounters.RX_PACKETS))
                .sum();
    }

    /** What has left by a port so far, in hexadecimal digits; waits until there are as many. */
    List<String> sent(int port, int wanted) {
        return Waiting.until(
                () -> ports.get(port).sent().stream()
                        .map(HexFormat.of()::formatHex)
                        .toList(),
                all -> all.size() >= wanted);
    }

    String log() {
        return told.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            server.close();
            plane.close();
            programs.close();
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
