package dev.weir.offload.circle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.OffloadPolicy;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.offload.xdp.XdpDriver;
import dev.weir.offload.xdp.XdpDriverOptions;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTableConfig;
import dev.weir.testing.Frames;
import dev.weir.testing.Namespace;
import dev.weir.wire.linux.PacketPort;
import dev.weir.wire.linux.PacketPortOptions;
import dev.weir.wire.linux.XdpOptions;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Two hosts and a box between them, each a network namespace; in the box a data plane that joins its two ports, and the
 * circle with the kernel's driver. The left host asks and the right one answers, datagram by datagram, so that what each
 * has sent is known.
 */
final class LiveRig implements AutoCloseable {
    static final String LEFT = "10.7.0.1", RIGHT = "10.7.0.2";
    static final int ASKS_FROM = 20_000, ANSWERS_AT = 4000;
    private static final String LEFT_MAC = "02:00:00:00:00:01", RIGHT_MAC = "02:00:00:00:00:02";
    private static final int PATIENCE_MILLIS = 2000, OCTETS = 100;
    private static final OffloadPolicy POLICY = new OffloadPolicy(10, true, Set.of(Frames.UDP));

    final Namespace left = new Namespace(), middle = new Namespace(), right = new Namespace();
    final XdpDriver driver;
    final FaultyCarrier carrier;
    final Dataplane plane;
    final Circle circle;
    private final List<FlowRecord> records = Collections.synchronizedList(new ArrayList<>());
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final DatagramSocket answering;
    private final List<DatagramSocket> asking = new ArrayList<>();
    /** Datagrams that the hosts have sent. */
    long asked, answered;

    LiveRig(int conversations) throws Exception {
        this(conversations, XdpDriverOptions.defaults());
    }

    /** @param room how much the driver has, and how */
    LiveRig(int conversations, XdpDriverOptions room) throws Exception {
        join(left, "west", LEFT, LEFT_MAC, RIGHT, RIGHT_MAC);
        joinRight();
        XdpDriverOptions options = room.withMode(XdpOptions.Mode.GENERIC);
        driver = middle.call(() -> XdpDriver.open(List.of("west", "east"), options));
        carrier = new FaultyCarrier(driver);
        plane = middle.call(() -> Dataplane.start(
                graph(1000),
                List.of(
                        PacketPort.open("west", PacketPortOptions.defaults()),
                        PacketPort.open("east", PacketPortOptions.defaults())),
                DataplaneOptions.defaults().withSink(sink())));
        CircleOptions how = new CircleOptions(List.of("west", "east"), 1000, Duration.ofMillis(20));
        circle = middle.call(() -> Circle.start(plane.offload(POLICY), carrier, how, new Told()));
        answering = right.call(() -> new DatagramSocket(ANSWERS_AT));
        answering.setSoTimeout(PATIENCE_MILLIS);
        for (int i = 0; i < conversations; i++) {
            int port = ASKS_FROM + i;
            DatagramSocket socket = left.call(() -> new DatagramSocket(port));
            socket.setSoTimeout(PATIENCE_MILLIS);
            asking.add(socket);
        }
    }

    static GraphConfig graph(int maxFlows) {
        return GraphConfig.builder()
                .node("wires", new CrossConnectConfig(List.of(new CrossConnectConfig.Pair("west", "east"))))
                .table(FlowTableConfig.defaults().withMaxFlows(maxFlows))
                .ports("west", "east")
                .build();
    }

    private RecordSink sink() {
        return record -> {
            FlowRecord copy = CircleRig.copy(record);
            records.add(copy);
        };
    }

    private final class Told implements Circle.Listener {
        @Override
        public void started() {}

        @Override
        public void changed(String what) {}

        @Override
        public void failed(String what) {
            told.add(what);
        }
    }

    private void join(Namespace host, String port, String address, String mac, String other, String otherMac)
            throws IOException {
        Namespace.join(host, "eth0", middle, port);
        host.ip("link", "set", "eth0", "address", mac);
        host.ip("address", "add", address + "/24", "dev", "eth0");
        host.ip("neighbour", "replace", other, "lladdr", otherMac, "dev", "eth0", "nud", "permanent");
        host.exec("ethtool", "-K", "eth0", "tx", "off", "gro", "on");
    }

    /** A cable between the box and the right host. */
    void joinRight() throws IOException {
        join(right, "east", RIGHT, RIGHT_MAC, LEFT, LEFT_MAC);
    }

    /** It is not there any more, and neither are its ends. */
    void cutRight() throws IOException {
        middle.ip("link", "delete", "east");
    }

    static FlowKey key(int conversation) {
        return new FlowKey(
                InetAddress.ofLiteral(LEFT),
                ASKS_FROM + conversation,
                InetAddress.ofLiteral(RIGHT),
                ANSWERS_AT,
                Frames.UDP,
                0);
    }

    /** So often each conversation asks and is answered. */
    void exchange(int rounds) throws IOException {
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < asking.size(); i++) {
                ask(i);
                answer();
                DatagramPacket got = new DatagramPacket(new byte[OCTETS], OCTETS);
                asking.get(i).receive(got);
                assertThat(got.getLength()).isEqualTo(OCTETS);
            }
        }
    }

    /** Asks, and does not wait. */
    void ask(int conversation) throws IOException {
        asking.get(conversation)
                .send(new DatagramPacket(new byte[OCTETS], OCTETS, new InetSocketAddress(RIGHT, ANSWERS_AT)));
        asked++;
    }

    private void answer() throws IOException {
        DatagramPacket got = new DatagramPacket(new byte[OCTETS], OCTETS);
        answering.receive(got);
        answering.send(new DatagramPacket(new byte[OCTETS], OCTETS, got.getSocketAddress()));
        answered++;
    }

    /** Asks until somebody answers again. */
    void awaitAnswer() throws IOException {
        answering.setSoTimeout(100);
        long end = System.nanoTime() + 10L * PATIENCE_MILLIS * 1_000_000;
        while (true) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            ask(0);
            try {
                answer();
                break;
            } catch (SocketTimeoutException _) {
                // not yet
            }
        }
        answering.setSoTimeout(PATIENCE_MILLIS);
        asking.getFirst().receive(new DatagramPacket(new byte[OCTETS], OCTETS));
    }

    void awaitCarried(int directions) {
        CircleRig.await(() -> driver.count() == directions);
    }

    /** The final records so far. */
    List<FlowRecord> records() {
        return List.copyOf(records);
    }

    List<String> told() {
        return told;
    }

    /** Ends all flows, and finds all that the hosts have sent on record. */
    void assertAllOnRecord() {
        plane.purge(_ -> true).join();
        CircleRig.await(() -> records().stream()
                                .mapToLong(FlowRecord::forwardPackets)
                                .sum()
                        == asked
                && records().stream().mapToLong(FlowRecord::reversePackets).sum() == answered);
        assertThat(records().stream().mapToLong(FlowRecord::forwardBytes).sum()).isEqualTo(asked * (OCTETS + 28));
        awaitCarried(0);
    }

    @Override
    public void close() throws IOException {
        try (Namespace _ = left;
                Namespace _ = middle;
                Namespace _ = right) {
            circle.close();
            plane.close();
            asking.forEach(DatagramSocket::close);
            answering.close();
        }
    }
}
