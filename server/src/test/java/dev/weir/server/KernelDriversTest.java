package dev.weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.kernel.KernelModel;
import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import dev.weir.server.config.Configuration;
import dev.weir.server.config.ConfigurationFile;
import dev.weir.server.flowtables.FlowTableDrivers;
import dev.weir.testing.Namespace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon between two hosts, whose configuration has the kernel carry flows of its ports; packets are real. */
class KernelDriversTest {
    private static final String LEFT = "10.7.0.1", RIGHT = "10.7.0.2";
    private static final String LEFT_MAC = "02:00:00:00:00:01", RIGHT_MAC = "02:00:00:00:00:02";
    private static final long OUTPUT = 5;
    private static final int PORT = 7000, FROM = 20_000, PATIENCE_MILLIS = 5000, UDP = 17;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private Configuration configuration(String drivers) {
        String file = """
                ports:
                  west: {interface: west}
                  east: {interface: east}
                nodes:
                  all: {type: drop}
                api: {socket: '%s'}
                flow-table-drivers: {%s}
                """.formatted(folder.resolve("socket"), drivers);
        ConfigurationFile read = ConfigurationFile.read(file.getBytes(StandardCharsets.UTF_8));
        assertThat(read).as("%s", read).isInstanceOf(ConfigurationFile.Valid.class);
        return ((ConfigurationFile.Valid) read).configuration();
    }

    private Daemon start(Namespace box, String drivers) throws Exception {
        DaemonLog log = new DaemonLog(new PrintStream(said, true, StandardCharsets.UTF_8));
        return box.call(() -> Daemon.start(configuration(drivers), log));
    }

    private static void join(Namespace host, Namespace box, String port, String address, String mac)
            throws IOException {
        Namespace.join(host, "eth0", box, port);
        host.ip("link", "set", "eth0", "address", mac);
        host.ip("address", "add", address + "/24", "dev", "eth0");
        host.ip("neighbour", "replace", LEFT, "lladdr", LEFT_MAC, "dev", "eth0", "nud", "permanent");
        host.ip("neighbour", "replace", RIGHT, "lladdr", RIGHT_MAC, "dev", "eth0", "nud", "permanent");
        host.exec("ethtool", "-K", "eth0", "tx", "off", "gro", "on");
    }

    private static long index(Namespace box, String port) throws IOException {
        return Long.parseLong(
                box.exec("cat", "/sys/class/net/" + port + "/ifindex").strip());
    }

    private static Value address(String text) throws IOException {
        int number = 0;
        for (byte octet : InetAddress.ofLiteral(text).getAddress()) number = number << 8 | (octet & 0xff);
        return Value.of(ValueType.U32, Integer.toUnsignedLong(number));
    }

    private static Flow flow(long output) throws IOException {
        Action out = Action.of("set_out_port", OUTPUT, ActionArg.of("port", Value.of(ValueType.U32, output)));
        return Flow.of(
                KernelModel.IPV4,
                1,
                0,
                List.of(
                        KernelModel.V4_SOURCE.exactly(address(LEFT)),
                        KernelModel.V4_DESTINATION.exactly(address(RIGHT)),
                        KernelModel.V4_PROTOCOL.exactly(Value.of(ValueType.U8, UDP)),
                        KernelModel.V4_SOURCE_PORT.exactly(Value.of(ValueType.U16, FROM)),
                        KernelModel.V4_DESTINATION_PORT.exactly(Value.of(ValueType.U16, PORT))),
                List.of(out));
    }

    private static void send(Namespace left) throws Exception {
        left.call(() -> {
            try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LEFT, FROM))) {
                socket.send(new DatagramPacket(new byte[100], 100, InetAddress.ofLiteral(RIGHT), PORT));
            }
            return 1;
        });
    }

    private static int received(Namespace left, Namespace right) throws Exception {
        return right.call(() -> {
            try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(RIGHT, PORT))) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                send(left);
                DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
                socket.receive(packet);
                return packet.getLength();
            }
        });
    }

    @Test
    void aFlowOfADaemonsPorts_isCarriedByTheKernel() throws Exception {
        try (Namespace left = new Namespace();
                Namespace box = new Namespace();
                Namespace right = new Namespace()) {
            join(left, box, "west", LEFT, LEFT_MAC);
            join(right, box, "east", RIGHT, RIGHT_MAC);
            try (Daemon daemon = start(box, "fast: {type: xdp, ports: [west, east], flows: 100}")) {
                long west = index(box, "west");
                FlowTableDrivers.Device device = daemon.flowTables().find("fast/" + west);
                FlowDriver driver = device.driver();
                Flow flow = flow(index(box, "east"));
                assertThat(driver.change(FlowChange.set(west, List.of(flow), ErrorMode.ABORT))
                                .join()
                                .applied())
                        .isEqualTo(1);
                assertThat(received(left, right)).isEqualTo(100);
                Flow told = driver.flows(west, FlowQuery.all(KernelModel.IPV4))
                        .join()
                        .getFirst();
                assertThat(told.seen().packets()).isEqualTo(1);
                assertThat(said.toString(StandardCharsets.UTF_8)).contains("flow-table-drivers.fast: west ");
            }
        }
    }

    @Test
    void aPortWithAProgramAlready_isNamed_andNothingStays() throws Exception {
        try (Namespace left = new Namespace();
                Namespace box = new Namespace();
                Namespace right = new Namespace()) {
            join(left, box, "west", LEFT, LEFT_MAC);
            join(right, box, "east", RIGHT, RIGHT_MAC);
            try (Daemon _ = start(box, "fast: {type: xdp, ports: [east]}")) {
                assertThatThrownBy(
                                () -> start(box, "first: {type: xdp, ports: [west]}, more: {type: xdp, ports: [east]}"))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(
                                "flow-table-drivers.more: east: another program has its XDP program there;");
            }
            assertThat(box.ip("-d", "link", "show", "west")).doesNotContain("xdp");
        }
    }
}
