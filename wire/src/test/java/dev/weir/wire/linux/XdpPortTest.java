package dev.weir.wire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.weir.packet.PacketVector;
import dev.weir.testing.BulkTransfer;
import dev.weir.testing.Namespace;
import dev.weir.wire.Port;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import dev.weir.wire.PortQueue;
import dev.weir.wire.PortState;
import dev.weir.wire.SendFault;
import dev.weir.wire.linux.XdpOptions.Mode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Two hosts and a box in the middle, each a network namespace; the box passes packets from one interface to the other. */
class XdpPortTest {
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private Namespace left, middle, right;
    private final List<XdpPort> open = new ArrayList<>();

    @BeforeEach
    void build() throws IOException {
        left = new Namespace();
        middle = new Namespace();
        right = new Namespace();
        joinLeft();
        Namespace.join(right, "eth0", middle, "east");
        right.ip("address", "add", "10.7.0.2/24", "dev", "eth0");
    }

    private void joinLeft() throws IOException {
        Namespace.join(left, "eth0", middle, "west");
        left.ip("address", "add", "10.7.0.1/24", "dev", "eth0");
    }

    @AfterEach
    void tearDown() throws IOException {
        try (Namespace _ = left;
                Namespace _ = middle;
                Namespace _ = right) {
            for (XdpPort port : open) port.close();
        }
    }

    private XdpPort open(String name, XdpOptions options) throws Exception {
        XdpPort port = middle.call(() -> XdpPort.open(name, options));
        open.add(port);
        return port;
    }

    private Forwarder forward(XdpOptions options) throws Exception {
        return new Forwarder(middle, open("west", options), open("east", options));
    }

    private static long count(Port port, int counter) {
        return port.queues().stream().mapToLong(q -> q.counters().get(counter)).sum();
    }

