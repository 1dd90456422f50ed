package dev.weir.offload.kernel;

import static dev.weir.offload.kernel.KernelFlows.action;
import static dev.weir.offload.kernel.KernelFlows.u32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowDriverContract;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.FlowStats;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.xdp.XdpDriverOptions;
import dev.weir.testing.Namespace;
import dev.weir.wire.PortException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract, met by the kernel: two hosts and a box with the driver between them, each a network namespace; packets are real. */
class XdpFlowDriverTest extends FlowDriverContract {
    private static final String LEFT = "10.7.0.1", RIGHT = "10.7.0.2";
    private static final String LEFT_MAC = "02:00:00:00:00:01", RIGHT_MAC = "02:00:00:00:00:02";
    private static final int IP_AND_UDP = 28, PATIENCE_MILLIS = 5000, FIRST_PORT = 20_000;
    private static Namespace left, middle, right;
    private static long west, east;

    @BeforeAll
    static void build() throws Exception {
        left = new Namespace();
        middle = new Namespace();
        right = new Namespace();
        join(left, "west", LEFT, LEFT_MAC, RIGHT, RIGHT_MAC);
        join(right, "east", RIGHT, RIGHT_MAC, LEFT, LEFT_MAC);
        west = middle.call(() -> (long) NetworkInterface.getByName("west").getIndex());
        east = middle.call(() -> (long) NetworkInterface.getByName("east").getIndex());
    }

    private static void join(Namespace host, String port, String address, String mac, String other, String otherMac)
            throws IOException {
        Namespace.join(host, "eth0", middle, port);
        host.ip("link", "set", "eth0", "address", mac);
        host.ip("address", "add", address + "/24", "dev", "eth0");
        host.ip("neighbour", "replace", other, "lladdr", otherMac, "dev", "eth0", "nud", "permanent");
        host.exec("ethtool", "-K", "eth0", "tx", "off", "gro", "on");
    }

    @AfterAll
    static void tearDown() throws IOException {
        try (Namespace _ = left;
                Namespace _ = middle;
                Namespace _ = right) {}
    }

    private static final class KernelUnderTest implements Device {
        private final XdpFlowDriver driver = openDriver();

        private static XdpFlowDriver openDriver() {
            try {
                return middle.call(() -> XdpFlowDriver.open(
                        List.of("west", "east"), XdpDriverOptions.defaults().withFlows(2000, 2000), _ -> {}));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public FlowDriver driver() {
            return driver;
        }

        @Override
        public long ifindex() {
            return west;
        }

        @Override
        public long otherIfindex() {
            return east;
        }

        @Override
        public Flow flow(long uid) {
            return KernelFlows.udp(uid, FIRST_PORT + (int) uid, action(KernelAction.OUTPUT, u32(east)));
        }

        @Override
        public Flow wrong(long uid) {
            FieldRef type = FieldRef.column(1, 1, 3, MaskType.EXACT).exactly(KernelFlows.u16(0x800));
            return Flow.of(KernelModel.IPV4, uid, 0, List.of(type), List.of());
        }

        @Override
        public void hit(long uid, int packets, int octetsEach) {
            long before = seen(driver, uid).packets();
            try {
                send(FIRST_PORT + (int) uid, packets, octetsEach);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            for (int i = 0; i < PATIENCE_MILLIS && seen(driver, uid).packets() < before + packets; i++) sleep(1);
            assertThat(seen(driver, uid).packets()).isEqualTo(before + packets);
        }

        @Override
        public void pass(Duration time) {
            sleep(time.toMillis());
        }

        @Override
        public void close() {}
    }

    @Override
    protected Device open() {
        return new KernelUnderTest();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(int sourcePort, int packets, int octetsEach) throws Exception {
        byte[] payload = new byte[Math.max(0, octetsEach - IP_AND_UDP)];
        left.call(() -> {
            try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LEFT, sourcePort))) {
                for (int i = 0; i < packets; i++) {
                    socket.send(new DatagramPacket(
                            payload, payload.length, InetAddress.ofLiteral(RIGHT), KernelFlows.PORT));
                }
            }
            return packets;
        });
    }

    private static FlowStats seen(FlowDriver driver, long uid) {
        return driver.flows(west, FlowQuery.all(KernelModel.IPV4)).join().stream()
                .filter(flow -> flow.uid() == uid)
                .findFirst()
                .orElseThrow()
                .seen();
    }

    @Test
    void packetsOfAFlow_goWhereItSays_changed() throws Exception {
        FlowDriver driver = device().driver();
        Flow flow = KernelFlows.udp(
                1,
                FIRST_PORT,
                action(KernelAction.SET_DESTINATION_PORT, KernelFlows.u16(7000)),
                action(KernelAction.SET_DESTINATION_MAC, KernelFlows.u64(0x0200_0000_0002L)),
                action(KernelAction.OUTPUT, u32(east)));
        assertThat(driver.change(FlowChange.set(west, List.of(flow), ErrorMode.ABORT))
                        .join()
                        .applied())
                .isEqualTo(1);
        int length = right.call(() -> {
            try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(RIGHT, 7000))) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                send(FIRST_PORT, 1, 128);
                DatagramPacket received = new DatagramPacket(new byte[2000], 2000);
                socket.receive(received);
                return received.getLength();
            }
        });
        assertThat(length).isEqualTo(100);
        assertThat(seen(driver, 1).bytes()).isEqualTo(128);
    }

    @Test
    void aFlowTooMany_isRefusedAsFull() throws Exception {
        XdpDriverOptions small = XdpDriverOptions.defaults().withFlows(1, 1);
        device().driver().close();
        try (XdpFlowDriver driver = middle.call(() -> XdpFlowDriver.open(List.of("west"), small, _ -> {}))) {
            Flow one = KernelFlows.udp(1, 1), two = KernelFlows.udp(2, 2);
            var result = driver.change(FlowChange.set(west, List.of(one, two), ErrorMode.ABORT_LOG))
                    .join();
            assertThat(result.applied()).isEqualTo(1);
            assertThat(String.valueOf(result.first())).contains("table-full: table 1 (ipv4), flow 2: ");
        }
    }

    @Test
    void anInterfaceThatIsNotThere_isNamedAtOpening() {
        assertThatThrownBy(() ->
                        middle.call(() -> XdpFlowDriver.open(List.of("north"), XdpDriverOptions.defaults(), _ -> {})))
                .isInstanceOf(PortException.class)
                .hasMessage("north: no such interface; see 'ip link'");
    }
}