    private void ping(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("ping", "-c", "5", "-i", "0.05", "-W", "2"));
        command.addAll(List.of(more));
        command.add("10.7.0.2");
        assertThat(left.exec(command.toArray(String[]::new))).contains(" 0% packet loss");
    }

    /** Lets the port look after its interface until something is as it should be; what it said meanwhile. */
    private List<String> maintainUntil(XdpPort port, BooleanSupplier condition) throws Exception {
        List<String> said = new ArrayList<>();
        middle.call(() -> {
            long end = System.nanoTime() + PATIENCE_NANOS;
            while (!condition.getAsBoolean()) {
                String clause = port.maintain();
                if (!clause.isEmpty()) said.add(clause);
                assertThat(System.nanoTime()).as("in time; said %s", said).isLessThan(end);
                Thread.sleep(10);
            }
            return "";
        });
        return said;
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void ping_throughTwoPorts_isAnswered(Mode mode) throws Exception {
        try (Forwarder _ = forward(XdpOptions.defaults().withMode(mode))) {
            assertThat(open.getFirst().describe())
                    .isEqualTo((mode == Mode.GENERIC ? "generic" : "native") + " XDP, copied, 1 queue");
            ping();
        }
    }

    /** veth has no zero-copy. */
    @Test
    void open_zeroCopyThatTheDriverHasNot_copiesAndSaysSo() throws Exception {
        assertThat(open("west", XdpOptions.defaults().withZeroCopy(true)).describe())
                .isEqualTo("native XDP, copied, 1 queue");
    }

    /** The kernel leaves checksums of packets between namespaces unfinished; a host beyond would drop them. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"NATIVE", "GENERIC"})
    void tcp_inBulk_arrivesWithFinishedChecksums(Mode mode) throws Exception {
        try (Forwarder _ = forward(XdpOptions.defaults().withMode(mode))) {
            left.exec("ethtool", "-K", "eth0", "tso", "off", "gso", "off");
            BulkTransfer.assertArrives(left, right, "10.7.0.2", 20 << 20);
            assertThat(count(open.getFirst(), PortCounters.CHECKSUMS)).isGreaterThan(10_000);
            assertThat(count(open.getFirst(), PortCounters.RX_BYTES)).isGreaterThan(20 << 20);
        }
    }

    /** What an AF_PACKET port receives in one piece, this sends in one piece, by the word beside it. */
    @Test
    void superPackets_fromAPacketPort_areCarried() throws Exception {
        Port west = middle.call(() -> PacketPort.open("west", PacketPortOptions.defaults()));
        XdpPort east = open("east", XdpOptions.defaults());
        try (Forwarder _ = new Forwarder(middle, west, east)) {
            BulkTransfer.assertArrives(left, right, "10.7.0.2", 20 << 20);
            assertThat(count(west, PortCounters.SEGMENTED)).isPositive();
            assertThat(count(east, PortCounters.TX_FAULTS + SendFault.TOO_LONG)).isZero();
            assertThat(count(east, PortCounters.TX_FAULTS + SendFault.REFUSED)).isZero();
        }
    }

    @Test
    void tcp_segmentationOffloadLeftOn_passesInNativeMode() throws Exception {
        try (Forwarder _ = forward(XdpOptions.defaults().withMode(Mode.NATIVE))) {
            BulkTransfer.assertArrives(left, right, "10.7.0.2", 5 << 20);
        }
    }

    /** After the driver, super-packets of 64 KiB come along; no socket has room for them. */
    @ParameterizedTest
    @CsvSource({"1500", "9000"})
    void tcp_segmentationOffloadInGenericMode_saysWhichCommandTurnsItOff(int mtu) throws Exception {
        setMtu(mtu);
        try (Forwarder _ = forward(XdpOptions.defaults().withMode(Mode.GENERIC))) {
            XdpPort west = open.getFirst();
            BulkTransfer transfer = BulkTransfer.start(left, right, "10.7.0.2", 1 << 20);
            List<String> said = maintainUntil(west, () -> count(west, PortCounters.RX_DROPPED) > 0);
            said.addAll(maintainUntil(west, new Once()));
            assertThat(said).anyMatch(clause -> clause.contains("'ethtool -K PEER tso off gso off'"));
            left.exec("ethtool", "-K", "eth0", "tso", "off", "gso", "off");
            transfer.assertArrived();
        }
    }

    /** True when asked for the second time. */
    private static final class Once implements BooleanSupplier {
        private boolean asked;

        @Override
        public boolean getAsBoolean() {
            boolean before = asked;
            asked = true;
            return before;
        }
    }

    private void setMtu(int mtu) throws IOException {
        for (Namespace host : List.of(left, right)) host.ip("link", "set", "eth0", "mtu", "" + mtu);
        for (String port : List.of("west", "east")) middle.ip("link", "set", port, "mtu", "" + mtu);
    }

    /** 3800 octets fit one chunk of 4 KiB; 9000 take three. */
    @ParameterizedTest
    @CsvSource({"3000, NATIVE", "3800, GENERIC", "9000, NATIVE", "9000, GENERIC"})
    void jumboFrames_pass(int mtu, Mode mode) throws Exception {
        setMtu(mtu);
        try (Forwarder _ = forward(XdpOptions.defaults().withMode(mode))) {
            left.exec("ethtool", "-K", "eth0", "tso", "off", "gso", "off");
            ping("-M", "do", "-s", "" + (mtu - 28));
            BulkTransfer.assertArrives(left, right, "10.7.0.2", 10 << 20);
        }
    }

    @Test
    void mtu_raisedWhileOpen_isFollowed() throws Exception {
        try (Forwarder _ = forward(XdpOptions.defaults().withMode(Mode.GENERIC))) {
            ping();
            setMtu(9000);
            for (XdpPort port : open) {
                assertThat(maintainUntil(port, () -> port.maxFrame() == 9014 && port.state() == PortState.UP))
                        .first()
                        .asString()
                        .endsWith(": its MTU is now 9000; it is opened again");
            }
            ping("-M", "do", "-s", "8972");
        }
    }

    @Test
    void send_longerThanTheInterfaceTakes_isCounted() throws Exception {
        XdpPort west = open("west", XdpOptions.defaults());
        assertThat(west.maxFrame()).isEqualTo(1514);
        PortQueue queue = west.queues().getFirst();
        queue.receive(new PacketVector(1, true));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(2048);
            assertThat(queue.send(frame, 0, 1514, 0)).isEqualTo(SendFault.NONE);
            assertThat(queue.send(frame, 0, 1515, 0)).isEqualTo(SendFault.TOO_LONG);
            frame.set(ValueLayout.JAVA_BYTE, 12, (byte) 0x81);
            assertThat(queue.send(frame, 0, 1518, 0)).isEqualTo(SendFault.NONE);
            assertThat(queue.send(frame, 0, 1519, 0)).isEqualTo(SendFault.TOO_LONG);
            assertThat(queue.send(frame, 0, 13, 0)).isEqualTo(SendFault.REFUSED);
        }
        assertThat(count(west, PortCounters.TX_FAULTS + SendFault.TOO_LONG)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"NATIVE", "GENERIC"})
    void link_downAndUp_flowsAgain(Mode mode) throws Exception {
        try (Forwarder _ = forward(XdpOptions.defaults().withMode(mode))) {
            XdpPort west = open.getFirst();
            middle.ip("link", "set", "west", "down");
            assertThat(maintainUntil(west, () -> west.state() == PortState.DOWN))
                    .containsExactly("west: is down or without carrier");
            middle.ip("link", "set", "west", "up");
            assertThat(maintainUntil(west, () -> west.state() == PortState.UP)).containsExactly("west: is up");
            ping();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"NATIVE", "GENERIC"})
    void interface_deletedAndMadeAgain_flowsAgain(Mode mode) throws Exception {
        try (Forwarder _ = forward(XdpOptions.defaults().withMode(mode))) {
            XdpPort west = open.getFirst();
            ping();
            int descriptor = west.queues().getFirst().descriptor();
            middle.ip("link", "delete", "west");
            assertThat(maintainUntil(west, () -> west.state() == PortState.GONE))
                    .containsExactly("west: is gone; waiting for it to come back");
            right.start("ping", "-c", "3", "-i", "0.01", "-w", "1", "10.7.0.1").waitFor();
            assertThat(west.describe()).isEqualTo("not open");
            joinLeft();
            assertThat(maintainUntil(west, () -> west.state() == PortState.UP))
                    .last()
                    .asString()
                    .startsWith("west: is up, ");
            ping();
            assertThat(west.queues().getFirst().descriptor()).isEqualTo(descriptor);
        }
    }

    /** The control thread keeps what opening again needs, and nothing more. */
    @Test
    void interface_madeAgain_isOpenedWithTheCapabilitiesThatWereKept() throws Exception {
        middle.call(() -> {
            XdpPort west = XdpPort.open("west", XdpOptions.defaults());
            open.add(west);
            Namespace.run("ip", "-n", middle.name(), "link", "delete", "west");
            west.maintain();
            assertThat(west.state()).isEqualTo(PortState.GONE);
            joinLeft();
            assertThat(Capabilities.keepOnly(Capabilities.XDP)).isTrue();
            assertThat(west.maintain()).startsWith("west: is up, ");
            return "";
        });
    }

    @Test
    void open_wrongName_saysSo() {
        assertThatThrownBy(() -> open("eth9", XdpOptions.defaults()))
                .isInstanceOf(PortException.class)
                .hasMessageStartingWith("eth9: ")
                .hasMessageContaining("west");
    }

    @Test
    void open_twice_saysThatAnotherProgramIsThere() throws Exception {
        open("west", XdpOptions.defaults());
        for (Mode mode : Mode.values()) {
            assertThatThrownBy(() -> open("west", XdpOptions.defaults().withMode(mode)))
                    .isInstanceOf(PortException.class)
                    .hasMessage(
                            "west: another program has its XDP program there; 'ip -d link show west' tells its id; end"
                                    + " it, or 'ip link set west xdp off'");
        }
    }

    @Test
    void close_takesTheProgramOff() throws Exception {
        XdpPort port = open("west", XdpOptions.defaults());
        assertThat(middle.ip("-d", "link", "show", "west")).contains("prog/xdp");
        port.close();
        port.close();
        assertThat(middle.ip("-d", "link", "show", "west")).doesNotContain("prog/xdp");
        open("west", XdpOptions.defaults());
    }

    /** However the process ends: here by SIGKILL. */
    @Test
    void killedProcess_leavesNoProgram() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        Process holder = middle.start(
                java, "--enable-native-access=ALL-UNNAMED", "-cp", classPath, XdpHolder.class.getName(), "west");
        assertThat(holder.inputReader().readLine()).isEqualTo("native XDP, copied, 1 queue");
        assertThat(middle.ip("-d", "link", "show", "west")).contains("prog/xdp");
        holder.descendants().forEach(ProcessHandle::destroyForcibly);
        holder.destroyForcibly().waitFor();
        assertThat(middle.ip("-d", "link", "show", "west")).doesNotContain("prog/xdp");
        open("west", XdpOptions.defaults());
    }

    /** The loopback has no driver that could. */
    @Test
    void open_driverWithoutXdp_fallsBackOrSaysSo() throws Exception {
        assertThatThrownBy(() -> open("lo", XdpOptions.defaults().withMode(Mode.NATIVE)))
                .isInstanceOf(PortException.class)
                .hasMessage("lo: its driver has no XDP; take the generic mode, or use an AF_PACKET port");
        assertThat(open("lo", XdpOptions.defaults()).describe()).startsWith("generic XDP");
    }

    @Test
    void open_moreQueuesThanWorkers_saysHowToHaveFewer() throws Exception {
        manyQueues();
        assertThatThrownBy(() -> open("many", XdpOptions.defaults()))
                .isInstanceOf(PortException.class)
                .hasMessage("many: packets of 1 of its 2 receive queues would go past 1 worker; use 2 workers, or"
                        + " 'ethtool -L many combined 1' ('rx 1' where none are combined)");
        assertThat(open("many", XdpOptions.defaults().withQueues(2)).describe())
                .isEqualTo("native XDP, copied, 2 queues");
    }

    private void manyQueues() throws IOException {
        Namespace.run(
                "ip",
                "link",
                "add",
                "many",
                "netns",
                middle.name(),
                "numrxqueues",
                "2",
                "numtxqueues",
                "2",
                "type",
                "veth",
                "peer",
                "eth1",
                "numrxqueues",
                "2",
                "numtxqueues",
                "2",
                "netns",
                left.name());
        middle.exec("ethtool", "-L", "many", "rx", "2", "tx", "2");
        left.ip("link", "set", "eth1", "up");
        middle.ip("link", "set", "many", "up");
    }

    /** A worker that the interface has no queue for sends all the same. */
    @Test
    void queueBeyondThoseOfTheInterface_onlySends() throws Exception {
        XdpPort west = open("west", XdpOptions.defaults().withQueues(2));
        assertThat(west.describe()).isEqualTo("native XDP, copied, 2 queues, 1 only to send");
        PortQueue second = west.queues().get(1);
        PacketVector vector = new PacketVector(16, true);
        assertThat(second.receive(vector)).isZero();
        long before = received(left);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(64);
            for (int i = 0; i < 10; i++)
                assertThat(second.send(frame, 0, 64, 0)).isZero();
        }
        second.flush();
        assertThat(received(left) - before).isGreaterThanOrEqualTo(10);
        assertThat(second.counters().get(PortCounters.TX_PACKETS)).isEqualTo(10);
    }

    private static long received(Namespace host) throws IOException {
        return Long.parseLong(
                host.exec("cat", "/sys/class/net/eth0/statistics/rx_packets").strip());
    }

    /** Sends that many frames of 64 octets from the left host. */
    private static void flood(PortQueue from, int frames) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(64);
            frame.fill((byte) 0x11);
            for (int i = 0; i < frames; i++) {
                assertThat(from.send(frame, 0, 64, 0)).isZero();
                if (i % 32 == 31) from.flush();
            }
            from.flush();
        }
    }

    private PortQueue sender() throws Exception {
        XdpPort port = left.call(() -> XdpPort.open("eth0", XdpOptions.defaults()));
        open.add(port);
        PortQueue queue = port.queues().getFirst();
        queue.receive(new PacketVector(1, true));
        return queue;
    }

    private static int receiveAll(PortQueue queue, PacketVector vector, int atLeast) {
        int all = 0;
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (all < atLeast && System.nanoTime() < end) {
            int n = queue.receive(vector);
            if (n == 0) continue;
            all += n;
            queue.release();
        }
        return all;
    }

    /** Nobody takes packets out: the ring fills, the others are counted, and afterwards packets come again. */
    @Test
    void receiveRing_full_countsWhatIsLost() throws Exception {
        XdpPort west = open("west", XdpOptions.defaults().withFrames(64));
        PortQueue queue = west.queues().getFirst();
        PacketVector vector = new PacketVector(256, true);
        PortQueue sender = sender();
        flood(sender, 500);
        assertThat(receiveAll(queue, vector, 64)).isEqualTo(64);
        maintainUntil(west, () -> {
            queue.receive(vector);
            queue.release();
            return count(west, PortCounters.RX_DROPPED) > 0;
        });
        assertThat(count(west, PortCounters.RX_DROPPED)).isLessThanOrEqualTo(500 - 64);
        flood(sender, 32);
        assertThat(receiveAll(queue, vector, 32)).isEqualTo(32);
    }

    @Test
    void received_packetsAreDescribed() throws Exception {
        XdpPort west = open("west", XdpOptions.defaults().withIndex(7));
        PacketVector vector = new PacketVector(8, true);
        PortQueue queue = west.queues().getFirst();
        long before = System.currentTimeMillis();
        queue.receive(vector);
        flood(sender(), 1);
        assertThat(Libc.awaitReadable(queue.descriptor(), 5000)).isOne();
        assertThat(queue.receive(vector)).isOne();
        assertThat(vector.size).isOne();
        assertThat(vector.port[0]).isEqualTo(7);
        assertThat(vector.captured[0]).isEqualTo(64);
        assertThat(vector.length[0]).isEqualTo(64);
        assertThat(vector.offload[0]).isZero();
        assertThat(vector.time[0] / 1_000_000).isBetween(before - 1, System.currentTimeMillis() + 1);
        assertThat(vector.data.get(ValueLayout.JAVA_BYTE, vector.offset[0] + 63))
                .isEqualTo((byte) 0x11);
        queue.release();
        assertThat(Libc.awaitReadable(queue.descriptor(), 0)).isZero();
    }

    @Test
    void forwarding_allocatesNothing() throws Exception {
        XdpPort west = open("west", XdpOptions.defaults());
        XdpPort east = open("east", XdpOptions.defaults());
        PortQueue from = west.queues().getFirst();
        PortQueue to = east.queues().getFirst();
        PortQueue sender = sender();
        PacketVector vector = new PacketVector(256, true);
        to.receive(vector);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        long packets = 0;
        for (int round = 0; round < 400; round++) {
            flood(sender, 128);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20; i++) packets += Forwarder.pass(from, to, vector);
            if (round >= 200) allocated += threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(packets).isGreaterThan(20_000);
        assertThat(allocated / (packets / 2)).as("octets a packet").isZero();
    }

    @Test
    void transmitRing_full_isAFault() throws Exception {
        XdpPort west = open("west", XdpOptions.defaults().withFrames(64));
        PortQueue queue = west.queues().getFirst();
        queue.receive(new PacketVector(1, true));
        middle.ip("link", "set", "west", "down");
        int[] faults = new int[SendFault.COUNT];
        try (Arena arena = Arena.ofShared()) {
            MemorySegment frame = arena.allocate(64);
            for (int i = 0; i < 65; i++) faults[queue.send(frame, 0, 64, 0)]++;
            assertThat(faults[SendFault.NONE]).isEqualTo(64);
            assertThat(faults[SendFault.RING_FULL]).isOne();
            queue.flush();
            assertThat(queue.send(frame, 0, 64, 0)).isEqualTo(SendFault.PORT_DOWN);
            middle.ip("link", "set", "west", "up");
            queue.flush();
            maintainUntil(west, () -> queue.send(frame, 0, 64, 0) == SendFault.NONE);
        }
    }
}
